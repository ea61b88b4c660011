#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "base/testing/temporary_directory.hpp"
#include "files/files_object_store.hpp"
#include "memory/manual_clock.hpp"
#include "memory/manual_monotonic_clock.hpp"
#include "objects/file_sweep.hpp"
#include "objects/indexed_objects.hpp"
#include "sqlite/sqlite_object_index.hpp"
#include "telemetry/log.hpp"

namespace ingestor::objects::testing {

inline constexpr std::uint64_t kSmallBytes = 100;

/// Whether all objects of before there was an index are in it.
enum class Adopted { no, yes };

/// A bucket over a database and files in a directory of its own.
class BucketFixture : public ::testing::Test {
protected:
    explicit BucketFixture(Adopted adopted = Adopted::yes) {
        if (adopted == Adopted::yes) {
            EXPECT_TRUE(run(sweep_.walk()));
        }
    }
    ~BucketFixture() override { pool_.join(); }

    template <class T>
    T run(boost::asio::awaitable<T> call) {
        return async::testing::run_to_end(io_, std::move(call));
    }
    /// All files of objects.
    [[nodiscard]] std::vector<std::filesystem::path> files() const {
        std::vector<std::filesystem::path> found;
        const auto root = directory_.path() / "objects" / "objects";
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
            if (entry.is_regular_file()) found.push_back(entry.path());
        }
        return found;
    }
    /// Over the same database and files, as after a restart.
    [[nodiscard]] IndexedObjects another_bucket() {
        return {{.index = index_, .files = files_, .clock = clock_},
                {.small_bytes_max = kSmallBytes}};
    }
    void change(std::string sql) {
        auto unit = [sql =
                         std::move(sql)](sqlite::Connection& connection) -> Result<std::monostate> {
            connection.execute(sql);
            return std::monostate{};
        };
        ASSERT_TRUE(run(database_->write(std::move(unit))));
    }

    TemporaryDirectory directory_;
    memory::ManualClock clock_;
    memory::ManualMonotonicClock monotonic_;
    boost::asio::io_context io_;
    boost::asio::thread_pool pool_{2};
    telemetry::Log log_{telemetry::LogFormat::json, telemetry::LogLevel::error, 2};
    bool may_remove_ = true;
    std::unique_ptr<sqlite::Database> database_ =
        sqlite::Database::open(directory_.path(), clock_).value();
    sqlite::SqliteObjectIndex index_{*database_};
    files::FilesObjectStore files_{directory_.path() / "objects", pool_, clock_};
    IndexedObjects bucket_{{.index = index_, .files = files_, .clock = clock_},
                           {.small_bytes_max = kSmallBytes}};
    FileSweep sweep_{io_.get_executor(),
                     {.index = index_,
                      .files = files_,
                      .walkable_files = files_,
                      .permit = [this]() -> std::shared_ptr<void> {
                          if (!may_remove_) return nullptr;
                          return std::make_shared<int>();
                      },
                      .clock = clock_,
                      .monotonic = monotonic_,
                      .log = log_},
                     {.walk_rest = std::chrono::milliseconds(0)}};
};

}  // namespace ingestor::objects::testing

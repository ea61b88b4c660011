#pragma once

#include <chrono>
#include <exception>
#include <expected>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/testing/spawned_task.hpp"
#include "documents/helper_pool.hpp"

namespace ingestor::documents::testing {

using Answer = std::expected<ports::Extraction, ports::ExtractionError>;

inline constexpr std::chrono::seconds kTimeout{60};  // Never waited out by a test that passes.

inline FileDescriptor file_of(std::string_view bytes) {
    FileDescriptor file(::memfd_create("document", MFD_CLOEXEC));
    EXPECT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    return file;
}

inline ports::ExtractionRequest request_for(std::string_view bytes,
                                            ports::ExtractionLimits limits = {},
                                            const std::string& user = "ann") {
    return {.file = file_of(bytes),
            .size_bytes = bytes.size(),
            .filename = "a.txt",
            .source_uri = "s3://bucket/a.txt",
            .user_id = domain::UserId(user),
            .limits = limits};
}

/// A pool over the test's helper, on an executor that runs while the test waits.
class PoolFixture {
public:
    explicit PoolFixture(HelperPoolOptions options = {})
        : pool(with_program(std::move(options)), io.get_executor(), blocking, log, metrics) {}
    ~PoolFixture() { finish(pool.stop()); }
    PoolFixture(const PoolFixture&) = delete;
    PoolFixture& operator=(const PoolFixture&) = delete;

    /// Runs the loop until `task` has ended, and gives what it returned.
    template <class Value>
    Value finish(boost::asio::awaitable<Value> task) {
        async::testing::SpawnedTask<Value> spawned(io, std::move(task));
        run_until([&] { return spawned.done(); });
        return spawned.get();
    }
    void finish(boost::asio::awaitable<void> task) {
        bool done = false;
        async::testing::spawn_for_test(io, std::move(task),
                                       [&](const std::exception_ptr&) { done = true; });
        run_until([&] { return done; });
    }
    void run_until(const std::function<bool()>& condition) {
        const auto latest = std::chrono::steady_clock::now() + kTimeout;
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), latest) << "nothing happens";
            io.restart();
            io.run_one_for(std::chrono::seconds{1});
        }
    }

    Answer extract(std::string_view order, ports::ExtractionLimits limits = {}) {
        return finish(pool.extract(request_for(order, limits), {}, {}));
    }
    Answer extract_for(const std::string& user, std::string_view order) {
        return finish(pool.extract(request_for(order, {}, user), {}, {}));
    }
    /// Starts an extraction; the answer appears in `answer` while the loop runs.
    void begin(std::string_view order, std::optional<Answer>& answer, std::stop_token stop = {}) {
        async::testing::spawn_for_test(
            io, keep(pool.extract(request_for(order), std::move(stop), {}), answer),
            [](const std::exception_ptr&) {});
    }
    /// Leaves in `place` what the task returns.
    template <class Value>
    static boost::asio::awaitable<void> keep(boost::asio::awaitable<Value> task,
                                             std::optional<Value>& place) {
        place = co_await std::move(task);
    }

    static HelperPoolOptions with_program(HelperPoolOptions options) {
        if (options.program.empty()) options.program = TEST_HELPER;
        return options;
    }

    boost::asio::io_context io;
    boost::asio::thread_pool blocking{1};
    telemetry::Log log{telemetry::LogFormat::json, telemetry::LogLevel::error};
    telemetry::Metrics metrics;
    HelperPool pool;
};

inline std::string code_of(const Answer& answer) {
    return answer ? "no error: " + std::string(answer->of(formats::OutputKind::markdown))
                  : answer.error().file_error.code;
}

}  // namespace ingestor::documents::testing

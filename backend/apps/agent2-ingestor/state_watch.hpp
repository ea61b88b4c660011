#pragma once

#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "async/task_group.hpp"
#include "documents/helper_pool.hpp"
#include "files/files_object_store.hpp"
#include "files/storage_watch.hpp"
#include "sqlite/database.hpp"
#include "telemetry/service_state.hpp"

namespace ingestor {

/// Looks once a second whether the embedded service is able to work.
class StateWatch {
public:
    struct Dependencies {
        boost::asio::any_io_executor executor;
        sqlite::Database& database;
        files::FilesObjectStore& objects;
        files::StorageWatch& storage;
        documents::HelperPool& helpers;
        async::TaskGroup& background;  ///< For a write that may hang.
        telemetry::Log& log;
        telemetry::Metrics& metrics;
    };

    explicit StateWatch(Dependencies dependencies);

    /// Until stop(). Once.
    boost::asio::awaitable<void> run();
    void stop();
    /// As of the last look; none before the first.
    [[nodiscard]] const std::vector<telemetry::UnavailableReason>& reasons() const {
        return state_.reasons();
    }

private:
    void add_checks();
    void look();
    boost::asio::awaitable<void> probe_database();

    Dependencies dependencies_;
    telemetry::ServiceState state_;
    async::Notifier next_look_;
    bool stopped_ = false;
    bool probing_ = false;  ///< A write is under way that shows whether writes proceed again.
};

}  // namespace ingestor

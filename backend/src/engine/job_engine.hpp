#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/monotonic_clock.hpp"
#include "async/task_group.hpp"
#include "bus/archive/archive_operations.hpp"
#include "bus/archive/archive_sweep.hpp"
#include "bus/archive/archive_target.hpp"
#include "bus/archive/archives.hpp"
#include "bus/archive/replay_operations.hpp"
#include "bus/archive/replays.hpp"
#include "bus/bus_operations.hpp"
#include "bus/delivery/delivery_log.hpp"
#include "bus/delivery/delivery_queries.hpp"
#include "bus/delivery/lanes.hpp"
#include "bus/destinations/api_destinations.hpp"
#include "bus/destinations/connection_operations.hpp"
#include "bus/destinations/destination_operations.hpp"
#include "bus/destinations/oauth_tokens.hpp"
#include "bus/event_bus.hpp"
#include "bus/recent_events.hpp"
#include "bus/rules/pattern_tests.hpp"
#include "bus/rules/rule_operations.hpp"
#include "bus/rules/rule_table.hpp"
#include "bus/schedules/scheduler.hpp"
#include "bus/targets/bus_target.hpp"
#include "bus/targets/function_host.hpp"
#include "bus/targets/http_target.hpp"
#include "bus/targets/log_group_target.hpp"
#include "bus/targets/queue_target.hpp"
#include "bus/targets/target_set.hpp"
#include "domain/names.hpp"
#include "jobs/fair_slots.hpp"
#include "jobs/ingest_object.hpp"
#include "jobs/job_deleter.hpp"
#include "jobs/job_retention.hpp"
#include "jobs/job_service.hpp"
#include "jobs/job_watch.hpp"
#include "jobs/process_job.hpp"
#include "jobs/retention_clock.hpp"
#include "jobs/running_jobs.hpp"
#include "jobs/service_trouble.hpp"
#include "jobs/sweeper.hpp"
#include "logs/function_log.hpp"
#include "objects/file_sweep.hpp"
#include "objects/indexed_objects.hpp"
#include "objects/multipart.hpp"
#include "ports/clock.hpp"
#include "ports/document_extractor.hpp"
#include "ports/file_join.hpp"
#include "ports/log_groups.hpp"
#include "ports/object_store.hpp"
#include "ports/object_walk.hpp"
#include "provisioning/template.hpp"
#include "queues/message_moves.hpp"
#include "queues/queue_messages.hpp"
#include "queues/queue_registry.hpp"
#include "sqlite/database.hpp"
#include "sqlite/outbox.hpp"
#include "sqlite/sqlite_api_destination_store.hpp"
#include "sqlite/sqlite_archive_store.hpp"
#include "sqlite/sqlite_delivery_records.hpp"
#include "sqlite/sqlite_event_log.hpp"
#include "sqlite/sqlite_job_deletions.hpp"
#include "sqlite/sqlite_job_directory.hpp"
#include "sqlite/sqlite_job_store.hpp"
#include "sqlite/sqlite_multipart_uploads.hpp"
#include "sqlite/sqlite_object_index.hpp"
#include "sqlite/sqlite_queue_store.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::engine {

/// What all of the embedded service comes down to between its outer walls: stores, bus and jobs
/// over one database, wired together. The walls (HTTP, identity, helper processes, files, time) are
/// given to it, so that a simulation can run the very same wiring. Use from the I/O executor only.
class JobEngine {
public:
    struct Options {
        std::string owner;  ///< Names this process in leases; a new name at each start.
        domain::Names names = {};
        std::size_t slots = 1;           ///< Documents at once, as many as there are helpers …
        std::size_t reserved_slots = 0;  ///< … beside those for users who hold none.
        std::size_t jobs_at_once = 1'000;
        /// Ended jobs are kept so long; nullopt: for ever.
        std::optional<std::chrono::milliseconds> keep_jobs = std::chrono::days{30};
        jobs::Quotas quotas = {};
        /// A process that has lived for so long without its suspects proves something by dying with
        /// one.
        std::chrono::milliseconds suspects_after{10'000};
        std::uint64_t jitter_seed = std::random_device{}();
        objects::IndexedObjects::Options objects = {};
    };
    /// All of it outlives the engine.
    struct Dependencies {
        boost::asio::any_io_executor executor;
        sqlite::Database& database;
        ports::ObjectStore& files;  ///< For the bytes of large objects.
        ports::WalkableObjects& walkable_files;
        ports::FileJoin& file_join;
        ports::DocumentExtractor& extractor;
        const jobs::UploadUrls& upload_urls;
        ports::HttpCaller& http_caller;  ///< For API destinations.
        std::function<jobs::JobDeleter::Permit()> removal_permit;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        telemetry::Log& log;
        telemetry::Metrics& metrics;
        logs::FunctionLog* function_log = nullptr;  ///< nullptr: runs leave no trace.
        ports::LogGroups* log_groups = nullptr;     ///< nullptr: none is a target.
    };

    /// Throws std::system_error where what the last process was at work on cannot be read.
    JobEngine(Dependencies dependencies, Options options);
    JobEngine(const JobEngine&) = delete;
    JobEngine& operator=(const JobEngine&) = delete;

    /// Brings the bus to what its template wants. Before anything can be published, as its rules
    /// say where an event goes. Errors: unavailable.
    boost::asio::awaitable<Result<std::monostate>> open_bus(provisioning::WantedState wanted);
    /// Takes up what was under way, and whatever comes. After open_bus().
    void start();
    /// Ends subscriptions and begins no further sweep.
    void begin_stop();
    /// Puts running jobs back and waits for all that runs. False: at `latest` some attempts still
    /// ran; their leases will be taken over.
    boost::asio::awaitable<bool> stop(Deadline latest);
    /// Tears down what stop() has left.
    boost::asio::awaitable<void> abandon(Deadline latest);

    /// Works the event's job off, or makes one of its object, as the function does; see
    /// ProcessJob::handle() and IngestObject::handle().
    boost::asio::awaitable<void> process(eventbridge::Event event, Deadline deadline);
    /// Publishes the jobs again that nothing drives any more.
    boost::asio::awaitable<Result<jobs::SweepResult>> sweep() { return sweeper_.sweep(); }

    [[nodiscard]] jobs::JobService& service() { return service_; }
    [[nodiscard]] bus::EventBus& bus() { return bus_; }
    [[nodiscard]] bus::BusOperations& bus_operations() { return bus_operations_; }
    [[nodiscard]] bus::delivery::DeliveryQueries& delivery_queries() { return delivery_queries_; }
    [[nodiscard]] bus::rules::PatternTests& pattern_tests() { return pattern_tests_; }
    [[nodiscard]] bus::rules::RuleOperations& rule_operations() { return rule_operations_; }
    [[nodiscard]] bus::archive::ArchiveOperations& archive_operations() {
        return archive_operations_;
    }
    [[nodiscard]] bus::archive::ReplayOperations& replay_operations() { return replay_operations_; }
    [[nodiscard]] bus::destinations::ConnectionOperations& connection_operations() {
        return connection_operations_;
    }
    [[nodiscard]] bus::destinations::DestinationOperations& destination_operations() {
        return destination_operations_;
    }
    [[nodiscard]] queues::QueueRegistry& queue_registry() { return queue_registry_; }
    [[nodiscard]] queues::QueueMessages& queue_messages() { return queue_messages_; }
    [[nodiscard]] queues::MessageMoves& message_moves() { return message_moves_; }
    [[nodiscard]] ports::JobStore& jobs() { return jobs_; }
    [[nodiscard]] ports::EventLog& events() { return events_; }
    [[nodiscard]] ports::JobDirectory& job_directory() { return job_directory_; }
    [[nodiscard]] objects::IndexedObjects& objects() { return objects_; }
    [[nodiscard]] objects::Multipart& multipart() { return multipart_; }
    [[nodiscard]] const jobs::ServiceTrouble& trouble() const { return trouble_; }

private:
    boost::asio::awaitable<void> run_function(bus::targets::Invocation invocation);

    Dependencies dependencies_;
    Options options_;
    bus::rules::RuleTable rules_;
    bus::RecentEvents recent_events_;
    bus::delivery::DeliveryLog delivery_log_;
    sqlite::Outbox outbox_;
    sqlite::SqliteEventLog events_;
    sqlite::SqliteDeliveryRecords delivery_records_;
    sqlite::SqliteArchiveStore archive_store_;
    sqlite::SqliteJobStore jobs_;
    sqlite::SqliteJobDeletions deletions_;
    sqlite::SqliteUsageLedger usage_;
    sqlite::SqliteJobDirectory job_directory_;
    sqlite::SqliteObjectIndex object_index_;
    sqlite::SqliteQueueStore queue_store_;
    sqlite::SqliteApiDestinationStore api_destination_store_;
    objects::ObjectEvents object_events_;
    objects::IndexedObjects objects_;
    objects::FileSweep file_sweep_;
    sqlite::SqliteMultipartUploads uploads_;
    objects::Multipart multipart_;
    bus::EventBus bus_;
    bus::BusOperations bus_operations_;
    bus::delivery::DeliveryQueries delivery_queries_;
    bus::rules::PatternTests pattern_tests_;
    bus::rules::RuleOperations rule_operations_;
    bus::archive::Archives archives_;
    bus::archive::Replays replays_;
    bus::archive::ArchiveOperations archive_operations_;
    bus::archive::ReplayOperations replay_operations_;
    bus::schedules::Scheduler scheduler_;
    bus::destinations::ApiDestinations api_destinations_;
    bus::destinations::OAuthTokens oauth_tokens_;
    bus::destinations::ConnectionOperations connection_operations_;
    bus::destinations::DestinationOperations destination_operations_;
    jobs::FairSlots slots_;
    jobs::RunningJobs running_;
    jobs::ServiceTrouble trouble_;
    jobs::JobWatch watch_;
    jobs::ProcessJob process_job_;
    bus::targets::FunctionHost functions_;
    queues::QueueRegistry queue_registry_;
    queues::QueueMessages queue_messages_;
    queues::MessageMoves message_moves_;
    bus::targets::BusTarget bus_target_;
    bus::archive::ArchiveTarget archive_target_;
    bus::targets::QueueTarget queue_target_;
    bus::targets::HttpTarget http_target_;
    std::optional<bus::targets::LogGroupTarget> log_group_target_;
    bus::targets::TargetSet targets_;
    bus::delivery::Lanes lanes_;
    jobs::Sweeper sweeper_;
    jobs::JobDeleter deleter_;
    jobs::RetentionClock retention_clock_;
    bus::archive::ArchiveSweep archive_sweep_;
    jobs::JobRetention retention_;
    jobs::JobService service_;
    jobs::IngestObject ingest_object_;
    async::TaskGroup background_;
};

}  // namespace ingestor::engine

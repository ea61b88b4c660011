#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "bus/delivery/delivery_log.hpp"
#include "bus/delivery/dispatcher.hpp"
#include "bus/event_bus.hpp"
#include "bus/targets/function_host.hpp"
#include "bus/targets/target_set.hpp"
#include "jobs/job_retention.hpp"
#include "jobs/job_service.hpp"
#include "jobs/process_job.hpp"
#include "jobs/retention_clock.hpp"
#include "jobs/sweeper.hpp"
#include "memory/faulty_stores.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/in_memory_job_store.hpp"
#include "memory/in_memory_object_store.hpp"
#include "memory/manual_clock.hpp"
#include "memory/manual_monotonic_clock.hpp"
#include "memory/scripted_extractor.hpp"
#include "provisioning/reconcile.hpp"

namespace ingestor::jobs::testing {

/// URLs that say what was asked for.
class PlainUploadUrls final : public UploadUrls {
public:
    [[nodiscard]] Result<UploadUrl> presign(const domain::ObjectKey& key, const UploadCall& call,
                                            std::chrono::seconds lifetime,
                                            const std::string& origin) const override {
        auto url =
            origin + call.method + ":" + key.value() + ":" + std::to_string(lifetime.count());
        if (!call.query.empty()) url += "?" + call.query;
        UploadUrl link{.url = std::move(url), .headers = {}};
        if (!call.content_type.empty()) link.headers = {{"content-type", call.content_type}};
        return link;
    }
};

/// What a restart takes with it: everything that is not in the stores.
struct ServiceProcess {
    ServiceProcess(boost::asio::io_context& io, const ports::Clock& clock,
                   async::MonotonicClock& monotonic, ports::JobStore& jobs,
                   ports::JobDeletions& deletions, ports::EventLog& event_log,
                   ports::ObjectStore& objects, ports::WalkableObjects& walkable,
                   ports::ObjectStore& objects_for_deletion, ports::UsageLedger& usage,
                   Quotas quotas, ports::DocumentExtractor& extractor,
                   const bus::rules::RuleTable& table, telemetry::Log& log,
                   telemetry::Metrics& metrics, const ProcessJob::Options& options)
        : watch(io.get_executor()),
          slots(io.get_executor(), extractor.slots()),
          deleter({deletions, objects_for_deletion, clock, log, [this] { return removal_permit; }}),
          service({jobs, objects, urls, clock, running, watch, deleter, &usage}, domain::Names{},
                  quotas),
          handler({jobs, objects, extractor, clock, monotonic, running, watch, slots, trouble, log,
                   metrics},
                  options),
          dispatcher(io.get_executor(),
                     {event_log, table, targets, clock, monotonic, log, metrics, deliveries,
                      domain::Names{}},
                     {.jitter_seed = 1}),
          sweeper(io.get_executor(), {jobs, clock, monotonic, trouble, log}, {}),
          retention_clock(clock, monotonic),
          retention(io.get_executor(),
                    {jobs, deletions, deleter, &walkable, retention_clock, monotonic, log, metrics},
                    {.walk_rest = std::chrono::milliseconds{0}}) {
        auto handle = [this](bus::targets::Invocation invocation) {
            return handler.handle(std::move(invocation.event), std::move(invocation.stop));
        };
        functions.add(domain::Names{}.function_arn(), handle, {});
        targets.add(bus::targets::TargetKind::function, functions);
    }

    PlainUploadUrls urls;
    RunningJobs running;
    JobWatch watch;
    FairSlots slots;
    ServiceTrouble trouble;
    /// Empty: a backup is being made.
    JobDeleter::Permit removal_permit = std::make_shared<int>();
    JobDeleter deleter;
    JobService service;
    ProcessJob handler;
    bus::targets::FunctionHost functions;
    bus::targets::TargetSet targets;
    bus::delivery::DeliveryLog deliveries;
    bus::delivery::Dispatcher dispatcher;
    Sweeper sweeper;
    RetentionClock retention_clock;
    JobRetention retention;
};

/// The service over stores in memory, with a clock that the test turns.
class World {
public:
    explicit World(std::size_t slots = 2)
        : event_log(table, clock,
                    [this](std::vector<ports::Delivery> deliveries) {
                        if (process) process->dispatcher.accept(std::move(deliveries));
                    }),
          jobs(event_log, monotonic, "owner"),
          extractor(slots),
          log(telemetry::LogFormat::json, telemetry::LogLevel::error) {
        auto wanted =
            provisioning::read_template(provisioning::embedded_template(), domain::Names{}).value();
        run(provisioning::reconcile(event_log, std::move(wanted), clock.now())).value();
        bus::EventBus bus(io.get_executor(), event_log, table);
        const auto opened = run(bus.open(clock.now()));
        if (!opened) throw std::runtime_error(opened.error().message);
    }
    ~World() { stop_process(); }

    void start() { start_over(jobs, event_log); }
    void start_over(ports::JobStore& job_store, ports::EventLog& log_of_events) {
        start_over(job_store, log_of_events, objects);
    }
    void start_over(ports::JobStore& job_store, ports::EventLog& log_of_events,
                    ports::ObjectStore& object_store) {
        stop_process();
        process = std::make_unique<ServiceProcess>(
            io, clock, monotonic, job_store, *deletions, log_of_events, object_store, objects,
            *objects_for_deletion, this->jobs, quotas, extractor, table, log, metrics, options);
        process->dispatcher.start();
    }
    /// What is started from now on is another process, for leases and for what died.
    void be_another_process() {
        options.owner = "process-" + std::to_string(++processes);
        jobs.reopen(options.owner);
    }
    void stop_process() {
        if (!process) return;
        extractor.release();
        EXPECT_TRUE(run(
            process->dispatcher.stop(std::chrono::steady_clock::now() + std::chrono::minutes(2))));
        process.reset();
    }

    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        async::testing::SpawnedTask<Value> spawned(io, std::move(task));
        until([&spawned] { return spawned.done(); });
        return spawned.get();
    }

    /// Lets the service work until `holds`; throws when that takes unreasonably long.
    void until(const std::function<bool()>& holds) {
        // Long: under a sanitizer on a busy machine everything takes its time.
        const auto latest = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (!holds()) {
            if (std::chrono::steady_clock::now() > latest) {
                throw std::runtime_error("the condition never held");
            }
            io.restart();
            io.run_one_for(std::chrono::milliseconds(50));
        }
    }
    /// Lets everything happen that can happen without time passing.
    void settle() {
        io.restart();
        while (io.poll() > 0) io.restart();
    }
    void pass(std::chrono::milliseconds time) {
        advance(time);
        if (process) process->dispatcher.wake();
        settle();
    }

    /// By both clocks, and nobody is told but who waits for it.
    void advance(std::chrono::milliseconds time) {
        clock.advance(time);
        monotonic.advance(time);
    }
    /// Time, and sweeps, until the job has ended.
    void pass_until_ended(const domain::JobId& job_id,
                          std::chrono::milliseconds step = std::chrono::seconds(1),
                          int steps_max = 300) {
        for (int n = 0; n < steps_max && !domain::is_terminal(job(job_id).status); ++n) {
            pass(step);
            static_cast<void>(run(process->sweeper.sweep()));
            settle();
        }
        EXPECT_TRUE(domain::is_terminal(job(job_id).status));
    }

    /// Stores a document of the user's and returns its key.
    std::string upload(const ports::Principal& who, const std::string& name) {
        const UploadRequest request{.filename = name, .content_type = "text/plain"};
        auto upload = run(process->service.begin_upload(who, request)).value();
        EXPECT_TRUE(run(upload.writer->commit()));
        return upload.file_key.value();
    }
    domain::JobId submit(const ports::Principal& who, const std::vector<std::string>& names) {
        SubmitRequest request;
        for (const auto& name : names) {
            request.files.push_back({.file_key = upload(who, name), .filename = std::nullopt});
        }
        return run(process->service.submit(who, std::move(request))).value().job_id;
    }
    domain::Job job(const domain::JobId& job_id) { return run(jobs.get(job_id)).value(); }
    void until_ended(const domain::JobId& job_id) {
        until([&] { return domain::is_terminal(job(job_id).status); });
    }
    std::vector<ports::DeadLetter> dead_letters() {
        return run(event_log.dead_letters(100)).value();
    }

    /// For the next start. What would happen by real time is far off unless a test says otherwise.
    ProcessJob::Options options{
        .owner = "owner", .heartbeat = std::chrono::hours(1), .progress = std::chrono::hours(1)};
    int processes = 0;
    boost::asio::io_context io;
    memory::ManualClock clock;
    memory::ManualMonotonicClock monotonic;
    bus::rules::RuleTable table;
    std::unique_ptr<ServiceProcess> process;
    memory::InMemoryEventLog event_log;
    memory::InMemoryJobStore jobs;
    memory::InMemoryObjectStore objects{clock};
    Quotas quotas;  ///< For the next start.
    /// What deletions work on, from the next start on; a test puts faulty ones in their place.
    ports::JobDeletions* deletions = &jobs;
    ports::ObjectStore* objects_for_deletion = &objects;
    memory::ScriptedExtractor extractor;
    telemetry::Log log;
    telemetry::Metrics metrics;
};

}  // namespace ingestor::jobs::testing

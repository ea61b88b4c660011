#include "engine/job_engine.hpp"

#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

#include "eventbridge/event_reader.hpp"
#include "provisioning/reconcile.hpp"

namespace ingestor::engine {

namespace asio = boost::asio;

namespace {

jobs::JobRetention::Options retention_options(const JobEngine::Options& options) {
    jobs::JobRetention::Options keep;
    keep.keep_jobs = options.keep_jobs;
    return keep;
}

}  // namespace

JobEngine::JobEngine(Dependencies dependencies, Options options)
    : dependencies_(std::move(dependencies)),
      options_(std::move(options)),
      outbox_(
          rules_, dependencies_.clock,
          [this](std::vector<ports::Delivery> deliveries) { lanes_.accept(std::move(deliveries)); },
          [this](const auto& event) { recent_events_.note(event); }),
      events_(dependencies_.database, outbox_),
      delivery_records_(dependencies_.database),
      archive_store_(dependencies_.database),
      jobs_(dependencies_.database, outbox_, dependencies_.monotonic, options_.owner),
      deletions_(dependencies_.database),
      usage_(dependencies_.database),
      job_directory_(dependencies_.database),
      object_index_(dependencies_.database, &outbox_),
      queue_store_(dependencies_.database),
      api_destination_store_(dependencies_.database),
      object_events_(options_.names, dependencies_.clock,
                     [this] { return rules_.listens(std::string(bus::kDefaultBus)); }),
      objects_({.index = object_index_,
                .files = dependencies_.files,
                .clock = dependencies_.clock,
                .events = &object_events_},
               options_.objects),
      file_sweep_(dependencies_.executor, {.index = object_index_,
                                           .files = dependencies_.files,
                                           .walkable_files = dependencies_.walkable_files,
                                           .permit = dependencies_.removal_permit,
                                           .clock = dependencies_.clock,
                                           .monotonic = dependencies_.monotonic,
                                           .log = dependencies_.log}),
      uploads_(dependencies_.database, &outbox_),
      multipart_(dependencies_.executor, {.uploads = uploads_,
                                          .objects = objects_,
                                          .files = dependencies_.files,
                                          .join = dependencies_.file_join,
                                          .clock = dependencies_.clock,
                                          .monotonic = dependencies_.monotonic,
                                          .log = dependencies_.log}),
      bus_(dependencies_.executor, events_, rules_),
      bus_operations_({.bus = bus_,
                       .log = events_,
                       .records = delivery_records_,
                       .deliveries = delivery_log_,
                       .clock = dependencies_.clock}),
      delivery_queries_(delivery_log_, delivery_records_),
      pattern_tests_(bus_, recent_events_),
      rule_operations_(bus_, dependencies_.clock, options_.names),
      archives_(bus_, archive_store_, options_.names),
      replays_(dependencies_.executor,
               {.bus = bus_,
                .archives = archives_,
                .store = archive_store_,
                .event_log = events_,
                .clock = dependencies_.clock,
                .monotonic = dependencies_.monotonic},
               {}),
      archive_operations_(bus_, archives_, archive_store_, dependencies_.clock),
      replay_operations_(bus_, archives_, replays_, dependencies_.clock),
      scheduler_(dependencies_.executor, {.bus = bus_,
                                          .clock = dependencies_.clock,
                                          .monotonic = dependencies_.monotonic,
                                          .log = dependencies_.log,
                                          .names = options_.names}),
      api_destinations_(dependencies_.executor, api_destination_store_, dependencies_.clock,
                        options_.names),
      oauth_tokens_({.executor = dependencies_.executor,
                     .caller = dependencies_.http_caller,
                     .destinations = api_destinations_,
                     .clock = dependencies_.clock,
                     .log = dependencies_.log}),
      connection_operations_(api_destinations_, oauth_tokens_, dependencies_.clock),
      destination_operations_(api_destinations_, dependencies_.clock),
      slots_(dependencies_.executor, options_.slots, options_.reserved_slots,
             [this] { return dependencies_.monotonic.now(); }),
      watch_(dependencies_.executor),
      process_job_({.jobs = jobs_,
                    .objects = objects_,
                    .extractor = dependencies_.extractor,
                    .clock = dependencies_.clock,
                    .monotonic = dependencies_.monotonic,
                    .running = running_,
                    .watch = watch_,
                    .slots = slots_,
                    .trouble = trouble_,
                    .log = dependencies_.log,
                    .metrics = dependencies_.metrics},
                   {.owner = options_.owner,
                    .names = options_.names,
                    .suspects_from = dependencies_.monotonic.now() + options_.suspects_after}),
      queue_registry_(dependencies_.executor, queue_store_, dependencies_.clock, options_.names),
      queue_messages_(dependencies_.executor, {.registry = queue_registry_,
                                               .store = queue_store_,
                                               .clock = dependencies_.clock,
                                               .monotonic = dependencies_.monotonic}),
      message_moves_(dependencies_.executor, {.registry = queue_registry_,
                                              .messages = queue_messages_,
                                              .store = queue_store_,
                                              .clock = dependencies_.clock,
                                              .monotonic = dependencies_.monotonic,
                                              .log = dependencies_.log}),
      bus_target_(bus_),
      archive_target_(archive_store_, dependencies_.clock),
      queue_target_(queue_messages_),
      http_target_({.destinations = api_destinations_,
                    .tokens = oauth_tokens_,
                    .caller = dependencies_.http_caller,
                    .clock = dependencies_.clock,
                    .monotonic = dependencies_.monotonic}),
      lanes_(dependencies_.executor,
             {.event_log = events_,
              .rules = rules_,
              .targets = targets_,
              .clock = dependencies_.clock,
              .monotonic = dependencies_.monotonic,
              .log = dependencies_.log,
              .metrics = dependencies_.metrics,
              .deliveries = delivery_log_,
              .names = options_.names,
              .queues = &queue_messages_,
              .on_depth = [this](std::uint64_t depth) { bus_.note_under_way(depth); }},
             {.in_flight_max = options_.jobs_at_once, .jitter_seed = options_.jitter_seed}),
      sweeper_(dependencies_.executor,
               {.jobs = jobs_,
                .clock = dependencies_.clock,
                .monotonic = dependencies_.monotonic,
                .trouble = trouble_,
                .log = dependencies_.log},
               {.names = options_.names}),
      deleter_({.deletions = deletions_,
                .objects = objects_,
                .clock = dependencies_.clock,
                .log = dependencies_.log,
                .permit = dependencies_.removal_permit}),
      retention_clock_(dependencies_.clock, dependencies_.monotonic),
      archive_sweep_(dependencies_.executor,
                     {.store = archive_store_,
                      .replays = replays_,
                      .clock = retention_clock_,
                      .monotonic = dependencies_.monotonic,
                      .log = dependencies_.log},
                     {}),
      retention_(dependencies_.executor,
                 {.jobs = jobs_,
                  .deletions = deletions_,
                  .deleter = deleter_,
                  .objects = &objects_,
                  .clock = retention_clock_,
                  .monotonic = dependencies_.monotonic,
                  .log = dependencies_.log,
                  .metrics = dependencies_.metrics},
                 retention_options(options_)),
      service_({.jobs = jobs_,
                .objects = objects_,
                .upload_urls = dependencies_.upload_urls,
                .clock = dependencies_.clock,
                .running = running_,
                .watch = watch_,
                .deleter = deleter_,
                .usage = &usage_},
               options_.names, options_.quotas),
      ingest_object_({.jobs = service_, .objects = objects_, .log = dependencies_.log},
                     options_.names),
      background_(dependencies_.executor, [this](const std::exception_ptr& failure) {
          try {
              std::rethrow_exception(failure);
          } catch (const std::exception& error) {
              dependencies_.log.error("background task failed", {{"error", error.what()}});
          }
      }) {
    auto handle = [this](bus::targets::Invocation invocation) {
        return run_function(std::move(invocation));
    };
    functions_.add(options_.names.function_arn(), std::move(handle), {});
    targets_.add(bus::targets::TargetKind::function, functions_);
    targets_.add(bus::targets::TargetKind::bus, bus_target_);
    targets_.add(bus::targets::TargetKind::archive, archive_target_);
    bus_.on_rules_changed([this] { scheduler_.wake(); });
    targets_.add(bus::targets::TargetKind::queue, queue_target_);
    targets_.add(bus::targets::TargetKind::api_destination, http_target_);
    if (dependencies_.log_groups != nullptr) {
        log_group_target_.emplace(*dependencies_.log_groups);
        targets_.add(bus::targets::TargetKind::log_group, *log_group_target_);
    }
}

asio::awaitable<void> JobEngine::run_function(bus::targets::Invocation invocation) {
    std::optional<logs::FunctionLog::Run> run;
    if (dependencies_.function_log != nullptr) {
        // As Lambda has it, one id for all attempts.
        run.emplace(*dependencies_.function_log, invocation.event->id);
    }
    auto event = std::move(invocation.event);
    if (invocation.input) {
        auto given = eventbridge::read_event(*invocation.input);
        if (!given) throw std::invalid_argument(given.error().message);
        event = std::make_shared<const eventbridge::Event>(std::move(*given));
    }
    if (jobs::tells_of_an_object(*event)) {
        co_await ingest_object_.handle(*event);
        co_return;
    }
    co_await process_job_.handle(std::move(event), std::move(invocation.stop));
}

asio::awaitable<void> JobEngine::process(eventbridge::Event event, Deadline deadline) {
    if (jobs::tells_of_an_object(event)) {
        co_await ingest_object_.handle(event);
        co_return;
    }
    auto shared = std::make_shared<const eventbridge::Event>(std::move(event));
    co_await process_job_.handle(std::move(shared), std::stop_token(), deadline);
}

asio::awaitable<Result<std::monostate>> JobEngine::open_bus(provisioning::WantedState wanted) {
    const auto reconciled =
        co_await provisioning::reconcile(events_, std::move(wanted), dependencies_.clock.now());
    if (!reconciled) co_return reconciled;
    auto opened = co_await queue_registry_.open();
    if (opened) opened = co_await bus_.open(dependencies_.clock.now());
    if (opened) opened = co_await api_destinations_.open();
    if (opened) opened = co_await archives_.open();
    if (opened) opened = co_await replays_.open();
    co_return opened;
}

void JobEngine::start() {
    lanes_.start();
    background_.spawn(sweeper_.run());
    background_.spawn(retention_.run());
    background_.spawn(file_sweep_.run());
    background_.spawn(multipart_.run());
    background_.spawn(replays_.run());
    background_.spawn(archive_sweep_.run());
    background_.spawn(scheduler_.run());
}

void JobEngine::begin_stop() {
    watch_.stop();
    queue_messages_.stop();
    message_moves_.stop();
    sweeper_.stop();
    retention_.stop();
    file_sweep_.stop();
    multipart_.stop();
    replays_.stop();
    archive_sweep_.stop();
    scheduler_.stop();
}

asio::awaitable<bool> JobEngine::stop(Deadline latest) {
    begin_stop();
    const bool attempts_ended = co_await lanes_.stop(latest);
    const bool background_ended = co_await background_.join(latest);
    const bool moves_ended = co_await message_moves_.join(latest);
    const bool tokens_ended = co_await oauth_tokens_.stop(latest);
    co_return attempts_ended&& background_ended&& moves_ended&& tokens_ended;
}

asio::awaitable<void> JobEngine::abandon(Deadline latest) {
    background_.cancel();
    co_await background_.join(latest);
}

}  // namespace ingestor::engine

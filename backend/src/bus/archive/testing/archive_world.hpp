#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "async/testing/spawned_task.hpp"
#include "base/testing/temporary_directory.hpp"
#include "bus/archive/archives.hpp"
#include "bus/archive/replays.hpp"
#include "bus/event_bus.hpp"
#include "bus/rules/rule_table.hpp"
#include "memory/manual_clock.hpp"
#include "memory/manual_monotonic_clock.hpp"
#include "sqlite/outbox.hpp"
#include "sqlite/sqlite_archive_store.hpp"
#include "sqlite/sqlite_event_log.hpp"

namespace ingestor::bus::archive::testing {

/// A bus `depot` with its archives over a database, all on one thread.
class ArchiveWorld {
public:
    explicit ArchiveWorld(Replays::Options options = {}) : options_(options) {
        start();
        ports::BusChange change;
        change.put_buses = {{.name = "depot", .description = {}, .created_at = clock.now()}};
        wait_for(process->log.apply(std::move(change)));
        restart();
    }

    /// What lives as long as a process.
    struct Process {
        explicit Process(ArchiveWorld& world);

        std::unique_ptr<sqlite::Database> database;
        rules::RuleTable table;
        sqlite::Outbox outbox;
        sqlite::SqliteEventLog log;
        sqlite::SqliteArchiveStore store;
        EventBus bus;
        Archives archives;
        Replays replays;
    };

    void restart() {
        process->replays.stop();
        settle();
        process.reset();
        start();
    }

    /// Runs all that can go on now.
    void settle() {
        io.restart();
        io.poll();
    }
    template <class Value>
    Value wait_for(boost::asio::awaitable<Value> task) {
        async::testing::SpawnedTask<Value> spawned(io, std::move(task));
        settle();
        return spawned.get();
    }

    /// An event of the bus, so many seconds after noon.
    [[nodiscard]] static eventbridge::Event event(int second) {
        return {.bus = "depot",
                .id = fmt::format("event-{:03}", second),
                .detail_type = "Parcel Weighed",
                .source = "scale",
                .account = "000000000000",
                .time = noon() + std::chrono::seconds(second),
                .region = "us-east-1",
                .detail = "{}"};
    }
    [[nodiscard]] static TimePoint noon() {
        return TimePoint{std::chrono::hours(20'000 * 24 + 12)};
    }

    /// Fills an archive of the bus with so many events, a second apart.
    void archive(const std::string& name, int events) {
        wait_for(process->archives.put({.name = name, .bus = "depot", .created_at = clock.now()}));
        for (int i = 0; i < events; ++i) {
            wait_for(process->store.append(name, event(i), clock.now()));
        }
    }
    void rule(const std::string& name, const std::string& pattern) {
        ports::Rule rule{.bus = "depot", .name = name, .event_pattern = pattern};
        rule.targets = {
            {.id = "t", .arn = "arn:aws:logs:us-east-1:000000000000:log-group:" + name}};
        wait_for(process->bus.put_rule(std::move(rule)));
    }
    /// What was given to the bus since: of each delivery its rule and its event.
    [[nodiscard]] std::vector<std::string> take_deliveries() {
        std::vector<std::string> out;
        for (const auto& delivery : std::exchange(delivered, {})) {
            out.push_back(delivery.rule + " " + delivery.event->id +
                          (delivery.event->replay_name.empty()
                               ? std::string()
                               : " of " + delivery.event->replay_name));
        }
        return out;
    }
    /// The targets have all that was given to the bus.
    void acknowledge_all() {
        for (const auto& delivery : delivered) wait_for(process->log.acknowledge(delivery.id));
    }

    TemporaryDirectory directory;
    boost::asio::io_context io;
    memory::ManualClock clock;
    memory::ManualMonotonicClock monotonic;
    std::vector<ports::Delivery> delivered;
    std::unique_ptr<Process> process;

private:
    void start();

    Replays::Options options_;
};

inline sqlite::DatabaseOptions options_on(boost::asio::any_io_executor executor) {
    sqlite::DatabaseOptions options;
    options.executor = std::move(executor);
    return options;
}

inline ArchiveWorld::Process::Process(ArchiveWorld& world)
    : database(sqlite::Database::open(world.directory.path(), world.clock,
                                      options_on(world.io.get_executor()))
                   .value()),
      outbox(table, world.clock,
             [&world](std::vector<ports::Delivery> deliveries) {
                 for (auto& each : deliveries) world.delivered.push_back(std::move(each));
             }),
      log(*database, outbox),
      store(*database),
      bus(world.io.get_executor(), log, table),
      archives(bus, store, {}),
      replays(world.io.get_executor(),
              {.bus = bus,
               .archives = archives,
               .store = store,
               .event_log = log,
               .clock = world.clock,
               .monotonic = world.monotonic},
              world.options_) {}

inline void ArchiveWorld::start() {
    process = std::make_unique<Process>(*this);
    wait_for(process->bus.open(clock.now()));
    wait_for(process->archives.open());
    wait_for(process->replays.open());
}

}  // namespace ingestor::bus::archive::testing

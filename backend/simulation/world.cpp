#include "simulation/world.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "objects/object_files.hpp"
#include "provisioning/template.hpp"
#include "simulation/snapshot.hpp"

namespace ingestor::simulation {

using namespace std::chrono_literals;
using sqlite::testing::Crash;
using sqlite::testing::DiskFaults;

namespace {

constexpr std::chrono::hours kDriftMax{3};
/// So long a start is tried again while something is wrong with the disk.
constexpr int kStartsMax = 2'000;
/// More changes than a run makes.
constexpr std::uint64_t kNever = std::uint64_t{1} << 60;

std::chrono::milliseconds some_length(Dice& dice) {
    const auto chance = dice.below(100);
    if (chance < 50) return 1s + dice.upto(20s);
    if (chance < 95) return dice.upto(5min);
    return dice.upto(1h);
}

}  // namespace

World::World(std::uint64_t seed, std::filesystem::path directory, telemetry::Log& log)
    : dice_(seed),
      machine_(dice_.seed(), std::move(directory)),
      clients_(dice_.seed(), machine_.findings),
      log_(log) {
    reconfigure();
    ensure_up();
    if (service_) add_stage();
}

void World::add_stage() {
    const ports::Principal who{.user_id = domain::UserId("local"), .is_operator = true};
    auto& engine = service_->engine();
    const bus::destinations::AuthorizationChange key{
        .kind = bus::destinations::AuthorizationKind::api_key,
        .api_key_name = "X-Key",
        .api_key_value = "k"};
    const auto connection =
        service_->ask(engine.connection_operations().create(who, "stage", {.authorization = key}));
    const auto& names = configuration_.names;
    const auto destination = service_->ask(engine.destination_operations().create(
        who, "stage",
        {.connection_arn = names.connection_arn("stage", connection.value().id),
         .endpoint = "https://stage.example/"}));
    const ports::RuleKey rule{names.event_bus(), "stage"};
    service_
        ->ask(engine.rule_operations().put_rule(
            who, rule,
            {.event_pattern =
                 fmt::format(R"({{"detail-type":["{}","{}"]}})", domain::kProcessingCompleted,
                             domain::kProcessingFailed)}))
        .value();
    ports::RuleTarget target{.id = "stage",
                             .arn = names.api_destination_arn("stage", destination.value().id)};
    service_->ask(engine.rule_operations().put_targets(who, rule, {std::move(target)})).value();
}

void World::note(std::uint64_t what) {
    trace_ = (trace_ ^ what) * 0x100000001b3;
}

int World::deaths(const std::string& filename) const {
    const auto place = deaths_.find(filename);
    return place == deaths_.end() ? 0 : place->second;
}

void World::act() {
    const auto action = dice_.below(1'000);
    note(action);
    if (action < 600) {
        if (service_) clients_.act(*service_, configuration_.names);
    } else if (action < 850) {
        pass(dice_.percent(80) ? dice_.upto(3s) : dice_.upto(90s));
    } else if (action < 890) {
        open_window();
    } else if (action < 910) {
        // The process dies in the middle of whatever it writes soon.
        machine_.disk.stop_after(dice_.below(40));
    } else if (action < 935) {
        kill(dice_.percent(60) ? Crash::process : Crash::power);
    } else if (action < 950) {
        stop();
        if (dice_.percent(50)) reconfigure();
    } else if (action < 965) {
        step_clock();
    } else if (action < 975) {
        flip_bit();
    } else if (action < 978) {
        restart_storm();
    } else if (service_) {
        service_->database().sweep_now();
    }
    run(dice_.below(60));
    // A supervisor looks now and then.
    if (!service_ && dice_.percent(70)) start();
    // Looking costs about as much as an action.
    if (service_ && !machine_.disk.stopped() && dice_.percent(25)) check_snapshot(*this);
    note(machine_.disk.changes());
}

void World::run(std::uint64_t handlers) {
    for (; handlers > 0 && service_ && service_->step(); --handlers) look_after_process();
}

void World::run_all() {
    while (service_ && service_->step()) look_after_process();
}

void World::look_after_process() {
    if (machine_.disk.stopped()) {
        kill(dice_.percent(50) ? Crash::process : Crash::power);
    } else if (service_->helpers().poisoned()) {
        kill(Crash::process);
    }
}

void World::pass(std::chrono::milliseconds time) {
    const auto end = time_ + time;
    for (;;) {
        run_all();
        if (time_ >= end) return;
        auto step = end - time_;
        if (service_) {
            const auto until_next = service_->next_wait() - service_->now();
            step = std::min(
                step, std::max(std::chrono::ceil<std::chrono::milliseconds>(until_next), 1ms));
        }
        for (const auto& window : windows_)
            step = std::min(step, std::max(window.end - time_, 1ms));
        time_ += step;
        if (!wall_clock_frozen_) machine_.clock.advance(step);
        if (service_) service_->advance(step);
        const auto over = [this](const Window& window) { return window.end <= time_; };
        if (std::erase_if(windows_, over) > 0) apply_troubles();
    }
}

void World::start() {
    ++processes_;
    try {
        service_ = std::make_unique<Service>(machine_, configuration_, dice_.seed(), log_);
    } catch (const std::exception&) {
        // As a process ends that says why: what was under way on the disk goes on.
        if (machine_.disk.stopped()) machine_.disk.restart(Crash::process);
    }
}

void World::ensure_up() {
    for (int tries = 0; !service_ && tries < kStartsMax; ++tries) {
        start();
        if (!service_) pass(1s + dice_.upto(4s));
    }
    if (!service_) machine_.findings.emplace_back("the service does not start any more");
}

void World::stop() {
    if (!service_) return;
    if (!service_->stop()) return kill(Crash::process);
    // What it wrote at its end may have been its last.
    if (machine_.disk.stopped()) machine_.disk.restart(Crash::process);
    service_.reset();
    clients_.process_ended();
}

void World::kill(Crash crash) {
    if (!service_) return;
    note(static_cast<std::uint64_t>(crash) + 77);
    for (auto& name : service_->helpers().at_work()) ++deaths_[std::move(name)];
    try {
        service_->kill(crash, dice_.seed());
    } catch (...) {
        // Coroutines still refer to it.
        static_cast<void>(service_.release());
        throw;
    }
    service_.reset();
    clients_.process_ended();
}

void World::restart_storm() {
    const auto starts = 55 + dice_.below(15);
    for (std::uint64_t n = 0; n < starts; ++n) {
        ensure_up();
        run(dice_.below(40));
        if (dice_.percent(50)) pass(dice_.upto(2s));
        kill(Crash::process);
    }
}

void World::reconfigure() {
    configuration_.names.region = std::array{"us-east-1", "eu-central-1"}[dice_.below(2)];
    configuration_.names.account = std::array{"000000000000", "123456789012"}[dice_.below(2)];
    configuration_.bus =
        provisioning::read_template(provisioning::embedded_template(), configuration_.names)
            .value();
    configuration_.slots = 1 + dice_.below(3);
    configuration_.jobs_at_once = 1 + dice_.below(8);
}

void World::open_window() {
    const auto trouble = static_cast<Trouble>(dice_.below(kTroubles));
    windows_.push_back({.trouble = trouble, .end = time_ + some_length(dice_)});
    apply_troubles();
}

void World::close_windows() {
    windows_.clear();
    apply_troubles();
}

void World::apply_troubles() {
    DiskFaults disk;
    ObjectFaults objects;
    HelperFaults helpers;
    EndpointFaults endpoint;
    wall_clock_frozen_ = false;
    for (const auto& window : windows_) {
        switch (window.trouble) {
            case Trouble::disk_reads:
                disk.read_errors_percent = 5;
                break;
            case Trouble::disk_writes:
                disk.write_errors_percent = 10;
                disk.sync_errors_percent = 10;
                break;
            case Trouble::disk_full:
                disk.bytes_max = machine_.disk.bytes_used() + 8'192;
                break;
            case Trouble::disk_everything:
                disk.read_errors_percent = disk.write_errors_percent = 100;
                disk.sync_errors_percent = 100;
                break;
            case Trouble::object_errors:
                objects.read_errors_percent = objects.write_errors_percent = 20;
                break;
            case Trouble::objects_full:
                objects.full = true;
                break;
            case Trouble::objects_hang:
                objects.hangs = true;
                break;
            case Trouble::no_helper:
                helpers.none_starts = true;
                break;
            case Trouble::helpers_lost:
                helpers.lost_percent = 40;
                break;
            case Trouble::wall_clock_frozen:
                wall_clock_frozen_ = true;
                break;
            case Trouble::endpoint_down:
                endpoint.down = true;
                break;
            case Trouble::endpoint_answers_lost:
                endpoint.lost_answers_percent = 40;
                break;
        }
    }
    machine_.disk.set_faults(disk);
    machine_.objects.faults = objects;
    machine_.helper_faults = helpers;
    machine_.endpoint.faults = endpoint;
}

void World::step_clock() {
    const auto step = dice_.upto(2 * kDriftMax) - kDriftMax;
    if (std::chrono::abs(clock_drift_ + step) > kDriftMax) return;
    clock_drift_ += step;
    machine_.clock.advance(step);
}

void World::flip_bit() {
    const auto* file = machine_.objects.damage_one();
    if (file == nullptr) return;
    // The file says whose object it was made for.
    const auto& headers = machine_.objects.objects().at(*file).info.attributes.system_headers;
    clients_.note_damage(domain::ObjectKey(headers.at(objects::kKeyHeader)));
}

bool World::all_ended() {
    for (const auto& user : clients_.users()) {
        const ports::Principal who{.user_id = user};
        const auto counts = service_->ask(service_->engine().service().counts(who));
        if (!counts) return false;
        if (counts->at(domain::JobStatus::queued) + counts->at(domain::JobStatus::processing) > 0)
            return false;
    }
    const auto depth = service_->ask(service_->engine().events().depth());
    return depth && *depth == 0;
}

void World::heal(std::chrono::milliseconds most) {
    close_windows();
    if (machine_.disk.stopped()) kill(Crash::process);
    machine_.disk.stop_after(kNever);
    const auto end = time_ + most;
    do {
        ensure_up();
        if (!service_) return;
        pass(10s);
        if (service_ && all_ended()) return;
    } while (time_ < end);
    machine_.findings.emplace_back("jobs have not ended long after everything has healed");
}

void World::stay_down(std::chrono::milliseconds time) {
    stop();
    time_ += time;
    machine_.clock.advance(time);
    ensure_up();
}

}  // namespace ingestor::simulation

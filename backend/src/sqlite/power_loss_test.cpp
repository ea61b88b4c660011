// The real database and stores on a disk that loses power. One seed says what the service writes,
// at which change of the disk the power goes, and what survives of that which was not synced; what
// was acknowledged must be there, as it was acknowledged.
#include <atomic>
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/clock.hpp"
#include "sqlite/testing/simulated_disk.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {

namespace asio = boost::asio;
namespace {

using testing::Crash;
using testing::DiskFaults;
using testing::Engine;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::SimulatedDisk;

/// Statuses that a job may have after a restart: the last one that was acknowledged, or that of a
/// write whose answer was lost.
struct Expected {
    domain::JobStatus acknowledged = domain::JobStatus::queued;
    std::optional<domain::JobStatus> unanswered = {};
};

/// A millisecond later each time, so that a seed's run is the same each time.
class CountingClock final : public ports::Clock {
public:
    [[nodiscard]] TimePoint now() const override {
        return TimePoint{std::chrono::milliseconds{1'700'000'000'000 + ++asked_}};
    }

private:
    mutable std::atomic<std::int64_t> asked_{0};
};

/// Does what a service does to its jobs, until the disk fails it.
class Service {
public:
    Service(const std::filesystem::path& directory, const ports::Clock& clock,
            const DatabaseOptions& options, std::mt19937_64& random,
            std::map<domain::JobId, Expected>& jobs)
        : clock_(clock), random_(random), expected_(jobs), engine_(directory, clock, options) {}

    /// False once the disk does not take it any more.
    bool act() {
        if (expected_.empty() || random_() % 3 == 0) return submit();
        auto job = expected_.begin();
        std::advance(job, static_cast<std::ptrdiff_t>(random_() % expected_.size()));
        switch (random_() % 3) {
            case 0:
                return claim_and_finish(job->first, job->second);
            case 1:
                return cancel(job->first, job->second);
            default:
                return retry(job->first, job->second);
        }
    }

    /// Everything that was acknowledged, and nothing else, is there; what is not is a finding.
    void check(std::vector<std::string>& findings) {
        std::map<domain::JobStatus, std::uint64_t> counted;
        for (auto& [job_id, expected] : expected_) {
            const auto job = run(engine_.jobs.get(job_id));
            if (!job) {
                findings.push_back("lost: " + job.error().message);
                return;
            }
            if (job->status != expected.acknowledged && job->status != expected.unanswered) {
                findings.push_back(fmt::format("{} is {}, and was acknowledged as {}",
                                               job_id.value(), domain::to_string(job->status),
                                               domain::to_string(expected.acknowledged)));
            }
            expected = {.acknowledged = job->status};
            ++counted[job->status];
        }
        for (const auto& job_id : unanswered_submits_) {
            const auto job = run(engine_.jobs.get(job_id));
            if (job) {
                expected_[job_id] = {.acknowledged = job->status};
                ++counted[job->status];
            }
        }
        unanswered_submits_.clear();
        auto counts = run(engine_.jobs.count(domain::UserId{"ada"})).value();
        std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
        if (counts != counted) findings.emplace_back("the counts are not those of the jobs");
        auto verify = [](Connection& connection) -> Result<std::string> {
            return connection.text("PRAGMA integrity_check");
        };
        const auto verified = run(engine_.database->read(verify));
        const auto verdict = verified ? *verified : verified.error().message;
        if (verdict != "ok") findings.push_back(verdict);
    }

    [[nodiscard]] std::vector<domain::JobId> unanswered_submits() const {
        return unanswered_submits_;
    }
    void expect_maybe(std::vector<domain::JobId> jobs) { unanswered_submits_ = std::move(jobs); }

private:
    template <class T>
    T run(asio::awaitable<T> call) {
        return testing::run(io_, std::move(call));
    }

    std::string unique_id() {
        return fmt::format("019aae1c-0000-7000-8000-{:012}", random_() % 1'000'000'000'000);
    }
    eventbridge::Event event_of(const domain::Job& job) {
        auto event = testing::event_of(job);
        event.id = unique_id();
        return event;
    }

    bool submit() {
        auto job = testing::job_of(clock_.now());
        job.job_id = domain::JobId{unique_id()};
        const auto job_id = job.job_id;
        auto event = event_of(job);
        const auto created =
            run(engine_.jobs.create(std::move(job), std::nullopt, std::move(event)));
        if (created) {
            expected_[job_id] = {};
        } else {
            unanswered_submits_.push_back(job_id);
        }
        return created.has_value();
    }

    bool claim_and_finish(const domain::JobId& job_id, Expected& expected) {
        const auto now = clock_.now();
        domain::ClaimRequest request{.job_id = job_id,
                                     .owner = "owner",
                                     .now = now,
                                     .lease_until = now + std::chrono::seconds(30)};
        if (!domain::is_terminal(expected.acknowledged))
            expected.unanswered = domain::JobStatus::processing;
        const auto claimed = run(engine_.jobs.claim(std::move(request)));
        if (!claimed) return false;
        expected.unanswered.reset();
        const auto* held = std::get_if<ports::Claimed>(&*claimed);
        if (held == nullptr) return true;
        expected = {.acknowledged = domain::JobStatus::processing,
                    .unanswered = domain::JobStatus::completed};
        auto event = event_of(held->job);
        const auto finished = run(engine_.jobs.finish(
            held->lease, {.status = domain::JobStatus::completed}, std::move(event), clock_.now()));
        return answered(expected, domain::JobStatus::completed, finished);
    }

    bool cancel(const domain::JobId& job_id, Expected& expected) {
        if (!domain::is_terminal(expected.acknowledged))
            expected.unanswered = domain::JobStatus::cancelled;
        return answered(expected, domain::JobStatus::cancelled,
                        run(engine_.jobs.cancel(job_id, clock_.now())));
    }

    bool retry(const domain::JobId& job_id, Expected& expected) {
        auto job = testing::job_of(clock_.now());
        job.job_id = job_id;
        if (domain::next_status(expected.acknowledged, domain::JobEvent::retry_requested)) {
            expected.unanswered = domain::JobStatus::queued;
        }
        return answered(expected, domain::JobStatus::queued,
                        run(engine_.jobs.retry(job_id, event_of(job), clock_.now())));
    }

    template <class Answer>
    static bool answered(Expected& expected, domain::JobStatus status, const Answer& answer) {
        if (answer) {
            expected = {.acknowledged = status};
            return true;
        }
        if (answer.error().code != Errc::conflict) return false;
        expected.unanswered.reset();
        return true;
    }

    const ports::Clock& clock_;
    std::mt19937_64& random_;
    std::map<domain::JobId, Expected>& expected_;
    std::vector<domain::JobId> unanswered_submits_;
    asio::io_context io_;
    Engine engine_;
};

/// Several lives of one data directory, each ended by a crash, with `faults` in the first half of
/// each. Returns what is wrong.
std::vector<std::string> findings_of(std::uint64_t seed, DiskFaults faults) {
    constexpr int kLives = 4;
    const CountingClock clock;
    const TemporaryDirectory directory;  // Of it only the lock is used.
    std::mt19937_64 random(seed);
    SimulatedDisk disk(seed);
    DatabaseOptions options;
    options.vfs = disk.vfs().c_str();
    // All checkpoints on the writer's thread, so that a seed's run is the same each time; small, so
    // that the power often goes in the middle of one.
    options.checkpoints = {.pages_wanted = 1'000'000, .pages_max = 24};

    std::vector<std::string> findings;
    std::map<domain::JobId, Expected> jobs;
    std::vector<domain::JobId> unanswered;
    for (int life = 0; life <= kLives && findings.empty(); ++life) {
        const auto changes = 1 + random() % 250;
        if (life < kLives) disk.stop_after(changes);
        try {
            Service service(directory.path(), clock, options, random, jobs);
            service.expect_maybe(std::move(unanswered));
            service.check(findings);
            const auto heals_at = disk.changes() + changes / 2;
            disk.set_faults(faults);
            // A database that takes nothing any more makes no further change.
            for (int acts = 0; acts < 500 && life < kLives && !disk.stopped(); ++acts) {
                if (disk.changes() >= heals_at)
                    disk.set_faults({.syncs_ignored = faults.syncs_ignored});
                service.act();
            }
            unanswered = service.unanswered_submits();
        } catch (const std::exception& error) {
            if (!disk.stopped()) findings.emplace_back(error.what());
        }
        disk.set_faults({.syncs_ignored = faults.syncs_ignored});
        disk.restart(random() % 4 == 0 ? Crash::process : Crash::power);
    }
    return findings;
}

/// What the seeds from 1 to `seeds` show to be wrong. POWER_LOSS_SEED replays one of them.
std::vector<std::string> findings_of_seeds(std::uint64_t seeds, DiskFaults faults) {
    std::uint64_t first = 1;
    if (const char* seed = std::getenv("POWER_LOSS_SEED")) {
        first = seeds = std::strtoull(seed, nullptr, 10);
    }
    std::vector<std::string> all;
    for (auto seed = first; seed <= seeds; ++seed) {
        for (const auto& finding : findings_of(seed, faults)) {
            all.push_back(fmt::format("POWER_LOSS_SEED={}: {}", seed, finding));
        }
    }
    return all;
}

TEST(PowerLoss, LeavesWhatWasAcknowledged) {
    EXPECT_THAT(findings_of_seeds(100, {}), IsEmpty());
}

TEST(PowerLoss, LeavesWhatWasAcknowledgedByADiskThatFailed) {
    const DiskFaults faults{
        .read_errors_percent = 2, .write_errors_percent = 10, .sync_errors_percent = 10};
    EXPECT_THAT(findings_of_seeds(50, faults), IsEmpty());
}

TEST(PowerLoss, LeavesWhatWasAcknowledgedByAFullDisk) {
    EXPECT_THAT(findings_of_seeds(50, {.bytes_max = 200'000}), IsEmpty());
}

/// The test of the test: without syncs it must find that something is missing.
TEST(PowerLoss, IsFoundOutWhereTheDiskDoesNotSync) {
    EXPECT_THAT(findings_of_seeds(20, {.syncs_ignored = true}), Not(IsEmpty()));
}

}  // namespace
}  // namespace ingestor::sqlite

// Trouble of the service: jobs wait it out and end for reasons of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/testing/world.hpp"

namespace ingestor::jobs {

using namespace testing;
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const ports::Principal kAnn{domain::UserId("ann")};
const ports::Principal kBob{domain::UserId("bob")};

/// The service over stores that fail when told so, and that a crash cuts it off from.
class WaitingTest : public ::testing::Test {
protected:
    WaitingTest() { begin(); }
    ~WaitingTest() override {
        for (auto& process : dead_) {
            world.extractor.release();
            EXPECT_TRUE(
                world.run(process->dispatcher.stop(std::chrono::steady_clock::now() + 2min)));
        }
        world.stop_process();
    }

    /// Another process, after the one before has ended or died.
    void begin() {
        world.be_another_process();
        plans_.push_back(std::make_unique<memory::FaultPlan>(7, memory::FaultPlan::Rates{}));
        job_stores_.push_back(std::make_unique<memory::FaultyJobStore>(world.jobs, plan()));
        objects_.push_back(std::make_unique<memory::FaultyObjectStore>(world.objects, plan()));
        event_logs_.push_back(std::make_unique<memory::FaultyEventLog>(world.event_log, plan()));
        world.start_over(*job_stores_.back(), *event_logs_.back(), *objects_.back());
    }
    /// From here on nothing that the process does reaches the stores, and another begins.
    void crash() {
        plan().set({.before_percent = 100, .after_percent = 0});
        dead_.push_back(std::move(world.process));
        begin();
    }
    memory::FaultPlan& plan() { return *plans_.back(); }

    void sweep() { static_cast<void>(world.run(world.process->sweeper.sweep())); }
    void pass(std::chrono::milliseconds time) {
        world.pass(time);
        sweep();
        world.settle();
    }
    void pass_until_all_ended(const std::vector<domain::JobId>& jobs) {
        const auto open = [&] {
            return std::ranges::any_of(jobs, [&](const domain::JobId& id) {
                return !domain::is_terminal(world.job(id).status);
            });
        };
        for (int n = 0; n < 500 && open(); ++n) pass(7s);
    }
    void expect_completed(const std::vector<domain::JobId>& jobs) {
        for (const auto& id : jobs) {
            const auto job = world.job(id);
            EXPECT_EQ(job.status, domain::JobStatus::completed) << job.error.value_or("");
            EXPECT_LE(job.attempts.size(), domain::kAttemptsKeptMax);
        }
    }
    void no_helper_for(const std::string& filename) {
        world.extractor.script_failure(filename, "unavailable", "no helper", true);
    }
    /// After one failure more.
    void helper_for(const std::string& filename) { world.extractor.script(filename, {}); }
    void hold(const std::string& filename) {
        world.extractor.script(filename, {.answer = std::nullopt, .held = true});
    }
    void until_called(const std::string& filename, int times) {
        world.until([&] { return world.extractor.calls(filename) == times; });
    }

    World world;
    std::vector<std::unique_ptr<ServiceProcess>> dead_;

private:
    std::vector<std::unique_ptr<memory::FaultPlan>> plans_;
    std::vector<std::unique_ptr<memory::FaultyJobStore>> job_stores_;
    std::vector<std::unique_ptr<memory::FaultyObjectStore>> objects_;
    std::vector<std::unique_ptr<memory::FaultyEventLog>> event_logs_;
};

TEST_F(WaitingTest, AJobThatWaitsSaysWhyAndUntilWhen) {
    no_helper_for("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until([&] { return world.job(job_id).waiting_reason.has_value(); });
    world.settle();
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::queued);
    EXPECT_EQ(job.waiting_reason, "extract a.txt: no helper");
    EXPECT_EQ(job.next_attempt_at, world.clock.now() + 1s);
    EXPECT_EQ(job.attempts.at(0).error, "extract a.txt: no helper");
    const auto trouble = world.process->trouble.current(world.monotonic.now());
    ASSERT_TRUE(trouble);
    EXPECT_EQ(trouble->reason, "extract a.txt: no helper");
    // What everybody may read names neither the document nor what a store said.
    EXPECT_EQ(trouble->kind, "extract a document: unavailable");
    EXPECT_THAT(world.metrics.expose(), HasSubstr("agent2_ingestor_job_waits_total 1"));
    // The event is done with: it is the store that knows when the job goes on.
    EXPECT_EQ(world.run(world.event_log.depth()).value(), 0U);

    helper_for("a.txt");
    pass_until_all_ended({job_id});
    expect_completed({job_id});
    EXPECT_FALSE(world.job(job_id).waiting_reason);
    EXPECT_FALSE(world.process->trouble.current(world.monotonic.now()));
    EXPECT_TRUE(world.dead_letters().empty());
}

TEST_F(WaitingTest, WaitsGrowToTheCeilingAndStartAnewAfterProgress) {
    no_helper_for("b.txt");
    const auto job_id = world.submit(kAnn, {"a.txt", "b.txt"});
    // The first attempt may or may not get to the sound document before the other ends it.
    std::vector<std::chrono::milliseconds> waits;
    for (int attempt = 1; attempt <= 9; ++attempt) {
        world.until([&] {
            const auto job = world.job(job_id);
            return job.attempts_count == static_cast<std::uint32_t>(attempt) && job.next_attempt_at;
        });
        world.settle();
        waits.push_back(*world.job(job_id).next_attempt_at - world.clock.now());
        pass(waits.back());
    }
    EXPECT_EQ(waits.front(), 1s);
    EXPECT_EQ(waits.back(), domain::kWaitMax);
    EXPECT_TRUE(std::ranges::is_sorted(waits));
}

TEST_F(WaitingTest, ADayWithoutAHelperFailsNothingAndMakesNoHeap) {
    no_helper_for("a.txt");
    no_helper_for("b.txt");
    std::vector<domain::JobId> jobs;
    for (int n = 0; n < 40; ++n) {
        jobs.push_back(world.submit(n % 2 == 0 ? kAnn : kBob, {"a.txt", "b.txt"}));
    }
    for (int minute = 0; minute < 24 * 60; ++minute) pass(1min);
    for (const auto& id : jobs) {
        const auto job = world.job(id);
        EXPECT_EQ(job.status, domain::JobStatus::queued);
        EXPECT_TRUE(job.waiting_reason);
        EXPECT_LE(job.attempts.size(), domain::kAttemptsKeptMax);
    }
    // One job a sweep tries, whatever their number.
    EXPECT_LE(world.event_log.events().size(), jobs.size() + 24 * 60);
    EXPECT_TRUE(world.dead_letters().empty());

    helper_for("a.txt");
    helper_for("b.txt");
    pass_until_all_ended(jobs);
    expect_completed(jobs);
}

TEST_F(WaitingTest, WhereEveryOtherCallFailsForAnHourEveryJobCompletesAfterwards) {
    std::vector<domain::JobId> jobs;
    for (int n = 0; n < 60; ++n) jobs.push_back(world.submit(kAnn, {"a.txt", "b.txt", "c.txt"}));
    plan().set({.before_percent = 30, .after_percent = 20});
    for (int n = 0; n < 600; ++n) pass(6s);
    for (const auto& id : jobs) EXPECT_NE(world.job(id).status, domain::JobStatus::failed);
    plan().set({});
    pass_until_all_ended(jobs);
    expect_completed(jobs);
}

TEST_F(WaitingTest, WhereNothingCanBeReachedForADayEveryJobCompletesAfterwards) {
    std::vector<domain::JobId> jobs;
    hold("a.txt");
    hold("b.txt");
    for (int n = 0; n < 30; ++n) jobs.push_back(world.submit(kAnn, {"a.txt", "b.txt"}));
    world.until([&] { return world.extractor.running() == 2; });
    plan().set({.before_percent = 100, .after_percent = 0});
    world.extractor.release();
    for (int n = 0; n < 24 * 60; ++n) pass(1min);
    EXPECT_TRUE(world.process->trouble.current(world.monotonic.now()));
    plan().set({});
    pass_until_all_ended(jobs);
    expect_completed(jobs);
    EXPECT_TRUE(world.dead_letters().empty());
}

TEST_F(WaitingTest, AStormOfRestartsOverABacklogFailsNothing) {
    std::vector<domain::JobId> jobs;
    for (int n = 0; n < 100; ++n) {
        jobs.push_back(world.submit(n % 3 == 0 ? kBob : kAnn, {"a.txt", "b.txt", "c.txt"}));
    }
    std::mt19937_64 random(4711);
    for (int restart = 0; restart < 80; ++restart) {
        for (auto turns = random() % 60; turns > 0; --turns) {
            world.io.restart();
            world.io.poll_one();
        }
        if (restart % 2 == 0) {
            crash();
        } else {
            world.stop_process();
            begin();
        }
        world.advance(300ms);
        // A process that has not lived for long leaves its suspects alone.
        world.options.suspects_from = world.monotonic.now() + 10s;
    }
    world.options.suspects_from = Deadline::min();
    begin();
    pass_until_all_ended(jobs);
    expect_completed(jobs);
}

TEST_F(WaitingTest, ADocumentThatKillsTheServiceFailsAloneAfterThreeDeaths) {
    world.extractor.script("poison.txt", {.answer = std::nullopt, .held = true});
    std::vector<std::string> names(10, "good.txt");
    names[0] = "poison.txt";
    const auto job_id = world.submit(kAnn, names);
    const auto other = world.submit(kBob, {"other.txt"});
    // Once in company of its neighbours, then by itself.
    for (int death = 1; death <= 3; ++death) {
        for (int n = 0; n < 200 && world.extractor.calls("poison.txt") < death; ++n) pass(1s);
        ASSERT_EQ(world.extractor.calls("poison.txt"), death);
        if (death > 1) {
            EXPECT_EQ(world.job(job_id).at_work, std::vector<std::uint32_t>{0});
            // It comes after all that nobody suspects.
            EXPECT_EQ(world.job(job_id).documents_processed,
                      names.size() - world.job(job_id).suspects.size());
        }
        crash();
    }
    pass_until_all_ended({job_id, other});
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::failed);
    EXPECT_EQ(world.extractor.calls("poison.txt"), 3);
    EXPECT_EQ(job.files[0].error,
              (domain::FileError{
                  "crashed", "the service failed 3 times while it was at work on this document"}));
    for (std::size_t n = 1; n < names.size(); ++n) {
        EXPECT_EQ(job.files[n].status, domain::FileStatus::completed);
    }
    EXPECT_EQ(job.documents_processed, 10U);
    expect_completed({other});
}

TEST_F(WaitingTest, NoOtherDocumentOfAnybodyIsAtWorkBesideASuspect) {
    hold("suspect.txt");
    const auto job_id = world.submit(kAnn, {"suspect.txt"});
    until_called("suspect.txt", 1);
    crash();
    for (int n = 0; n < 200 && world.extractor.calls("suspect.txt") < 2; ++n) pass(1s);
    ASSERT_EQ(world.extractor.calls("suspect.txt"), 2);
    const auto other = world.submit(kBob, {"other.txt"});
    world.settle();
    EXPECT_EQ(world.extractor.calls("other.txt"), 0);
    world.extractor.release();
    pass_until_all_ended({job_id, other});
    expect_completed({job_id, other});
}

TEST_F(WaitingTest, WhatWaitedInNoHelperIsChargedNothingByCrashes) {
    for (const auto* name : {"1.txt", "2.txt", "3.txt", "4.txt", "5.txt"}) hold(name);
    const auto job_id = world.submit(kAnn, {"1.txt", "2.txt", "3.txt", "4.txt", "5.txt"});
    const auto other = world.submit(kBob, {"4.txt"});
    world.until([&] { return world.extractor.running() == 2; });
    world.settle();
    crash();
    for (int n = 0; n < 200 && world.job(job_id).attempts_count < 2; ++n) pass(1s);
    EXPECT_EQ(world.job(job_id).suspects.size() + world.job(other).suspects.size(), 2U);
    world.extractor.release();
    pass_until_all_ended({job_id, other});
    expect_completed({job_id, other});
}

TEST_F(WaitingTest, CleanStopsChargeNobody) {
    hold("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt", "b.txt"});
    for (int stop = 1; stop <= 60; ++stop) {
        until_called("a.txt", stop);
        EXPECT_TRUE(
            world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 2min)));
        EXPECT_TRUE(world.job(job_id).suspects.empty());
        dead_.push_back(std::move(world.process));
        begin();
    }
    world.extractor.release();
    pass_until_all_ended({job_id});
    expect_completed({job_id});
}

TEST_F(WaitingTest, ASuspectIsLeftAloneUntilTheProcessHasProvedItself) {
    hold("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt", "b.txt"});
    world.until([&] { return world.job(job_id).documents_processed == 1; });
    world.settle();
    world.options.suspects_from = world.monotonic.now() + 10s;
    crash();
    pass(9s);
    EXPECT_EQ(world.extractor.calls("a.txt"), 1);
    EXPECT_EQ(world.job(job_id).attempts_count, 2U);
    world.extractor.release();
    pass_until_all_ended({job_id});
    expect_completed({job_id});
}

/// An object store with a fault of ours.
class ThrowingObjects final : public memory::FaultyObjectStore {
public:
    using memory::FaultyObjectStore::FaultyObjectStore;
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override {
        if (objects.at(0).key.value().find("fault") != std::string::npos) {
            throw std::runtime_error("a fault of ours");
        }
        return memory::FaultyObjectStore::put_all(std::move(objects));
    }
};

TEST_F(WaitingTest, ADocumentWhoseWorkEndsInAFaultOfOursFailsAloneAfterThree) {
    memory::FaultPlan none(1, {});
    ThrowingObjects objects(world.objects, none);
    world.start_over(world.jobs, world.event_log, objects);
    const auto job_id = world.submit(kAnn, {"a.txt", "fault.txt", "b.txt"});
    pass_until_all_ended({job_id});
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::failed);
    EXPECT_EQ(job.files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(job.files[1].error->code, "crashed");
    EXPECT_EQ(job.files[2].status, domain::FileStatus::completed);
    EXPECT_EQ(world.extractor.calls("fault.txt"), 3);
    world.stop_process();
}

TEST_F(WaitingTest, AnUploadThatIsGoneIsTheErrorOfItsDocumentAtOnce) {
    world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 2min));
    const auto job_id = world.submit(kAnn, {"a.txt", "gone.txt"});
    world.run(world.objects.remove(world.job(job_id).files[1].file_key)).value();
    begin();
    pass_until_all_ended({job_id});
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::failed);
    EXPECT_EQ(job.attempts_count, 1U);
    EXPECT_EQ(job.files[1].error->code, "not_found");
    EXPECT_EQ(job.files[0].status, domain::FileStatus::completed);
}

TEST_F(WaitingTest, AWaitingJobCanBeCancelled) {
    no_helper_for("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until([&] { return world.job(job_id).waiting_reason.has_value(); });
    world.run(world.process->service.cancel(kAnn, job_id)).value();
    pass(1min);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::cancelled);
    EXPECT_EQ(world.job(job_id).attempts_count, 1U);
}

TEST(ServiceTrouble, IsSaidWhenItBeginsAndOnceAMinute) {
    ServiceTrouble trouble;
    const Deadline start{1h};
    EXPECT_TRUE(trouble.met({.reason = "no helper", .kind = "extract"}, start));
    EXPECT_FALSE(trouble.met({.reason = "no helper", .kind = "extract"}, start + 59s));
    EXPECT_TRUE(trouble.met({.reason = "no disk", .kind = "open"}, start + 60s));
    EXPECT_EQ(trouble.current(start + 60s)->reason, "no disk");
    trouble.passed();
    EXPECT_FALSE(trouble.current(start + 60s));
    EXPECT_TRUE(trouble.met({.reason = "no disk", .kind = "open"}, start + 61s));
}

TEST(ServiceTrouble, IsForgottenOnceNoJobCanBeWaitingForIt) {
    ServiceTrouble trouble;
    const Deadline start{1h};
    EXPECT_FALSE(trouble.current(start));
    trouble.met({.reason = "no disk", .kind = "open"}, start);
    EXPECT_TRUE(trouble.current(start + ServiceTrouble::kForgottenAfter - 1ms));
    EXPECT_FALSE(trouble.current(start + ServiceTrouble::kForgottenAfter));
    // What is forgotten is not brought back by a sweep that fails, what is not forgotten is kept.
    trouble.lasts(start + ServiceTrouble::kForgottenAfter);
    EXPECT_FALSE(trouble.current(start + ServiceTrouble::kForgottenAfter));
    trouble.met({.reason = "no disk", .kind = "open"}, start + 1h);
    trouble.lasts(start + 1h + 1min);
    EXPECT_TRUE(trouble.current(start + 1h + ServiceTrouble::kForgottenAfter));
    EXPECT_TRUE(trouble.met({.reason = "no disk", .kind = "open"}, start + 24h));
    EXPECT_TRUE(trouble.current(start + 24h));
}

}  // namespace
}  // namespace ingestor::jobs

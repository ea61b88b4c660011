#include "jobs/process_job.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/file_keys.hpp"
#include "jobs/job_events.hpp"
#include "jobs/testing/world.hpp"
#include "ports/testing/all_due.hpp"

namespace ingestor::jobs {

using namespace testing;
namespace {

using namespace std::chrono_literals;

const ports::Principal kAnn{domain::UserId("ann")};
const ports::Principal kBob{domain::UserId("bob")};

class ProcessJobTest : public ::testing::Test {
protected:
    ProcessJobTest() { world.start(); }

    std::size_t events_of(std::string_view detail_type) {
        return static_cast<std::size_t>(std::ranges::count(world.event_log.events(), detail_type,
                                                           &eventbridge::Event::detail_type));
    }
    void hold(const std::string& filename) {
        world.extractor.script(filename, {.answer = std::nullopt, .held = true});
    }
    bool has_object(const domain::ObjectKey& key) {
        return std::ranges::count(world.objects.keys(), key) == 1;
    }

    World world;
};

std::shared_ptr<const eventbridge::Event> shared(eventbridge::Event event) {
    return std::make_shared<const eventbridge::Event>(std::move(event));
}

/// World::run() wants a value.
boost::asio::awaitable<std::monostate> done(boost::asio::awaitable<void> task) {
    co_await std::move(task);
    co_return std::monostate{};
}

TEST_F(ProcessJobTest, AJobOfGoodDocumentsCompletes) {
    const auto job_id = world.submit(kAnn, {"a.txt", "b.txt"});
    world.until_ended(job_id);
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::completed);
    EXPECT_EQ(job.documents_processed, 2U);
    ASSERT_EQ(job.attempts.size(), 1U);
    EXPECT_FALSE(job.attempts[0].error);
    for (std::uint32_t index = 0; index < 2; ++index) {
        const auto& file = job.files[index];
        EXPECT_EQ(file.status, domain::FileStatus::completed);
        EXPECT_EQ(file.pages, 1U);
        EXPECT_TRUE(file.duration);
        const auto key = [&](formats::OutputKind kind) {
            return output_key(job_id, index, file.filename, kind);
        };
        EXPECT_EQ(file.markdown_key, key(formats::OutputKind::markdown));
        EXPECT_EQ(file.sidecar_key, key(formats::OutputKind::sidecar));
        EXPECT_EQ(file.chunks_key, key(formats::OutputKind::chunks));
        for (const auto kind : formats::stored_outputs()) EXPECT_TRUE(has_object(key(kind)));
    }
    EXPECT_TRUE(has_object(manifest_key(job_id)));
    EXPECT_EQ(events_of("Document Processing Completed"), 1U);
    world.settle();
    EXPECT_EQ(world.run(world.event_log.depth()).value(), 0U);
}

TEST_F(ProcessJobTest, BadDocumentsFailTheJobAndTheOthersKeepTheirOutput) {
    std::vector<std::string> names;
    for (int n = 0; n < 10; ++n) names.push_back(std::to_string(n) + ".txt");
    for (const auto* bad : {"2.txt", "5.txt", "9.txt"}) {
        world.extractor.script_failure(bad, "corrupt", "the file is cut off", false);
    }
    const auto job_id = world.submit(kAnn, names);
    world.until_ended(job_id);
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::failed);
    EXPECT_EQ(job.error,
              "3 of 10 documents failed; the first: 2.txt (corrupt: the file is cut off)");
    EXPECT_EQ(job.documents_processed, 10U);
    EXPECT_EQ(job.files[5].error, (domain::FileError{"corrupt", "the file is cut off"}));
    EXPECT_TRUE(has_object(*job.files[0].markdown_key));
    EXPECT_EQ(job.attempts.size(), 1U);
    EXPECT_EQ(events_of("Document Processing Failed"), 1U);
    world.settle();
    EXPECT_TRUE(world.dead_letters().empty());
}

TEST_F(ProcessJobTest, RetryWorksOnlyOnWhatDidNotSucceed) {
    world.extractor.script_failure("bad.txt", "corrupt", "cut off", false);
    world.extractor.script("bad.txt", {});
    const auto job_id = world.submit(kAnn, {"good.txt", "bad.txt"});
    world.until_ended(job_id);
    ASSERT_EQ(world.job(job_id).status, domain::JobStatus::failed);
    world.run(world.process->service.retry(kAnn, job_id)).value();
    world.until_ended(job_id);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::completed);
    EXPECT_EQ(world.extractor.calls("good.txt"), 1);
    EXPECT_EQ(world.extractor.calls("bad.txt"), 2);
    EXPECT_EQ(world.job(job_id).attempts.size(), 2U);
}

TEST_F(ProcessJobTest, AnUploadThatIsGoneFailsTheDocument) {
    world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s));
    const auto job_id = world.submit(kAnn, {"a.txt", "gone.txt"});
    world.run(world.objects.remove(world.job(job_id).files[1].file_key)).value();
    world.start();
    world.until_ended(job_id);
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::failed);
    EXPECT_EQ(job.files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(job.files[1].error,
              (domain::FileError{"not_found", "the uploaded file is not there any more"}));
}

TEST_F(ProcessJobTest, AnUploadThatWasReplacedAfterTheSubmitFailsItsDocumentAlone) {
    world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s));
    const auto job_id = world.submit(kAnn, {"a.txt", "replaced.txt", "repeated.txt"});
    auto files = world.job(job_id).files;
    world.run(world.objects.put(files[1].file_key, "something else", {})).value();
    // The same bytes once more: a client that did not get the answer.
    world.run(world.objects.put(files[2].file_key, "", {})).value();
    world.start();
    world.until_ended(job_id);
    files = world.job(job_id).files;
    EXPECT_EQ(files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(files[2].status, domain::FileStatus::completed);
    EXPECT_EQ(files[1].error, (domain::FileError{"conflict",
                                                 "the upload of replaced.txt was replaced after "
                                                 "it had been submitted: submit it again"}));
    EXPECT_EQ(world.extractor.calls("replaced.txt"), 0);

    // A retry is of what was submitted, and not of what stands there now.
    world.run(world.process->service.retry(kAnn, job_id)).value();
    world.until_ended(job_id);
    EXPECT_EQ(world.job(job_id).files[1].error->code, "conflict");
    world.run(world.objects.put(files[1].file_key, "", {})).value();
    world.run(world.process->service.retry(kAnn, job_id)).value();
    world.until_ended(job_id);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::completed);
    EXPECT_EQ(world.extractor.calls("replaced.txt"), 1);
}

TEST_F(ProcessJobTest, ADocumentWithoutAnETagOnRecordIsWorkedOn) {
    domain::Job job;
    job.job_id = domain::JobId("019b7ca9-8f2e-7000-a54d-0cd2e067a4e4");
    job.user_id = kAnn.user_id;
    job.files.push_back(
        {.file_key = domain::ObjectKey(world.upload(kAnn, "old.txt")), .filename = "old.txt"});
    job.total_documents = 1;
    job.created_at = world.clock.now();
    auto event = processing_required(job, domain::Names{}, job.created_at);
    world.run(world.jobs.create(job, std::nullopt, std::move(event))).value();
    world.until_ended(job.job_id);
    EXPECT_EQ(world.job(job.job_id).status, domain::JobStatus::completed);
}

TEST_F(ProcessJobTest, AJobWhoseEventCannotBeReadAnyMoreGetsAnotherAndCompletes) {
    world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s));
    const auto job_id = world.submit(kAnn, {"a.txt"});
    const auto due = world.run(ports::testing::all_due(world.event_log, world.clock.now())).value();
    ASSERT_EQ(due.size(), 1U);
    world.event_log.corrupt_event_of(due[0].id);
    world.start();
    world.until([&] { return !world.dead_letters().empty(); });
    world.pass_until_ended(job_id, 10s);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::completed);
    EXPECT_EQ(world.dead_letters().at(0).error_code, ports::kEventCorrupt);
}

TEST_F(ProcessJobTest, ADuplicateEventDoesNothing) {
    hold("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until([&] { return world.extractor.running() == 1; });
    const auto event = world.event_log.events().front();
    const std::vector<eventbridge::Event> again{event};
    world.run(world.event_log.append(again)).value();
    world.until([&] { return world.run(world.event_log.depth()).value() == 1; });
    EXPECT_EQ(world.extractor.calls("a.txt"), 1);
    world.extractor.release();
    world.until_ended(job_id);
    world.run(world.event_log.append(again)).value();
    world.until([&] { return world.run(world.event_log.depth()).value() == 0; });
    EXPECT_EQ(world.extractor.calls("a.txt"), 1);
    EXPECT_EQ(world.job(job_id).attempts.size(), 1U);
}

TEST_F(ProcessJobTest, CancelStopsTheExtraction) {
    hold("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt", "b.txt", "c.txt"});
    world.until([&] {
        return world.extractor.running() == 1 && world.job(job_id).documents_processed == 2;
    });
    world.run(world.process->service.cancel(kAnn, job_id)).value();
    world.until([&] { return world.extractor.running() == 0; });
    world.settle();
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::cancelled);
    EXPECT_EQ(job.files[0].status, domain::FileStatus::cancelled);
    EXPECT_EQ(job.files[1].status, domain::FileStatus::completed);
    EXPECT_EQ(world.process->running.size(), 0U);
    EXPECT_EQ(world.run(world.event_log.depth()).value(), 0U);
    EXPECT_TRUE(world.dead_letters().empty());
}

TEST_F(ProcessJobTest, StoppingTheServiceInterruptsAndARestartResumes) {
    hold("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt", "b.txt"});
    world.until([&] { return world.job(job_id).documents_processed == 1; });
    // Held documents end by the stop, not by being released.
    EXPECT_TRUE(world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s)));
    auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::queued);
    ASSERT_EQ(job.attempts.size(), 1U);
    EXPECT_TRUE(job.attempts[0].interrupted);

    world.extractor.release();
    world.start();
    world.until_ended(job_id);
    job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::completed);
    EXPECT_EQ(job.attempts.size(), 2U);
    EXPECT_EQ(world.extractor.calls("b.txt"), 1);
}

TEST_F(ProcessJobTest, WhatADeadlineIsTooNearForIsLeftToAFurtherEvent) {
    world.options.limits.wall_time_max = 2h;
    world.options.begin_reserve = 1h;
    world.start();
    EXPECT_TRUE(world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s)));
    const auto job_id = world.submit(kAnn, {"a.txt", "b.txt", "c.txt"});
    auto event = world.event_log.events().front();
    const auto deadline = world.monotonic.now() + 30min;
    world.run(done(world.process->handler.handle(shared(std::move(event)), {}, deadline)));
    auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::queued);
    EXPECT_EQ(job.documents_processed, 1U);
    ASSERT_EQ(job.attempts.size(), 1U);
    EXPECT_TRUE(job.attempts[0].ended_at);
    EXPECT_FALSE(job.attempts[0].error);
    EXPECT_EQ(world.event_log.events().size(), 2U);

    world.start();
    world.until_ended(job_id);
    job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::completed);
    EXPECT_EQ(job.attempts.size(), 2U);
    for (const auto* name : {"a.txt", "b.txt", "c.txt"}) EXPECT_EQ(world.extractor.calls(name), 1);
}

TEST_F(ProcessJobTest, ADocumentThatTheRestOfAnInvocationIsTooShortForGetsAWholeOne) {
    world.options.limits.wall_time_max = 2h;
    world.options.begin_reserve = 0s;
    const ports::ExtractionError late{.file_error = {"timed_out", "took too long"},
                                      .retryable = false};
    world.extractor.script("c.txt", {.answer = std::unexpected(late)});
    world.extractor.script("c.txt", {});
    world.start();
    EXPECT_TRUE(world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s)));
    // Two slots: the third document is begun when part of the time is gone.
    const auto job_id = world.submit(kAnn, {"a.txt", "b.txt", "c.txt"});
    auto event = world.event_log.events().front();
    const auto deadline = world.monotonic.now() + 1h;
    world.run(done(world.process->handler.handle(shared(std::move(event)), {}, deadline)));
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::queued);
    EXPECT_EQ(world.job(job_id).documents_processed, 2U);

    world.start();
    world.until_ended(job_id);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::completed);
    EXPECT_EQ(world.extractor.calls("c.txt"), 2);
}

TEST_F(ProcessJobTest, ADocumentThatAWholeInvocationIsTooShortForFails) {
    world.options.limits.wall_time_max = 2h;
    const ports::ExtractionError late{.file_error = {"timed_out", "took too long"},
                                      .retryable = false};
    world.extractor.script("a.txt", {.answer = std::unexpected(late)});
    world.start();
    EXPECT_TRUE(world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s)));
    const auto job_id = world.submit(kAnn, {"a.txt"});
    auto event = world.event_log.events().front();
    const auto deadline = world.monotonic.now() + 1h;
    world.run(done(world.process->handler.handle(shared(std::move(event)), {}, deadline)));
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::failed);
    EXPECT_EQ(job.files[0].error->code, "timed_out");
}

TEST_F(ProcessJobTest, AnInvocationWithoutTimeForAnyDocumentIsTroubleOfTheService) {
    world.start();
    EXPECT_TRUE(world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s)));
    const auto job_id = world.submit(kAnn, {"a.txt"});
    auto event = world.event_log.events().front();
    const auto deadline = world.monotonic.now() + 1s;
    world.run(done(world.process->handler.handle(shared(std::move(event)), {}, deadline)));
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::queued);
    EXPECT_THAT(job.waiting_reason.value_or(""), ::testing::HasSubstr("timeout of the function"));
}

TEST_F(ProcessJobTest, AnAttemptThatLostItsLeaseLeavesTheJobAlone) {
    hold("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until([&] { return world.extractor.running() == 1; });
    world.advance(31s);
    domain::ClaimRequest request{.job_id = job_id,
                                 .owner = "owner",
                                 .now = world.clock.now(),
                                 .lease_until = world.clock.now() + 30s};
    auto outcome = world.run(world.jobs.claim(request)).value();
    const auto& taken = std::get<ports::Claimed>(outcome);
    world.extractor.release();
    world.until([&] { return world.process->dispatcher.in_flight() == 0; });
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::processing);
    EXPECT_EQ(job.files[0].status, domain::FileStatus::queued);
    EXPECT_TRUE(
        world.run(world.jobs.renew(taken.lease, world.clock.now(), world.clock.now() + 30s)));
    EXPECT_EQ(world.run(world.event_log.depth()).value(), 0U);
}

TEST_F(ProcessJobTest, AnAttemptThatMayNotRecordADocumentStops) {
    hold("held.txt");
    std::vector<std::string> names{"held.txt"};
    names.insert(names.end(), 300, "some.txt");
    names.emplace_back("last.txt");
    const auto job_id = world.submit(kAnn, names);
    world.until([&] { return world.extractor.running() > 0; });
    world.advance(31s);
    domain::ClaimRequest request{.job_id = job_id,
                                 .owner = "owner",
                                 .now = world.clock.now(),
                                 .lease_until = world.clock.now() + 30s};
    const auto outcome = world.run(world.jobs.claim(request)).value();
    ASSERT_TRUE(std::holds_alternative<ports::Claimed>(outcome));
    // The held document ends by being stopped: nobody releases it.
    world.until([&] { return world.process->dispatcher.in_flight() == 0; });
    EXPECT_EQ(world.extractor.running(), 0U);
    EXPECT_EQ(world.extractor.calls("held.txt"), 1);
    EXPECT_EQ(world.extractor.calls("last.txt"), 0);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::processing);
}

/// A store that cannot be reached when a document is recorded for the first time.
class FirstRecordFails final : public memory::FaultyJobStore {
public:
    using memory::FaultyJobStore::FaultyJobStore;

    Answer<std::monostate> record_file(domain::Lease lease, std::uint32_t index,
                                       domain::JobFile file, TimePoint now) override {
        if (std::exchange(first_, false)) co_return fail(Errc::unavailable, "the store is away");
        co_return co_await memory::FaultyJobStore::record_file(lease, index, std::move(file), now);
    }

private:
    bool first_ = true;
};

TEST_F(ProcessJobTest, ADocumentThatIsNotOnRecordIsDoneAgain) {
    memory::FaultPlan no_other_faults(1, {});
    FirstRecordFails jobs(world.jobs, no_other_faults);
    world.start_over(jobs, world.event_log);
    const auto job_id = world.submit(kAnn, {"a.txt", "b.txt"});
    world.pass_until_ended(job_id);
    const auto job = world.job(job_id);
    EXPECT_EQ(job.status, domain::JobStatus::completed);
    EXPECT_EQ(job.files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(job.documents_processed, 2U);
    EXPECT_EQ(world.extractor.calls("a.txt"), 2);
    EXPECT_EQ(world.extractor.calls("b.txt"), 1);
    ASSERT_EQ(job.attempts.size(), 2U);
    EXPECT_EQ(job.attempts[0].error, "record a.txt: the store is away");
    EXPECT_TRUE(world.dead_letters().empty());
    world.stop_process();
}

/// A store that cannot be reached when a job is ended for the first time.
class FirstEndFails final : public memory::FaultyJobStore {
public:
    using memory::FaultyJobStore::FaultyJobStore;

    Answer<std::monostate> record_file(domain::Lease lease, std::uint32_t index,
                                       domain::JobFile file, TimePoint now) override {
        ++recorded;
        return memory::FaultyJobStore::record_file(std::move(lease), index, std::move(file), now);
    }
    Answer<std::monostate> finish(domain::Lease lease, ports::JobEnd end, eventbridge::Event event,
                                  TimePoint now) override {
        if (std::exchange(first_, false)) co_return fail(Errc::unavailable, "the store is away");
        co_return co_await memory::FaultyJobStore::finish(std::move(lease), std::move(end),
                                                          std::move(event), now);
    }

    int recorded = 0;

private:
    bool first_ = true;
};

TEST_F(ProcessJobTest, TheLastDocumentIsRecordedWithTheEndOrWhereThatFails) {
    memory::FaultPlan no_other_faults(1, {});
    FirstEndFails jobs(world.jobs, no_other_faults);
    world.start_over(jobs, world.event_log);
    const auto first = world.submit(kAnn, {"a.txt"});
    world.pass_until_ended(first);
    EXPECT_EQ(world.job(first).status, domain::JobStatus::completed);
    EXPECT_EQ(world.job(first).attempts.size(), 2U);
    EXPECT_EQ(world.extractor.calls("a.txt"), 1);
    EXPECT_EQ(jobs.recorded, 1);

    const auto second = world.submit(kAnn, {"b.txt"});
    world.pass_until_ended(second);
    const auto job = world.job(second);
    EXPECT_EQ(job.status, domain::JobStatus::completed);
    EXPECT_EQ(job.files[0].status, domain::FileStatus::completed);
    EXPECT_EQ(job.documents_processed, 1U);
    EXPECT_EQ(job.attempts.size(), 1U);
    EXPECT_EQ(jobs.recorded, 1);
    world.stop_process();
}

TEST_F(ProcessJobTest, TheHeartbeatKeepsTheLease) {
    world.options.heartbeat = 10s;
    world.start();
    hold("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until([&] { return world.extractor.running() == 1; });
    for (int n = 0; n < 10; ++n) world.pass(10s);
    const domain::ClaimRequest request{.job_id = job_id,
                                       .owner = "owner",
                                       .now = world.clock.now(),
                                       .lease_until = world.clock.now() + 30s};
    const auto outcome = world.run(world.jobs.claim(request)).value();
    EXPECT_TRUE(std::holds_alternative<ports::HeldElsewhere>(outcome));
    world.extractor.release();
    world.until_ended(job_id);
    EXPECT_EQ(world.job(job_id).attempts.size(), 1U);
}

TEST_F(ProcessJobTest, AStepOfTheWallClockLeavesWorkInFlightAlone) {
    hold("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until([&] { return world.extractor.running() == 1; });
    for (const auto step : {std::chrono::hours(1), std::chrono::hours(-3)}) {
        world.clock.advance(step);
        EXPECT_EQ(world.run(world.process->sweeper.sweep()).value().republished, 0U);
    }
    world.extractor.release();
    world.until_ended(job_id);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::completed);
    EXPECT_EQ(world.job(job_id).attempts_count, 1U);
    EXPECT_EQ(world.extractor.calls("a.txt"), 1);
}

TEST_F(ProcessJobTest, TheProgressOfALongDocumentIsOnRecord) {
    world.options.progress = 1ms;
    world.start();
    world.extractor.script("a.txt", {.answer = std::nullopt, .pages = 7, .held = true});
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until([&] {
        world.pass(1ms);
        return world.job(job_id).files[0].pages_done == 7;
    });
    EXPECT_EQ(world.job(job_id).files[0].status, domain::FileStatus::processing);
    world.extractor.release();
    world.until_ended(job_id);
    EXPECT_EQ(world.job(job_id).files[0].status, domain::FileStatus::completed);
}

TEST_F(ProcessJobTest, ABigJobDoesNotStarveASmallOne) {
    std::vector<std::string> many(300, "big.txt");
    const auto big = world.submit(kAnn, many);
    const auto small = world.submit(kAnn, {"small.txt"});
    const auto other = world.submit(kBob, {"other.txt"});
    world.until_ended(small);
    world.until_ended(other);
    EXPECT_FALSE(domain::is_terminal(world.job(big).status));
    EXPECT_LT(world.job(big).documents_processed, 250U);
    world.until_ended(big);
    EXPECT_EQ(world.job(big).status, domain::JobStatus::completed);
    EXPECT_LE(world.extractor.running_max(), 2U);
}

TEST_F(ProcessJobTest, AnEventWithoutAJobBecomesADeadLetter) {
    const std::vector<eventbridge::Event> events{
        eventbridge::Event{.bus = domain::Names{}.event_bus(),
                           .id = "e1",
                           .detail_type = "Document Processing Required",
                           .source = "agent2.ingestor",
                           .detail = "{}"}};
    world.run(world.event_log.append(events)).value();
    for (int n = 0; n < 10; ++n) world.pass(2s);
    ASSERT_EQ(world.dead_letters().size(), 1U);
    EXPECT_EQ(world.dead_letters()[0].error_message, "event e1 names no job");
}

TEST_F(ProcessJobTest, TheSweeperTakesUpWhatNothingDrives) {
    hold("a.txt");
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until([&] { return world.extractor.running() == 1; });
    world.stop_process();
    // The delivery gets lost.
    const auto due = world.run(ports::testing::all_due(world.event_log, world.clock.now())).value();
    for (const auto& delivery : due) world.run(world.event_log.acknowledge(delivery.id)).value();
    world.start();
    EXPECT_EQ(world.run(world.process->sweeper.sweep()).value().republished, 0U);
    world.advance(61s);
    const auto swept = world.run(world.process->sweeper.sweep()).value();
    EXPECT_EQ(swept.republished, 1U);
    EXPECT_EQ(swept.oldest_queued, 61s);
    world.until_ended(job_id);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::completed);
    EXPECT_EQ(world.run(world.process->sweeper.sweep()).value().republished, 0U);
}

TEST_F(ProcessJobTest, OneSweepTakesUpAllJobsUnlessItsTimeIsOver) {
    world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s));
    constexpr std::uint32_t kJobs = 2 * Sweeper::kJobsInBatchMax + 50;
    for (std::uint32_t n = 0; n < kJobs; ++n) world.submit(kAnn, {"a.txt"});
    // The deliveries get lost.
    const auto due = world.run(ports::testing::all_due(world.event_log, world.clock.now())).value();
    ASSERT_EQ(due.size(), kJobs);
    for (const auto& delivery : due) world.run(world.event_log.acknowledge(delivery.id)).value();
    world.advance(61s);
    ServiceTrouble none;
    const Sweeper::Dependencies dependencies{world.jobs, world.clock, world.monotonic, none,
                                             world.log};
    Sweeper hurried(world.io.get_executor(), dependencies, {.names = {}, .time_max = 0ms});
    EXPECT_EQ(world.run(hurried.sweep()).value().republished, Sweeper::kJobsInBatchMax);
    Sweeper sweeper(world.io.get_executor(), dependencies, {});
    EXPECT_EQ(world.run(sweeper.sweep()).value().republished, kJobs - Sweeper::kJobsInBatchMax);
    EXPECT_EQ(world.run(sweeper.sweep()).value().republished, 0U);
}

TEST_F(ProcessJobTest, TheSweeperTakesUpADeadAttemptAndIsPatient) {
    world.run(world.process->dispatcher.stop(std::chrono::steady_clock::now() + 10s));
    const auto job_id = world.submit(kAnn, {"a.txt"});
    const domain::ClaimRequest request{.job_id = job_id,
                                       .owner = "owner",
                                       .now = world.clock.now(),
                                       .lease_until = world.clock.now() + 30s};
    ASSERT_TRUE(
        std::holds_alternative<ports::Claimed>(world.run(world.jobs.claim(request)).value()));
    auto& sweeper = world.process->sweeper;
    EXPECT_EQ(world.run(sweeper.sweep()).value().republished, 0U);
    world.advance(31s);
    EXPECT_EQ(world.run(sweeper.sweep()).value().republished, 1U);
    EXPECT_EQ(world.run(sweeper.sweep()).value().republished, 0U);
    world.advance(61s);
    EXPECT_EQ(world.run(sweeper.sweep()).value().republished, 1U);
    world.start();
    world.until_ended(job_id);
    EXPECT_EQ(world.job(job_id).status, domain::JobStatus::completed);
    EXPECT_TRUE(world.job(job_id).attempts[0].interrupted);
}

}  // namespace
}  // namespace ingestor::jobs

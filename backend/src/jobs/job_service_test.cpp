#include "jobs/job_service.hpp"

#include <algorithm>
#include <cctype>

#include <gtest/gtest.h>

#include "jobs/testing/world.hpp"

namespace ingestor::jobs {

using namespace testing;
namespace {

const ports::Principal kAnn{domain::UserId("ann")};
const ports::Principal kBob{domain::UserId("bob")};

/// A service whose bus stands still, so that jobs stay as the use cases left them.
class JobServiceTest : public ::testing::Test {
protected:
    JobServiceTest() {
        world.start();
        world.extractor.script("held.txt", {.answer = std::nullopt, .held = true});
    }
    JobService& service() { return world.process->service; }
    Error submit_error(SubmitRequest request) {
        auto result = world.run(service().submit(kAnn, std::move(request)));
        return result ? Error{.message = "submitted"} : result.error();
    }
    SubmitRequest request_of(std::vector<std::string> keys) {
        SubmitRequest request;
        for (auto& key : keys) {
            request.files.push_back({.file_key = std::move(key), .filename = std::nullopt});
        }
        return request;
    }

    World world;
};

TEST_F(JobServiceTest, PresignsAPutUnderTheCallersPrefix) {
    const auto upload =
        world.run(service().presign_upload(kAnn, {"report.pdf", "application/pdf"})).value();
    EXPECT_TRUE(upload.file_key.value().starts_with("uploads/ann/"));
    EXPECT_EQ(upload.upload_url, "PUT:" + upload.file_key.value() + ":900");
    EXPECT_EQ(upload.expires_in, std::chrono::seconds(900));
    EXPECT_EQ(upload.headers.front().second, "application/pdf");
}

TEST_F(JobServiceTest, PresigningRefusesNamesAndTypes) {
    const auto error = [this](UploadRequest request) {
        return world.run(service().presign_upload(kAnn, std::move(request))).error();
    };
    EXPECT_EQ(error({"a/b.pdf", ""}).code, Errc::invalid_argument);
    EXPECT_EQ(error({"a/b.pdf", ""}).field, "filename");
    EXPECT_EQ(error({"a.pdf", "text/\r\nplain"}).field, "content_type");
    EXPECT_EQ(error({"a.png", "image/png"}).code, Errc::unsupported);
}

TEST_F(JobServiceTest, PresignsTheRequestsOfAnUploadInParts) {
    const auto begun =
        world.run(service().begin_parts(kAnn, {"report.pdf", "application/pdf"})).value();
    const auto& key = begun.file_key.value();
    EXPECT_EQ(begun.upload_url, "POST:" + key + ":900?uploads=");
    EXPECT_EQ(begun.headers.front().second, "application/pdf");
    const auto urls =
        service()
            .presign_parts(kAnn, {.file_key = key, .upload_id = "a+b", .part_numbers = {1, 10'000}})
            .value();
    EXPECT_EQ(urls.list_url, "GET:" + key + ":900?uploadId=a%2Bb");
    EXPECT_EQ(urls.complete_url, "POST:" + key + ":900?uploadId=a%2Bb");
    EXPECT_EQ(urls.abort_url, "DELETE:" + key + ":900?uploadId=a%2Bb");
    ASSERT_EQ(urls.parts.size(), 2U);
    EXPECT_EQ(urls.parts[0].first, 1U);
    EXPECT_EQ(urls.parts[0].second, "PUT:" + key + ":900?partNumber=1&uploadId=a%2Bb");
    EXPECT_EQ(urls.parts[1].second, "PUT:" + key + ":900?partNumber=10000&uploadId=a%2Bb");
}

TEST_F(JobServiceTest, PresigningPartsRefusesWhatIsNotOnesOwnOrNoPart) {
    const auto error = [this](PartUrlsRequest request) {
        return service().presign_parts(kAnn, request).error();
    };
    EXPECT_EQ(error({"uploads/bob/1/a.pdf", "u", {1}}).code, Errc::permission_denied);
    EXPECT_EQ(error({"documents/1/0-a.md", "u", {1}}).code, Errc::permission_denied);
    EXPECT_EQ(error({"", "u", {1}}).field, "file_key");
    EXPECT_EQ(error({"uploads/ann/1/a.pdf", "", {1}}).field, "upload_id");
    EXPECT_EQ(error({"uploads/ann/1/a.pdf", std::string(1'025, 'u'), {1}}).field, "upload_id");
    EXPECT_EQ(error({"uploads/ann/1/a.pdf", "u", {1, 0}}).field, "part_numbers.1");
    EXPECT_EQ(error({"uploads/ann/1/a.pdf", "u", {10'001}}).field, "part_numbers.0");
    const std::vector<std::uint32_t> many(101, 1);
    EXPECT_EQ(error({"uploads/ann/1/a.pdf", "u", many}).field, "part_numbers");
    EXPECT_EQ(world.run(service().begin_parts(kAnn, {"a.png", "image/png"})).error().code,
              Errc::unsupported);
}

/// Keeps jobs queued, and cannot say how many there are.
class UncountableQueue final : public memory::FaultyJobStore {
public:
    using memory::FaultyJobStore::FaultyJobStore;

    Answer<ports::ClaimOutcome> claim(domain::ClaimRequest) override {
        co_return ports::ClaimOutcome(ports::HeldElsewhere{});
    }
    Answer<std::uint64_t> queue_position(domain::JobId, std::uint64_t) override {
        co_return fail(Errc::unavailable, "too busy to count");
    }
};

TEST_F(JobServiceTest, AJobIsShownWithoutItsPlaceWhereThatCannotBeCounted) {
    memory::FaultPlan plan(1, {});
    UncountableQueue jobs(world.jobs, plan);
    world.start_over(jobs, world.event_log);
    const auto created =
        world.run(service().submit(kAnn, request_of({world.upload(kAnn, "a.txt")}))).value();
    const auto view = world.run(service().get(kAnn, created.job_id));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->job.status, domain::JobStatus::queued);
    EXPECT_FALSE(view->queue_position);
    world.stop_process();
}

TEST_F(JobServiceTest, SubmitStoresTheJobAndItsEvent) {
    auto request = request_of({world.upload(kAnn, "held.txt"), world.upload(kAnn, "b.txt")});
    const auto created = world.run(service().submit(kAnn, request)).value();
    EXPECT_EQ(created.files_count, 2U);
    EXPECT_EQ(created.status, domain::JobStatus::queued);
    const auto view = world.run(service().get(kAnn, created.job_id)).value();
    EXPECT_EQ(view.job.job_name, "held.txt and 1 more");
    EXPECT_EQ(view.job.files[1].content_type, "text/plain");
    const auto& event = world.event_log.events().front();
    EXPECT_EQ(event.source, "agent2.ingestor");
    EXPECT_EQ(event.detail_type, "Document Processing Required");
    EXPECT_NE(event.detail.find(R"("user_id":"ann")"), std::string::npos);
    EXPECT_NE(event.detail.find(request.files[1].file_key), std::string::npos);
}

TEST_F(JobServiceTest, SubmitSaysWhatIsWrongAndWhere) {
    const auto mine = world.upload(kAnn, "a.txt");
    const auto his = world.upload(kBob, "b.txt");

    EXPECT_EQ(submit_error({}).field, "files");
    EXPECT_EQ(submit_error(request_of({mine, ""})).field, "files.1.file_key");
    EXPECT_EQ(submit_error(request_of({mine, "uploads/ann/"})).code, Errc::invalid_argument);
    EXPECT_EQ(submit_error(request_of(std::vector(domain::kFilesInJobMax + 1, mine))).field,
              "files");

    auto error = submit_error(request_of({mine, his}));
    EXPECT_EQ(error.code, Errc::permission_denied);
    EXPECT_EQ(error.field, "files.1.file_key");
    EXPECT_EQ(submit_error(request_of({"uploads/bob/../ann/x.txt"})).code, Errc::permission_denied);

    error = submit_error(request_of({mine, "uploads/ann/1/gone.txt"}));
    EXPECT_EQ(error.code, Errc::not_found);
    EXPECT_NE(error.message.find("gone.txt"), std::string::npos);

    auto named = request_of({mine});
    named.files[0].filename = "x\ny";
    EXPECT_EQ(submit_error(named).field, "files.0.filename");
    named.files[0].filename = "picture.png";
    world
        .run(world.objects.put(domain::ObjectKey("uploads/ann/1/p.png"), "x",
                               [] {
                                   ports::PutOptions options;
                                   options.attributes.content_type = "image/png";
                                   return options;
                               }()))
        .value();
    EXPECT_EQ(submit_error(request_of({"uploads/ann/1/p.png"})).code, Errc::unsupported);

    auto long_name = request_of({mine});
    long_name.job_name = std::string(domain::kJobNameCharactersMax + 1, 'x');
    EXPECT_EQ(submit_error(long_name).field, "job_name");
    auto bad_key = request_of({mine});
    bad_key.idempotency_key = "";
    EXPECT_EQ(submit_error(bad_key).field, "idempotency_key");
    EXPECT_TRUE(world.event_log.events().empty());
}

TEST_F(JobServiceTest, AThousandFilesAreLookedUpAndTheFirstOneMissingIsNamed) {
    const auto mine = world.upload(kAnn, "held.txt");
    auto request = request_of(std::vector(domain::kFilesInJobMax, mine));
    EXPECT_EQ(world.run(service().submit(kAnn, request)).value().files_count,
              domain::kFilesInJobMax);
    request.files[700].file_key = "uploads/ann/1/gone.txt";
    request.files[701].file_key = "uploads/ann/1/gone.txt";
    EXPECT_EQ(submit_error(request).field, "files.700.file_key");
}

TEST_F(JobServiceTest, AKeyUsedTwiceGivesTheSameJobAndIsNotForAnotherRequest) {
    auto request = request_of({world.upload(kAnn, "held.txt")});
    request.idempotency_key = "k1";
    const auto first = world.run(service().submit(kAnn, request)).value();
    const auto second = world.run(service().submit(kAnn, request)).value();
    EXPECT_EQ(second.job_id, first.job_id);
    EXPECT_TRUE(second.existed);
    request.job_name = "another";
    EXPECT_EQ(submit_error(request).code, Errc::conflict);
}

TEST_F(JobServiceTest, SomebodyElsesJobIsNotThere) {
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until_ended(job_id);
    EXPECT_EQ(world.run(service().get(kBob, job_id)).error().code, Errc::not_found);
    EXPECT_EQ(world.run(service().retry(kBob, job_id)).error().code, Errc::not_found);
    EXPECT_EQ(world.run(service().cancel(kBob, job_id)).error().code, Errc::not_found);
    EXPECT_EQ(world.run(service().watch(kBob, job_id)).error().code, Errc::not_found);
    EXPECT_EQ(world.run(service().find_output(kBob, job_id, 0, formats::OutputKind::markdown))
                  .error()
                  .code,
              Errc::not_found);
    EXPECT_TRUE(world.run(service().list(kBob, {})).value().jobs.empty());
    EXPECT_EQ(world.run(service().get(kAnn, domain::JobId("../x"))).error().code, Errc::not_found);
}

TEST_F(JobServiceTest, ListsPageByPage) {
    std::vector<domain::JobId> submitted;
    for (int n = 0; n < 5; ++n) submitted.push_back(world.submit(kAnn, {"a.txt"}));
    JobListRequest request{.statuses = {}, .text = std::nullopt, .limit = 2, .cursor = ""};
    std::vector<domain::JobId> listed;
    while (true) {
        const auto page = world.run(service().list(kAnn, request)).value();
        for (const auto& job : page.jobs) listed.push_back(job.job_id);
        if (!page.next_cursor) break;
        request.cursor = *page.next_cursor;
    }
    EXPECT_EQ(listed, std::vector(submitted.rbegin(), submitted.rend()));
    request.text = std::string(JobService::kSearchMax + 1, 'a');
    EXPECT_EQ(world.run(service().list(kAnn, request)).error().field, "q");
    for (const auto* wrong : {"", "\xff"}) {
        request.text = wrong;
        EXPECT_EQ(world.run(service().list(kAnn, request)).error().field, "q");
    }
    request.text.reset();
    request.cursor = "x";
    EXPECT_EQ(world.run(service().list(kAnn, request)).error().field, "cursor");
    request.limit = 0;
    EXPECT_EQ(world.run(service().list(kAnn, request)).error().field, "limit");
    EXPECT_EQ(world.run(service().counts(kAnn)).value().size(), 5U);
}

TEST_F(JobServiceTest, ManyAreChangedAtOnceEachWithItsOutcome) {
    const auto held = world.submit(kAnn, {"held.txt"});
    const auto done = world.submit(kAnn, {"a.txt"});
    world.until_ended(done);
    const domain::JobId missing("01890000-0000-7000-8000-000000000000");

    const auto outcome = world
                             .run(service().cancel_many(
                                 kAnn, {.status = std::nullopt, .job_ids = {held, done, missing}}))
                             .value();
    EXPECT_EQ(outcome.count, 1U);
    ASSERT_EQ(outcome.jobs.size(), 3U);
    EXPECT_FALSE(outcome.jobs[0].error);
    EXPECT_EQ(outcome.jobs[1].error->code, Errc::conflict);
    EXPECT_EQ(outcome.jobs[2].error->code, Errc::not_found);

    const auto retried = world
                             .run(service().retry_many(
                                 kAnn, {.status = domain::JobStatus::cancelled, .job_ids = {}}))
                             .value();
    EXPECT_EQ(retried.count, 1U);
    EXPECT_EQ(world.run(service().retry_many(kAnn, {})).error().code, Errc::invalid_argument);
    EXPECT_EQ(world
                  .run(service().retry_many(
                      kAnn, {.status = domain::JobStatus::completed, .job_ids = {}}))
                  .error()
                  .field,
              "status");
}

TEST_F(JobServiceTest, OutputsAreOpenOnceTheDocumentIsDone) {
    const auto job_id = world.submit(kAnn, {"a.txt"});
    EXPECT_EQ(
        world.run(service().find_output(kAnn, job_id, 0, formats::OutputKind::chunks)).error().code,
        Errc::not_found);
    world.until_ended(job_id);
    const auto output =
        world.run(service().find_output(kAnn, job_id, 0, formats::OutputKind::markdown)).value();
    EXPECT_EQ(output.object.attributes.content_type, "text/markdown; charset=utf-8");
    EXPECT_EQ(output.file.filename, "a.txt");
    EXPECT_EQ(
        world.run(service().find_output(kAnn, job_id, 1, formats::OutputKind::chunks)).error().code,
        Errc::not_found);
}

TEST_F(JobServiceTest, TheSourceIsOpenToItsOwnerAlone) {
    const auto key = world.upload(kAnn, "a.txt");
    const auto job_id = world.run(service().submit(kAnn, request_of({key}))).value().job_id;
    const auto source = world.run(service().find_source(kAnn, job_id, 0)).value();
    EXPECT_EQ(source.file.filename, "a.txt");
    EXPECT_EQ(source.object.key.value(), key);
    EXPECT_EQ(world.run(service().find_source(kBob, job_id, 0)).error().code, Errc::not_found);
    EXPECT_EQ(world.run(service().find_source(kAnn, job_id, 1)).error().code, Errc::not_found);
    world.run(world.objects.put(domain::ObjectKey(key), "another document", {})).value();
    const auto replaced = world.run(service().find_source(kAnn, job_id, 0));
    EXPECT_EQ(replaced.error().code, Errc::conflict);
    world.run(world.objects.remove(domain::ObjectKey(key))).value();
    const auto gone = world.run(service().find_source(kAnn, job_id, 0));
    EXPECT_EQ(gone.error().code, Errc::not_found);
    EXPECT_NE(gone.error().message.find("deleted"), std::string::npos);
}

TEST_F(JobServiceTest, CompletedDocumentsAreFoundByTheirContent) {
    const auto job_id = world.submit(kAnn, {"a.txt"});
    world.until_ended(job_id);
    const auto view = world.run(service().get(kAnn, job_id)).value();
    const auto digest = view.job.files.at(0).sha256.value();
    auto found = world.run(service().find_documents(kAnn, digest)).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].job_id, job_id);
    EXPECT_EQ(found[0].filename, "a.txt");
    std::string loud = digest;
    std::ranges::transform(loud, loud.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    EXPECT_EQ(world.run(service().find_documents(kAnn, loud)).value().size(), 1U);
    EXPECT_TRUE(world.run(service().find_documents(kBob, digest)).value().empty());
    for (const auto& wrong :
         {std::string(), std::string("ab"), std::string(64, 'x'), digest + "00"}) {
        EXPECT_EQ(world.run(service().find_documents(kAnn, wrong)).error().field, "sha256");
    }
}

TEST_F(JobServiceTest, ARepeatIsAnsweredByItsKeyWhenTheUploadsAreGone) {
    const auto key = world.upload(kAnn, "held.txt");
    auto request = request_of({key});
    request.idempotency_key = "once";
    const auto first = world.run(service().submit(kAnn, request)).value();
    world.run(world.objects.remove(domain::ObjectKey(key))).value();
    const auto again = world.run(service().submit(kAnn, request)).value();
    EXPECT_TRUE(again.existed);
    EXPECT_EQ(again.job_id, first.job_id);

    auto other = request;
    other.job_name = "another";
    EXPECT_EQ(submit_error(other).code, Errc::conflict);
    request.idempotency_key = "twice";
    EXPECT_EQ(submit_error(request).code, Errc::not_found);
    request.idempotency_key.reset();
    EXPECT_EQ(submit_error(request).code, Errc::not_found);
}

TEST_F(JobServiceTest, AWatcherHearsOfChangesUntilTheServiceEnds) {
    const auto job_id = world.submit(kAnn, {"held.txt"});
    auto subscription = world.run(service().watch(kAnn, job_id)).value();
    const auto far = std::chrono::steady_clock::now() + std::chrono::hours(1);
    world.run(service().cancel(kAnn, job_id)).value();
    EXPECT_TRUE(world.run(subscription->changed(far)));
    while (world.run(subscription->changed(std::chrono::steady_clock::now()))) {
    }
    world.process->watch.stop();
    EXPECT_FALSE(world.run(subscription->changed(far)));
}

TEST_F(JobServiceTest, AWatcherOfAllHearsOfEachOfTheirOwnJobsOnce) {
    const auto far = std::chrono::steady_clock::now() + std::chrono::hours(1);
    auto subscription = service().watch_all(kAnn).value();
    const auto first = world.submit(kAnn, {"held.txt"});
    world.submit(kBob, {"held.txt"});
    const auto second = world.submit(kAnn, {"held.txt"});
    world.run(service().cancel(kAnn, first)).value();
    auto changed = world.run(subscription->changed(far));
    EXPECT_EQ(changed, (std::vector{first, second}));

    const auto named = world.run(service().list_named(kAnn, changed)).value();
    ASSERT_EQ(named.size(), 2U);
    EXPECT_EQ(named[0].status, domain::JobStatus::cancelled);
    EXPECT_TRUE(world.run(service().list_named(kBob, changed)).value().empty());

    world.run(service().retry(kAnn, first)).value();
    EXPECT_EQ(world.run(subscription->changed(far)), std::vector{first});
    EXPECT_TRUE(world.run(subscription->changed(std::chrono::steady_clock::now())).empty());
    world.process->watch.stop();
    EXPECT_TRUE(world.run(subscription->changed(far)).empty());
}

TEST_F(JobServiceTest, AWatcherWhoDoesNotListenCostsNoMoreThanItsLimit) {
    auto subscription = service().watch_all(kAnn).value();
    for (std::size_t n = 0; n < UserSubscription::kChangedJobsMax + 10; ++n) {
        world.process->watch.notify(kAnn.user_id, domain::JobId(std::to_string(n)));
    }
    const auto changed = world.run(subscription->changed(std::chrono::steady_clock::now()));
    EXPECT_EQ(changed.size(), UserSubscription::kChangedJobsMax);
}

TEST_F(JobServiceTest, AQuotaOfJobsIsReachedAndNotPassed) {
    world.quotas.jobs = 2;
    world.start();
    const auto first = world.submit(kAnn, {"held.txt"});
    world.submit(kAnn, {"held.txt"});
    const auto key = world.upload(kAnn, "held.txt");
    const auto refused = submit_error(request_of({key}));
    EXPECT_EQ(refused.code, Errc::rate_limited);
    EXPECT_EQ(refused.field, kQuotaField);
    EXPECT_NE(refused.message.find("delete some"), std::string::npos);
    // It is each user's own, and room that is made is room.
    world.submit(kBob, {"held.txt"});
    world.until_ended(first);
    EXPECT_EQ(submit_error(request_of({key})).code, Errc::rate_limited);
    ASSERT_TRUE(world.run(service().remove(kAnn, first)));
    EXPECT_EQ(submit_error(request_of({key})).message, "submitted");
}

TEST_F(JobServiceTest, AQuotaOfBytesIsReachedAndNotPassed) {
    const UploadRequest request{.filename = "held.txt", .content_type = "text/plain"};
    const auto store = [&](std::size_t bytes) {
        auto upload = world.run(service().begin_upload(kAnn, request));
        if (!upload) return std::string();
        EXPECT_TRUE(world.run(upload->writer->write(std::string(bytes, 'x'))));
        EXPECT_TRUE(world.run(upload->writer->commit()));
        return upload->file_key.value();
    };
    world.quotas.bytes = 100;
    world.start();
    const auto large = store(61);
    EXPECT_EQ(submit_error(request_of({store(40)})).message, "submitted");
    const auto refused = submit_error(request_of({large}));
    EXPECT_EQ(refused.code, Errc::out_of_space);
    EXPECT_EQ(refused.field, kQuotaField);
    EXPECT_EQ(submit_error(request_of({store(60)})).message, "submitted");
    // Full: what cannot become a job is not uploaded either.
    EXPECT_EQ(store(1), "");
    EXPECT_EQ(world.run(service().presign_upload(kAnn, request)).error().code, Errc::out_of_space);
    EXPECT_TRUE(world.run(service().presign_upload(kBob, request)));
    EXPECT_EQ(world.run(service().usage(kAnn)).value(), (ports::Usage{.jobs = 2, .bytes = 100}));
}

}  // namespace
}  // namespace ingestor::jobs

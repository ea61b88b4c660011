#include "jobs/ingest_object.hpp"

#include <gtest/gtest.h>

#include "jobs/process_job.hpp"
#include "jobs/testing/world.hpp"

namespace ingestor::jobs {

using namespace testing;
namespace {

class IngestObjectTest : public ::testing::Test {
protected:
    IngestObjectTest() { world.start(); }

    std::string put(const std::string& key, const std::string& bytes = "text") {
        return world.run(world.objects.put(domain::ObjectKey(key), bytes, {})).value().etag.value();
    }
    static eventbridge::Event event_of(const std::string& key, const std::string& etag,
                                       const std::string& bucket = domain::Names{}.bucket()) {
        return {.id = "e",
                .detail_type = "Object Created",
                .source = "aws.s3",
                .detail = R"({"version":"0","bucket":{"name":")" + bucket +
                          R"("},"object":{"key":")" + key + R"(","size":4,"etag":")" + etag +
                          R"(","sequencer":"1"},"reason":"PutObject"})"};
    }
    void tell(const eventbridge::Event& event) {
        IngestObject ingest(
            {.jobs = world.process->service, .objects = world.objects, .log = world.log}, {});
        world.run(handled(ingest, event));
    }
    std::vector<domain::Job> jobs_of(const std::string& user) {
        const ports::Principal who{domain::UserId(user)};
        return world.run(world.process->service.list(who, {})).value().jobs;
    }

    World world;

private:
    static boost::asio::awaitable<bool> handled(IngestObject& ingest,
                                                const eventbridge::Event& event) {
        co_await ingest.handle(event);
        co_return true;
    }
};

TEST_F(IngestObjectTest, AnObjectInAnInboxBecomesOneJobOfItsUser) {
    const std::string key = "inbox/ann/deep/er/a.txt";
    const auto etag = put(key);
    tell(event_of(key, etag));
    tell(event_of(key, etag));
    const auto jobs = jobs_of("ann");
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].job_name, "a.txt");
    const ports::Principal ann{domain::UserId("ann")};
    const auto job = world.run(world.process->service.get(ann, jobs[0].job_id)).value().job;
    ASSERT_EQ(job.files.size(), 1U);
    EXPECT_EQ(job.files[0].file_key.value(), key);
}

TEST_F(IngestObjectTest, AnotherObjectOfThatKeyIsAnotherJob) {
    const std::string key = "inbox/ann/a.txt";
    const auto first = put(key, "first");
    tell(event_of(key, first));
    const auto second = put(key, "second");
    tell(event_of(key, second));
    // Late, and of an object that is gone.
    tell(event_of(key, first));
    EXPECT_EQ(jobs_of("ann").size(), 2U);
}

TEST_F(IngestObjectTest, WhatIsNoDocumentOfAnInboxMakesNoJob) {
    for (const auto* key : {"inbox/ann/a.exe", "inbox/ann/folder/", "inbox/a.txt",
                            "uploads/ann/a.txt", "inbox/a%2fn/x.txt"}) {
        tell(event_of(key, put(key)));
    }
    tell(event_of("inbox/ann/none.txt", "e"));
    tell(event_of("inbox/ann/a.txt", put("inbox/ann/a.txt"), "another"));
    auto empty = event_of("", "");
    empty.detail = "{}";
    tell(empty);
    EXPECT_EQ(jobs_of("ann").size(), 0U);
    EXPECT_EQ(jobs_of("a/n").size(), 0U);
}

TEST_F(IngestObjectTest, AStoreThatIsAwayIsTriedAgain) {
    const auto etag = put("inbox/ann/a.txt");
    memory::FaultPlan plan(1, {.before_percent = 100});
    memory::FaultyJobStore jobs(world.jobs, plan);
    world.start_over(jobs, world.event_log);
    EXPECT_THROW(tell(event_of("inbox/ann/a.txt", etag)), AttemptFailed);
}

}  // namespace
}  // namespace ingestor::jobs

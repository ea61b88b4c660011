// The job store's contract on whatever answers DynamoDB's protocol at DYNAMODB_ENDPOINT: see
// tests/test_dynamodb.py, which starts it. Each test makes a table of its own.
#include <cstdlib>
#include <stdexcept>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "aws/dynamodb_job_deletions.hpp"
#include "aws/dynamodb_job_store.hpp"
#include "base/uuid.hpp"
#include "contract/harness.hpp"
#include "contract/job_store_driver.hpp"
#include "contract/run.hpp"
#include "memory/in_memory_event_log.hpp"

namespace ingestor::contract {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::string endpoint() {
    const char* value = std::getenv("DYNAMODB_ENDPOINT");
    return value != nullptr ? value : "";
}

std::string missing() {
    return endpoint().empty() ? "DYNAMODB_ENDPOINT names no server that speaks DynamoDB's protocol"
                              : "";
}

/// Publishes into the event log that the suite looks at, unless it is told to fail.
class LogPublisher final : public aws::EventPublisher {
public:
    explicit LogPublisher(ports::EventLog& log) : log_(log) {}
    boost::asio::awaitable<Result<std::monostate>> publish(
        std::vector<eventbridge::Event> events) override {
        ++asked;
        if (down) co_return fail(Errc::unavailable, "the bus is away");
        co_return co_await log_.append(std::move(events));
    }
    bool down = false;
    int asked = 0;

private:
    ports::EventLog& log_;
};

/// The layout of infrastructure/: two keys and two indexes.
json::object table_layout(const std::string& name) {
    auto layout = json::parse(R"({
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "user_id", "AttributeType": "S"},
            {"AttributeName": "job_id", "AttributeType": "S"},
            {"AttributeName": "live_shard", "AttributeType": "S"},
            {"AttributeName": "live_key", "AttributeType": "S"}],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [
            {"IndexName": "user-index",
             "KeySchema": [{"AttributeName": "user_id", "KeyType": "HASH"},
                           {"AttributeName": "job_id", "KeyType": "RANGE"}],
             "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": [
                 "job_name", "status", "total_documents", "documents_processed", "attempts_count",
                 "error", "created_at", "updated_at", "started_at", "finished_at"]}},
            {"IndexName": "live-index",
             "KeySchema": [{"AttributeName": "live_shard", "KeyType": "HASH"},
                           {"AttributeName": "live_key", "KeyType": "RANGE"}],
             "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["published_at"]}}]
    })");
    layout.as_object()["TableName"] = name;
    return layout.as_object();
}

class DynamoDbStores final : public Stores {
public:
    DynamoDbStores(Surroundings& around, std::chrono::milliseconds clock_skew)
        : io_(around.io),
          log_(around.router, around.clock, around.committed()),
          publisher_(log_),
          client_({.url = endpoint(), .region = "us-east-1", .service = "dynamodb"},
                  {.http = http_,
                   .credentials = credentials_,
                   .quota = quota_,
                   .clock = clock_,
                   .log = service_log_},
                  kPolicy),
          json_client_(client_, aws::DynamoDbTable::protocol()),
          table_(json_client_, table_name_, kPolicy),
          jobs_({.table = table_, .publisher = publisher_, .log = service_log_},
                {.clock_skew = clock_skew}) {
        if (endpoint().empty()) return;
        const auto made = run(io_, json_client_.call("CreateTable", table_layout(table_name_)));
        if (!made) throw std::runtime_error("CreateTable: " + made.error().message);
    }
    ~DynamoDbStores() override {
        if (endpoint().empty()) return;
        json::object request;
        request["TableName"] = table_name_;
        std::ignore = run(io_, json_client_.call("DeleteTable", std::move(request)));
    }

    ports::JobStore& jobs() override { return jobs_; }
    ports::EventLog& log() override { return log_; }
    ports::DeliveryRecords& records() override { return log_; }
    ports::JobDeletions& deletions() override { return deletions_; }
    aws::DynamoDbJobStore& store() { return jobs_; }
    LogPublisher& publisher() { return publisher_; }

private:
    /// Patient, as the faults of tests/test_dynamodb.py come thick and fast; and quick.
    static constexpr aws::RetryPolicy kPolicy{
        .attempts_max = 10, .base = 1ms, .throttling_base = 1ms, .delay_max = 20ms};

    boost::asio::io_context& io_;
    memory::InMemoryEventLog log_;
    LogPublisher publisher_;
    ports::SystemClock clock_;
    telemetry::Log service_log_{telemetry::LogFormat::human, telemetry::LogLevel::error};
    httpclient::HttpClient http_;
    aws::StaticCredentials credentials_{{.access_key_id = "test", .secret_access_key = "test"}};
    /// They never end: more than half of all requests fail, for as long as the longest test takes.
    aws::RetryQuota quota_{1'000'000};
    std::string table_name_ = "agent2-ingestor-jobs-" + uuid_v4();
    aws::Client client_;
    aws::JsonClient json_client_;
    aws::DynamoDbTable table_;
    aws::DynamoDbJobStore jobs_;
    aws::DynamoDbJobDeletions deletions_{table_};
};

const StoresAdapter kStores{
    "DynamoDb", [](Surroundings& around) { return std::make_unique<DynamoDbStores>(around, 0ms); },
    missing};

}  // namespace

INSTANTIATE_TEST_SUITE_P(DynamoDb, JobStoreContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(DynamoDb, JobDeletionsContract, testing::Values(kStores),
                         name_of<StoresAdapter>);

/// What is DynamoDbJobStore's own: jobs and events are not one transaction, and hosts have clocks.
class DynamoDbJobs : public testing::Test {
protected:
    void SetUp() override {
        if (endpoint().empty()) GTEST_SKIP() << missing();
    }
    Surroundings surroundings_;
    DynamoDbStores stores_{surroundings_, 2s};
    Driver drive_{surroundings_, stores_.jobs(), stores_.log()};
};

TEST_F(DynamoDbJobs, AJobIsAcceptedThoughItsEventCannotBePublished) {
    stores_.publisher().down = true;
    const auto id = drive_.submit();
    EXPECT_EQ(drive_.get(id).status, domain::JobStatus::queued);
    EXPECT_EQ(drive_.depth(), 0U);
    surroundings_.pass(1min);
    EXPECT_THAT(drive_.orphaned(drive_.now()), ElementsAre(id));
}

TEST_F(DynamoDbJobs, AnEndIsToldOnceTheBusIsBack) {
    auto& bus = stores_.publisher();
    for (int n = 0; n < 2; ++n) {
        bus.down = false;
        const auto id = drive_.submit();
        const auto lease = drive_.claimed(id);
        ASSERT_TRUE(drive_.record(lease, 0, domain::FileStatus::completed));
        drive_.acknowledge_all();
        bus.down = true;
        ASSERT_TRUE(drive_.finish(lease, domain::JobStatus::completed));
        EXPECT_EQ(drive_.get(id).status, domain::JobStatus::completed);
    }
    EXPECT_EQ(drive_.depth(), 0U);

    auto publish_outbox = [this](TimePoint before) {
        return run(surroundings_.io, stores_.store().publish_outbox(before, kAll)).value();
    };
    surroundings_.pass(1min);
    const auto asked = bus.asked;
    EXPECT_EQ(publish_outbox(drive_.now()), 0U);
    EXPECT_EQ(bus.asked, asked + 1) << "the second is not tried on a bus that is away";
    bus.down = false;
    EXPECT_EQ(publish_outbox(drive_.now() - 1min), 0U);
    EXPECT_EQ(publish_outbox(drive_.now()), 2U);
    EXPECT_EQ(drive_.depth(), 2U);
    EXPECT_EQ(publish_outbox(drive_.now()), 0U);
}

TEST_F(DynamoDbJobs, ARetryTellsTheEndThatItTakesBack) {
    const auto id = drive_.submit();
    const auto lease = drive_.claimed(id);
    stores_.publisher().down = true;
    ASSERT_TRUE(drive_.finish(lease, domain::JobStatus::failed, "no luck"));
    EXPECT_EQ(drive_.retry(id).error().code, Errc::unavailable);
    stores_.publisher().down = false;
    drive_.acknowledge_all();
    ASSERT_TRUE(drive_.retry(id));
    EXPECT_EQ(drive_.depth(), 2U);
    drive_.claimed(id);
}

TEST_F(DynamoDbJobs, ALeaseIsLeftAloneAsLongAsClocksMayDiffer) {
    const auto id = drive_.submit();
    drive_.claimed(id, "other-host");
    surroundings_.pass(62s - 1ms);
    EXPECT_TRUE(std::holds_alternative<ports::HeldElsewhere>(drive_.claim(id)));
    EXPECT_THAT(drive_.orphaned(drive_.now() - 1h), IsEmpty());
    surroundings_.pass(1ms);
    EXPECT_THAT(drive_.orphaned(drive_.now() - 1h), ElementsAre(id));
    EXPECT_TRUE(std::holds_alternative<ports::Claimed>(drive_.claim(id)));
}

TEST_F(DynamoDbJobs, AnItemStaysSmallHoweverOftenAJobIsTried) {
    const auto id = drive_.submit();
    const std::string reason(5000, 'x');
    for (std::size_t attempt = 0; attempt < domain::kAttemptsKeptMax + 10; ++attempt) {
        const auto lease = drive_.claimed(id);
        domain::AttemptEnd end{.error = reason, .interrupted = attempt % 4 != 0};
        ASSERT_TRUE(run(surroundings_.io, stores_.jobs().release(lease, end, drive_.now())));
        if (attempt % 4 == 3) {
            ASSERT_TRUE(drive_.cancel(id));
            ASSERT_TRUE(drive_.retry(id));
        }
    }
    const auto job = drive_.get(id);
    EXPECT_EQ(job.attempts.size(), domain::kAttemptsKeptMax);
    EXPECT_EQ(job.attempts.back().number, 60);
    EXPECT_EQ(job.attempts_count, 60U);
    EXPECT_EQ(job.attempts.back().error->size(), aws::kErrorBytesMax);
}

}  // namespace ingestor::contract

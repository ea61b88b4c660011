#include "aws/job_items.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "aws/job_changes.hpp"

namespace ingestor::aws {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{1'767'323'045'678ms};

JobRecord record_of(std::uint32_t files) {
    JobRecord record;
    record.job.job_id = domain::JobId("019b7ca9-8f2e-7000-a54d-0cd2e067a4e4");
    record.job.user_id = domain::UserId("ada");
    record.job.job_name = "papers";
    record.job.created_at = kNow;
    record.job.total_documents = files;
    record.files.assign(files, {.file = {.file_key = domain::ObjectKey("uploads/ada/a.pdf")}});
    record.change_id = "a";
    return record;
}

domain::Lease lease_of(const JobRecord& record) {
    return {.job_id = record.job.job_id, .owner = record.lease_owner, .fence = record.fence};
}

void start_attempt(JobRecord& record) {
    const domain::ClaimRequest request{
        .job_id = record.job.job_id, .owner = "me", .now = kNow, .lease_until = kNow + 30s};
    EXPECT_EQ(claim(record, request, false), domain::ClaimDecision::claimed);
}

TEST(JobItems, EverythingOfAJobComesBack) {
    auto record = record_of(2);
    start_attempt(record);
    domain::AttemptEnd end{.error = "no helper", .next_attempt_at = kNow + 3s, .waits = 2};
    ASSERT_TRUE(release(record, lease_of(record), std::move(end), kNow + 1s));
    record.job.at_work = {0, 1};
    record.job.suspects = {{1, 2}};
    auto& file = record.files[1];
    file.fence = 2;
    file.file.status = domain::FileStatus::failed;
    file.file.error = domain::FileError{"encrypted", "needs a password"};
    file.file.upload_etag = domain::ETag("5d41402abc4b2a76b9719d911017c592");
    file.file.markdown_key = domain::ObjectKey("m");
    file.file.sidecar_key = domain::ObjectKey("s");
    file.file.chunks_key = domain::ObjectKey("c");
    file.file.sha256 = "abc";
    file.file.pages = 7;
    file.file.words = std::uint64_t{1} << 40;
    file.file.pages_done = 6;
    file.file.duration = 12ms;
    file.file.size_bytes = std::uint64_t{1} << 40;
    record.outbox = eventbridge::Event{
        .id = "1", .source = "s", .time = kNow, .resources = {"r"}, .detail = "{}"};
    record.submission_id = "b";
    record.published_at = kNow;
    const auto item = to_item(record);
    const auto back = read_job(item);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_item(*back), item);
    EXPECT_EQ(back->job.attempts.size(), 1U);
    EXPECT_EQ(back->job.waiting_reason, "no helper");
    EXPECT_EQ(back->job.next_attempt_at, kNow + 3s);
    EXPECT_EQ(back->job.waits, 2U);
    EXPECT_EQ(back->job.at_work, record.job.at_work);
    EXPECT_EQ(back->job.suspects, record.job.suspects);
    EXPECT_EQ(back->files[1].file.words, std::uint64_t{1} << 40);
    EXPECT_EQ(back->files[1].file.upload_etag, file.file.upload_etag);
    EXPECT_FALSE(back->files[0].file.upload_etag);
    EXPECT_EQ(back->outbox->resources, std::vector<std::string>{"r"});
}

TEST(JobItems, AnItemOfNothingIsNoJob) {
    EXPECT_EQ(read_job({}).error().code, Errc::corrupt);
    EXPECT_EQ(read_file({}).error().code, Errc::corrupt);
}

TEST(JobItems, AJobIsLiveAsLongAsSomethingIsToBeDone) {
    auto record = record_of(1);
    const auto shard = [&] { return text_at(to_item(record), "live_shard").value_or("none"); };
    const auto key = [&] { return text_at(to_item(record), "live_key").value_or("none"); };
    const auto& id = record.job.job_id.value();
    EXPECT_TRUE(shard().starts_with("queued#"));
    EXPECT_EQ(key(), id);
    start_attempt(record);
    EXPECT_TRUE(shard().starts_with("processing#"));
    EXPECT_EQ(key(), "001767323075678#" + id);
    domain::AttemptEnd wait{.error = "no helper", .next_attempt_at = kNow + 3s, .waits = 1};
    ASSERT_TRUE(release(record, lease_of(record), std::move(wait), kNow));
    EXPECT_TRUE(shard().starts_with("waiting#"));
    EXPECT_EQ(key(), "001767323048678#" + id);
    ASSERT_TRUE(republish(record, kNow));
    EXPECT_TRUE(shard().starts_with("queued#"));
    start_attempt(record);
    JobEnd end{.status = domain::JobStatus::failed, .error = "e", .event = {}};
    ASSERT_TRUE(finish(record, lease_of(record), std::move(end), kNow));
    EXPECT_TRUE(shard().starts_with("outbox#"));
    EXPECT_EQ(key(), "001767323045678#" + id);
    record.outbox.reset();
    // Until the retention deletes it.
    EXPECT_TRUE(shard().starts_with("ended#"));
    EXPECT_EQ(key(), "001767323045678#" + id);
}

TEST(JobItems, TheLargestJobFitsIntoAnItem) {
    constexpr std::size_t kItemBytesMax = 400'000;
    auto record = record_of(static_cast<std::uint32_t>(domain::kFilesInJobMax));
    for (auto& [file, fence] : record.files) {
        file.file_key = domain::ObjectKey(std::string(domain::kObjectKeyBytesMax, 'k'));
        file.filename = std::string(4 * domain::kFilenameCharactersMax, 'f');
        file.content_type = std::string(255, 't');
        file.error = domain::FileError{"corrupt", std::string(100'000, 'e')};
        file.markdown_key = file.sidecar_key = file.chunks_key = file.file_key;
    }
    for (std::size_t n = 0; n < domain::kAttemptsKeptMax; ++n) {
        auto& attempt = record.job.attempts.emplace_back();
        attempt.error = std::string(100'000, 'e');
    }
    record.job.error = std::string(100'000, 'e');
    EXPECT_LT(boost::json::serialize(to_item(record)).size(), kItemBytesMax / 2);
}

TEST(JobItems, ALongErrorIsCutBetweenCharacters) {
    auto record = record_of(1);
    record.job.error = std::string(kErrorBytesMax - 1, 'e') + "ü";
    EXPECT_EQ(text_at(to_item(record), "error"), std::string(kErrorBytesMax - 1, 'e'));
}

TEST(JobItems, NoTwoUsersShareAKey) {
    EXPECT_NE(use_key(domain::UserId("a"), "b#c").pk, use_key(domain::UserId("a#b"), "c").pk);
    EXPECT_NE(content_partition(domain::UserId("a"), "b#c"),
              content_partition(domain::UserId("a#b"), "c"));
}

TEST(JobItems, JobsAreSpreadOverTheShards) {
    std::map<std::string, int> jobs;
    auto record = record_of(1);
    for (int n = 0; n < 1600; ++n) {
        record.job.job_id = domain::JobId(fmt::format("019b7ca9-8f2e-7000-a54d-{:012}", n));
        ++jobs[*text_at(to_item(record), "live_shard")];
    }
    EXPECT_EQ(jobs.size(), kShards);
    for (const auto& [shard, count] : jobs) EXPECT_LT(count, 200) << shard;
}

struct StateCase {
    const char* name;
    domain::FileStatus recorded;
    bool by_this_claim;
    bool before_a_retry;
    domain::JobStatus job;
    domain::FileStatus shown;
};
constexpr StateCase kStates[] = {
    {"CompletedStays", domain::FileStatus::completed, false, true, domain::JobStatus::queued,
     domain::FileStatus::completed},
    {"FailedStays", domain::FileStatus::failed, false, false, domain::JobStatus::processing,
     domain::FileStatus::failed},
    {"FailedBeforeARetryIsQueued", domain::FileStatus::failed, false, true,
     domain::JobStatus::queued, domain::FileStatus::queued},
    {"UnderWay", domain::FileStatus::processing, true, false, domain::JobStatus::processing,
     domain::FileStatus::processing},
    {"UnderWayInAnEarlierAttemptIsQueued", domain::FileStatus::processing, false, false,
     domain::JobStatus::processing, domain::FileStatus::queued},
    {"UnderWayWhenReleasedIsQueued", domain::FileStatus::processing, true, false,
     domain::JobStatus::queued, domain::FileStatus::queued},
    {"UnderWayWhenCancelledIsCancelled", domain::FileStatus::processing, true, false,
     domain::JobStatus::cancelled, domain::FileStatus::cancelled},
    {"OpenWhenTheJobFailedIsFailed", domain::FileStatus::queued, false, false,
     domain::JobStatus::failed, domain::FileStatus::failed},
};
class DocumentState : public ::testing::TestWithParam<StateCase> {};
TEST_P(DocumentState, FollowsFromTheJob) {
    const auto& row = GetParam();
    auto record = record_of(1);
    record.fence = 5;
    record.retry_fence = row.before_a_retry ? 4 : 1;
    record.job.status = row.job;
    record.files[0].file.status = row.recorded;
    record.files[0].fence = row.by_this_claim ? 5 : 3;
    EXPECT_EQ(as_job(record).files[0].status, row.shown);
}
INSTANTIATE_TEST_SUITE_P(JobItems, DocumentState, ::testing::ValuesIn(kStates),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(JobChanges, ADocumentCountsOnTheStepToDoneAlone) {
    const auto record = record_of(1);
    const auto recorded = [](domain::FileStatus status, std::int64_t fence) {
        FileRecord file{.file = {.file_key = domain::ObjectKey("uploads/ada/b.pdf")}};
        file.file.status = status;
        file.fence = fence;
        return file;
    };
    const auto queued = recorded(domain::FileStatus::queued, 0);
    const auto failed = recorded(domain::FileStatus::failed, 1);
    const auto completed = recorded(domain::FileStatus::completed, 1);
    const auto first = count_change(queued, failed, record);
    EXPECT_EQ(first.processed, 1);
    EXPECT_EQ(first.completed, 0);
    const auto better = count_change(failed, completed, record);
    EXPECT_EQ(better.processed, 0);
    EXPECT_EQ(better.completed, 1);
    EXPECT_EQ(count_change(completed, queued, record).processed, -1);
}

}  // namespace
}  // namespace ingestor::aws

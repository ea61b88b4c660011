#include "domain/job.hpp"

#include <gtest/gtest.h>

namespace ingestor::domain {
namespace {

struct TransitionCase {
    const char* name;
    JobStatus from;
    JobEvent event;
    std::optional<JobStatus> to;
};

constexpr TransitionCase kTransitions[] = {
    {"ClaimStartsAQueuedJob", JobStatus::queued, JobEvent::claimed, JobStatus::processing},
    {"ClaimTakesOverARunningJob", JobStatus::processing, JobEvent::claimed, JobStatus::processing},
    {"ACompletedJobIsNotClaimed", JobStatus::completed, JobEvent::claimed, std::nullopt},
    {"AFailedJobIsNotClaimed", JobStatus::failed, JobEvent::claimed, std::nullopt},
    {"ACancelledJobIsNotClaimed", JobStatus::cancelled, JobEvent::claimed, std::nullopt},
    {"ARunningJobCompletes", JobStatus::processing, JobEvent::succeeded, JobStatus::completed},
    {"AQueuedJobDoesNotComplete", JobStatus::queued, JobEvent::succeeded, std::nullopt},
    {"ACancelledJobDoesNotComplete", JobStatus::cancelled, JobEvent::succeeded, std::nullopt},
    {"ARunningJobFails", JobStatus::processing, JobEvent::failed, JobStatus::failed},
    {"AQueuedJobDoesNotFail", JobStatus::queued, JobEvent::failed, std::nullopt},
    {"ACompletedJobDoesNotFail", JobStatus::completed, JobEvent::failed, std::nullopt},
    {"AFailedAttemptGoesBackInLine", JobStatus::processing, JobEvent::released, JobStatus::queued},
    {"AQueuedJobHasNothingToRelease", JobStatus::queued, JobEvent::released, std::nullopt},
    {"AQueuedJobIsCancelled", JobStatus::queued, JobEvent::cancel_requested, JobStatus::cancelled},
    {"ARunningJobIsCancelled", JobStatus::processing, JobEvent::cancel_requested,
     JobStatus::cancelled},
    {"ACompletedJobIsNotCancelled", JobStatus::completed, JobEvent::cancel_requested, std::nullopt},
    {"AFailedJobIsRetried", JobStatus::failed, JobEvent::retry_requested, JobStatus::queued},
    {"ACancelledJobIsRetried", JobStatus::cancelled, JobEvent::retry_requested, JobStatus::queued},
    {"ACompletedJobIsNotRetried", JobStatus::completed, JobEvent::retry_requested, std::nullopt},
    {"ARunningJobIsNotRetried", JobStatus::processing, JobEvent::retry_requested, std::nullopt},
};

class JobTransition : public testing::TestWithParam<TransitionCase> {};

TEST_P(JobTransition, MatchesTable) {
    const auto& row = GetParam();
    EXPECT_EQ(next_status(row.from, row.event), row.to);
}

INSTANTIATE_TEST_SUITE_P(Job, JobTransition, testing::ValuesIn(kTransitions),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(JobStatus, NamesAreReadBack) {
    for (const auto status : {JobStatus::queued, JobStatus::processing, JobStatus::completed,
                              JobStatus::failed, JobStatus::cancelled}) {
        EXPECT_EQ(parse_job_status(to_string(status)).value(), status);
    }
    EXPECT_EQ(parse_job_status("done").error().field, "status");
    EXPECT_FALSE(parse_file_status("Queued"));
}

}  // namespace
}  // namespace ingestor::domain

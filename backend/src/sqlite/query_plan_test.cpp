#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sqlite/migrations.hpp"
#include "sqlite/queries.hpp"
#include "sqlite/testing.hpp"

namespace ingestor::sqlite {
namespace {

struct PlanCase {
    const char* name;
    Sql sql;
    /// Every table must be reached by one of these; a scan must name its index.
    const char* index;
};

const PlanCase kPlans[] = {
    {"DueDeliveries", kDueDeliveries, "INTEGER PRIMARY KEY"},
    {"NextRetry", kNextRetry, "deliveries_by_retry"},
    {"DeadLetters", kDeadLetters, "dead_letters_by_age"},
    {"UndriveJob", kUndriveJob, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"JobById", kJobById, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"JobByRow", kJobByRow, "INTEGER PRIMARY KEY (rowid=?)"},
    {"JobsOfUser", kJobsOfUser,
     "COVERING INDEX jobs_by_user (user_id=? AND status=? AND job_id<?)"},
    {"JobsFound", kJobsFound, "INDEX jobs_by_user (user_id=? AND status=? AND job_id<?)"},
    {"JobCounts", kJobCounts, "COVERING INDEX jobs_by_user (user_id=?)"},
    {"QueuedBefore", kQueuedBefore, "jobs_open (status=? AND job_id<?)"},
    {"ForgottenJobs", kForgottenJobs, "jobs_undriven"},
    {"AbandonedJobs", kAbandonedJobs, "jobs_open (status=?)"},
    {"JobFiles", kJobFiles, "PRIMARY KEY (job_id=?)"},
    {"DocumentsOfContent", kDocumentsOfContent, "job_files_by_content (user_id=? AND sha256=?)"},
    {"JobAttempts", kJobAttempts, "PRIMARY KEY (job_id=?)"},
    {"KeyUse", kKeyUse, "PRIMARY KEY (user_id=? AND key=?)"},
};

class QueryPlan : public ::testing::TestWithParam<PlanCase> {};

TEST_P(QueryPlan, GoesByAnIndexAndSortsNothing) {
    const testing::TemporaryDirectory directory;
    auto connection = Connection::open(directory.path() / "p.db", Access::write).value();
    ASSERT_TRUE(migrate(connection));
    std::string plan;
    bool scans_table = false;
    for (const auto& step : connection.plan(GetParam().sql)) {
        plan += step + "\n";
        const bool scan = step.starts_with("SCAN ");
        const bool indexed = step.find("USING") != std::string::npos;
        const bool of_subquery = step.starts_with("SCAN (subquery");
        scans_table = scans_table || (scan && !indexed && !of_subquery);
    }
    EXPECT_FALSE(scans_table) << plan;
    EXPECT_THAT(plan, ::testing::Not(::testing::HasSubstr("TEMP B-TREE")));
    EXPECT_THAT(plan, ::testing::HasSubstr(GetParam().index));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, QueryPlan, ::testing::ValuesIn(kPlans),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ingestor::sqlite

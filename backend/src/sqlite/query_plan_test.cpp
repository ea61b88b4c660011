#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sqlite/migrations.hpp"
#include "sqlite/queries.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {
namespace {

struct PlanCase {
    const char* name;
    Sql sql;
    /// Every table must be reached by one of these; a scan must name its index.
    const char* index;
};

const PlanCase kPlans[] = {
    {"NewestEvent", kNewestEvent, "SEARCH events"},
    {"InsertEvent", kInsertEvent, ""},
    {"InsertDelivery", kInsertDelivery, ""},
    {"InsertRoute", kInsertRoute, ""},
    {"RouteId", kRouteId, "(bus=? AND rule=? AND target_id=? AND target_arn=?)"},
    {"FirstGroup", kFirstGroup, "SEARCH deliveries USING COVERING INDEX deliveries_by_group"},
    {"NextGroup", kNextGroup, "COVERING INDEX deliveries_by_group (fairness_group>?)"},
    {"DueOfGroup", kDueOfGroup, "deliveries_by_group (fairness_group=? AND rowid>?)"},
    {"Delivery", kDelivery, "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"},
    {"NextRetry", kNextRetry, "deliveries_by_retry"},
    {"DeliveriesUnderWay", kDeliveriesUnderWay, "COVERING INDEX"},
    {"DeliveriesRetrying", kDeliveriesRetrying, "COVERING INDEX deliveries_by_retry"},
    {"NextRetries", kNextRetries, "deliveries_by_retry"},
    {"DeleteDelivery", kDeleteDelivery, "INTEGER PRIMARY KEY (rowid=?)"},
    {"Reschedule", kReschedule, "INTEGER PRIMARY KEY (rowid=?)"},
    {"DeadLetterOfJob", kDeadLetterOfJob, "dead_letters_by_job (job_id=? AND route=?)"},
    {"CountDeadLetter", kCountDeadLetter, "INTEGER PRIMARY KEY (rowid=?)"},
    {"InsertDeadLetter", kInsertDeadLetter, "INTEGER PRIMARY KEY (rowid=?)"},
    {"TrimDeadLetters", kTrimDeadLetters, "dead_letters_by_age"},
    {"SetDeliveryAside", kSetDeliveryAside, "INTEGER PRIMARY KEY (rowid=?)"},
    {"NewestDeadLetters", kNewestDeadLetters, "dead_letters_by_age"},
    {"DeadLetter", kDeadLetter, "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"},
    {"DeadLetterAlone", kDeadLetterAlone, "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"},
    {"RedriveDeadLetter", kRedriveDeadLetter, "INTEGER PRIMARY KEY (rowid=?)"},
    {"DeleteDeadLetter", kDeleteDeadLetter, "INTEGER PRIMARY KEY (rowid=?)"},
    {"RestorePendingEvent", kRestorePendingEvent, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"PutBus", kPutBus, ""},
    {"DeleteBus", kDeleteBus, "PRIMARY KEY (name=?)"},
    {"PutRule", kPutRule, ""},
    {"SetFiredAt", kSetFiredAt, "PRIMARY KEY (bus=? AND name=?)"},
    {"DeleteRule", kDeleteRule, "PRIMARY KEY (bus=? AND name=?)"},
    {"Targets", kTargets, "PRIMARY KEY (bus=? AND rule=?)"},
    {"PutTarget", kPutTarget, ""},
    {"DeleteTargets", kDeleteTargets, "PRIMARY KEY (bus=? AND rule=?)"},
    {"OtherRoutes", kOtherRoutes, "(bus=? AND rule=? AND target_id=?)"},
    {"DeleteRoute", kDeleteRoute, "INTEGER PRIMARY KEY (rowid=?)"},
    {"Queues", kQueues, "sqlite_autoindex_queues_1"},
    {"FindQueue", kFindQueue, "sqlite_autoindex_queues_1 (name=?)"},
    {"PutQueue", kPutQueue, ""},
    {"DeleteQueue", kDeleteQueue, "INTEGER PRIMARY KEY (rowid=?)"},
    {"InsertMessage", kInsertMessage, ""},
    {"VisibleMessages", kVisibleMessages,
     "queue_messages_by_visibility (queue=? AND visible_at<?)"},
    {"TakeMessage", kTakeMessage, "INTEGER PRIMARY KEY (rowid=?)"},
    {"MoveToDeadLetterQueue", kMoveToDeadLetterQueue, "INTEGER PRIMARY KEY (rowid=?)"},
    {"MoveMessage", kMoveMessage, "INTEGER PRIMARY KEY (rowid=?)"},
    {"ChangeVisibility", kChangeVisibility, "INTEGER PRIMARY KEY (rowid=?)"},
    {"DeleteMessage", kDeleteMessage, "INTEGER PRIMARY KEY (rowid=?)"},
    {"DeleteExpiredMessages", kDeleteExpiredMessages,
     "queue_messages_by_age (queue=? AND sent_at<?)"},
    {"NewestMessage", kNewestMessage, "SEARCH queue_messages"},
    {"DeleteMessagesOfQueue", kDeleteMessagesOfQueue, "queue_messages_by"},
    {"HiddenMessages", kHiddenMessages,
     "COVERING INDEX queue_messages_by_visibility (queue=? AND visible_at>?)"},
    {"NextVisible", kNextVisible,
     "COVERING INDEX queue_messages_by_visibility (queue=? AND visible_at>?)"},
    {"ClearPendingEvent", kClearPendingEvent, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"ClearPendingEventOfCorrupt", kClearPendingEventOfCorrupt, "INDEX jobs_open (status<?)"},
    {"JobById", kJobById, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"JobByRow", kJobByRow, "INTEGER PRIMARY KEY (rowid=?)"},
    {"InsertJob", kInsertJob, ""},
    {"UpdateJob", kUpdateJob, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"RenewLease", kRenewLease, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"CountDocuments", kCountDocuments, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"SetAtWork", kSetAtWork, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"EndWaiting", kEndWaiting, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"SetPendingEvent", kSetPendingEvent, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"InsertFile", kInsertFile, ""},
    {"CountSubmit", kCountSubmit, ""},
    {"FileStatus", kFileStatus, "PRIMARY KEY (job_id=? AND n=?)"},
    {"UpdateFileStatus", kUpdateFileStatus, "PRIMARY KEY (job_id=? AND n=?)"},
    {"RecordFile", kRecordFile, "PRIMARY KEY (job_id=? AND n=?)"},
    {"InsertAttempt", kInsertAttempt, ""},
    {"EndAttempt", kEndAttempt, "PRIMARY KEY (job_id=? AND n=?)"},
    {"DeleteOldAttempts", kDeleteOldAttempts, "PRIMARY KEY (job_id=? AND n<?)"},
    {"PutKeyUse", kPutKeyUse, ""},
    {"JobsOfUser", kJobsOfUser,
     "COVERING INDEX jobs_by_user (user_id=? AND status=? AND job_id<?)"},
    {"JobsFound", kJobsFound, "INDEX jobs_by_user (user_id=? AND status=? AND job_id<?)"},
    {"JobCounts", kJobCounts, "COVERING INDEX jobs_by_user (user_id=?)"},
    {"QueuedBefore", kQueuedBefore, "jobs_open (status=? AND job_id<?)"},
    {"JobRecord", kJobRecord, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"JobsWithoutEvent", kJobsWithoutEvent, "jobs_without_event"},
    {"JobsUnderWay", kJobsUnderWay, "jobs_open (status=?)"},
    {"WaitingJobs", kWaitingJobs, "jobs_waiting (next_attempt_at"},
    {"JobsWaitingTooLong", kJobsWaitingTooLong, "jobs_waiting (next_attempt_at"},
    {"FilesNotCompleted", kFilesNotCompleted, "PRIMARY KEY (job_id=?)"},
    {"JobFiles", kJobFiles, "PRIMARY KEY (job_id=?)"},
    {"DocumentsOfContent", kDocumentsOfContent, "job_files_by_content (user_id=? AND sha256=?)"},
    {"JobAttempts", kJobAttempts, "PRIMARY KEY (job_id=?)"},
    {"KeyUse", kKeyUse, "PRIMARY KEY (user_id=? AND key=?)"},
    {"JobStatus", kJobStatus, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"UploadsOfJobAlone", kUploadsOfJobAlone,
     "COVERING INDEX job_files_by_upload (file_key=? AND job_id<?)"},
    {"InsertRemoval", kInsertRemoval, ""},
    {"UploadIsUsed", kUploadIsUsed, "job_files_by_upload (file_key=?)"},
    {"DeleteJobFiles", kDeleteJobFiles, "PRIMARY KEY (job_id=?)"},
    {"DeleteJobAttempts", kDeleteJobAttempts, "PRIMARY KEY (job_id=?)"},
    {"DeleteJob", kDeleteJob, "sqlite_autoindex_jobs_1 (job_id=?)"},
    {"NextRemoval", kNextRemoval, "PRIMARY KEY (removal>?)"},
    {"KeysOfRemoval", kKeysOfRemoval, "PRIMARY KEY (removal=?)"},
    {"ForgetRemoval", kForgetRemoval, "PRIMARY KEY (removal=?)"},
    {"IsBeingRemoved", kIsBeingRemoved, "object_removals_by_key (object_key=?)"},
    {"EndedJobs", kEndedJobs, "jobs_by_end (finished_at<?)"},
    {"Usage", kUsage, "PRIMARY KEY (user_id=?)"},
    {"ExpiredEvents", kExpiredEvents, "events_by_age (stored_at<?)"},
    {"DeleteEvent", kDeleteEvent, "INTEGER PRIMARY KEY (rowid=?)"},
    {"DeleteExpiredKeys", kDeleteExpiredKeys, "idempotency_keys_by_age (used_at<?)"},
    {"DeleteExpiredDeadLetters", kDeleteExpiredDeadLetters, "dead_letters_by_age (dead_at<?)"},
    {"JobsOfUserFrom", kJobsOfUserFrom,
     "COVERING INDEX jobs_by_user (user_id=? AND status=? AND job_id>?)"},
    {"FindObject", kFindObject, "SEARCH objects USING PRIMARY KEY (key=?)"},
    {"ObjectsFrom", kObjectsFrom, "SEARCH objects USING PRIMARY KEY (key>?)"},
    {"PutObject", kPutObject, ""},
    {"DeleteObject", kDeleteObject, "PRIMARY KEY (key=?)"},
    {"ObjectBytes", kObjectBytes, "INTEGER PRIMARY KEY (rowid=?)"},
    {"InsertObjectBytes", kInsertObjectBytes, ""},
    {"UpdateObjectBytes", kUpdateObjectBytes, "INTEGER PRIMARY KEY (rowid=?)"},
    {"DeleteObjectBytes", kDeleteObjectBytes, "INTEGER PRIMARY KEY (rowid=?)"},
    {"FileIsUsed", kFileIsUsed, "COVERING INDEX objects_by_file (file=?)"},
    {"InsertUpload", kInsertUpload, ""},
    {"FindUpload", kFindUpload, "PRIMARY KEY (upload_id=?)"},
    {"UploadsFrom", kUploadsFrom, "multipart_uploads_by_key ((key,upload_id)>(?,?))"},
    {"UploadsBegunBefore", kUploadsBegunBefore, "multipart_uploads_by_age (created_at<?)"},
    {"DeleteUpload", kDeleteUpload, "PRIMARY KEY (upload_id=?)"},
    {"PutPart", kPutPart, ""},
    {"FileOfPart", kFileOfPart, "PRIMARY KEY (upload_id=? AND n=?)"},
    {"PartsOfUpload", kPartsOfUpload, "PRIMARY KEY (upload_id=? AND n>?)"},
    {"DeleteParts", kDeleteParts, "PRIMARY KEY (upload_id=?)"},
    {"InsertFileRemoval", kInsertFileRemoval, ""},
    {"FileIsToRemove", kFileIsToRemove, "PRIMARY KEY (file=?)"},
    {"FilesToRemove", kFilesToRemove, "PRIMARY KEY (file>?)"},
    {"ForgetFile", kForgetFile, "PRIMARY KEY (file=?)"},
    {"Adopted", kAdopted, "INTEGER PRIMARY KEY (rowid=?)"},
    {"FinishAdoption", kFinishAdoption, "INTEGER PRIMARY KEY (rowid=?)"},
    {"ArchiveId", kArchiveId, "archives_1 (name=?)"},
    {"PutArchive", kPutArchive, ""},
    {"DeleteArchive", kDeleteArchive, "INTEGER PRIMARY KEY (rowid=?)"},
    {"PutArchiveRemoval", kPutArchiveRemoval, ""},
    {"DeleteArchiveRemoval", kDeleteArchiveRemoval, "INTEGER PRIMARY KEY (rowid=?)"},
    {"CountArchivedEvents", kCountArchivedEvents, "INTEGER PRIMARY KEY (rowid=?)"},
    {"InsertArchivedEvent", kInsertArchivedEvent, ""},
    {"ArchivedEventSize", kArchivedEventSize, "(archive=? AND time=? AND event_id=?)"},
    {"ArchivedFrom", kArchivedFrom, "PRIMARY KEY (archive=? AND (time,event_id)>(?,?)"},
    {"ArchivedFirst", kArchivedFirst, "PRIMARY KEY (archive=?)"},
    {"ArchivedBefore", kArchivedBefore, "archived_events_by_age (archive=? AND archived_at<?)"},
    {"DeleteArchivedEvent", kDeleteArchivedEvent, "(archive=? AND time=? AND event_id=?)"},
    {"PutReplay", kPutReplay, ""},
    {"PutConnection", kPutConnection, ""},
    {"DeleteConnection", kDeleteConnection, "PRIMARY KEY (name=?)"},
    {"PutApiDestination", kPutApiDestination, ""},
    {"DeleteApiDestination", kDeleteApiDestination, "PRIMARY KEY (name=?)"},
    {"DeleteEndedReplays", kDeleteEndedReplays, "replays_by_end (ended_at<?)"},
};

class QueryPlan : public ::testing::TestWithParam<PlanCase> {};

TEST_P(QueryPlan, GoesByAnIndexAndSortsNothing) {
    const TemporaryDirectory directory;
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

/// What goes through a table on purpose: all of a small one, once after a target has changed, or to
/// check or back up the whole of a database. Copying it is no walk that has a plan.
TEST(QueryPlanExceptions, AreTheseAndSortNothing) {
    const TemporaryDirectory directory;
    auto connection = Connection::open(directory.path() / "p.db", Access::write).value();
    ASSERT_TRUE(migrate(connection));
    for (const auto sql :
         {kBuses, kRules, kArchives, kReplays, kConnections, kApiDestinations, kFirstArchiveRemoval,
          kMoveDeliveries, kMoveDeadLetters, kTables, kAllJobs, kAllObjects, kAllIndexed}) {
        const auto plan = connection.plan(sql);
        ASSERT_EQ(plan.size(), 1U) << sql.text();
        EXPECT_TRUE(plan[0].starts_with("SCAN ")) << plan[0];
    }
    EXPECT_TRUE(connection.plan(kCopyDatabase).empty());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, QueryPlan, ::testing::ValuesIn(kPlans),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ingestor::sqlite

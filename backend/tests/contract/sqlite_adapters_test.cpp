#include <stdexcept>

#include "contract/harness.hpp"
#include "contract/run.hpp"
#include "sqlite/sqlite_delivery_records.hpp"
#include "sqlite/sqlite_event_log.hpp"
#include "sqlite/sqlite_job_deletions.hpp"
#include "sqlite/sqlite_job_store.hpp"
#include "sqlite/sqlite_queue_store.hpp"

namespace ingestor::contract {
namespace {

class SqliteStores final : public Stores {
public:
    explicit SqliteStores(Surroundings& around)
        : outbox_(around.router, around.clock, around.committed()),
          database_(open(directory_, around.clock)),
          log_(*database_, outbox_),
          jobs_(*database_, outbox_, around.monotonic, kOwner) {}
    ports::JobStore& jobs() override { return jobs_; }
    ports::EventLog& log() override { return log_; }
    ports::DeliveryRecords& records() override { return records_; }
    ports::JobDeletions& deletions() override { return deletions_; }

    static std::unique_ptr<sqlite::Database> open(const TemporaryDirectory& directory,
                                                  const ports::Clock& clock) {
        auto opened = sqlite::Database::open(directory.path(), clock);
        if (!opened) throw std::runtime_error(opened.error().message);
        return std::move(*opened);
    }

private:
    TemporaryDirectory directory_;
    sqlite::Outbox outbox_;
    std::unique_ptr<sqlite::Database> database_;
    sqlite::SqliteEventLog log_;
    sqlite::SqliteJobStore jobs_;
    sqlite::SqliteJobDeletions deletions_{*database_};
    sqlite::SqliteDeliveryRecords records_{*database_};
};

/// A queue store with the database that it stands on.
class OwnedQueueStore {
public:
    explicit OwnedQueueStore(const ports::Clock& clock)
        : owned_(SqliteStores::open(directory_, clock)) {}

protected:
    TemporaryDirectory directory_;
    std::unique_ptr<sqlite::Database> owned_;
};
class SqliteQueues final : OwnedQueueStore, public sqlite::SqliteQueueStore {
public:
    explicit SqliteQueues(const ports::Clock& clock)
        : OwnedQueueStore(clock), SqliteQueueStore(*owned_) {}
};

const QueueStoreAdapter kQueues{
    "Sqlite", [](Surroundings& around) { return std::make_unique<SqliteQueues>(around.clock); }};

const StoresAdapter kStores{
    "Sqlite", [](Surroundings& around) { return std::make_unique<SqliteStores>(around); }};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, JobStoreContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Sqlite, EmbeddedJobStoreContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Sqlite, JobDeletionsContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Sqlite, QueueStoreContract, testing::Values(kQueues),
                         name_of<QueueStoreAdapter>);
INSTANTIATE_TEST_SUITE_P(Sqlite, EventLogContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Sqlite, DeliveryRecordsContract, testing::Values(kStores),
                         name_of<StoresAdapter>);

}  // namespace ingestor::contract

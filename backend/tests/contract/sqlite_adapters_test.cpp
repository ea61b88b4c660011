#include <stdexcept>

#include "contract/harness.hpp"
#include "contract/run.hpp"
#include "sqlite/sqlite_event_log.hpp"
#include "sqlite/sqlite_job_deletions.hpp"
#include "sqlite/sqlite_job_store.hpp"

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
    ports::JobDeletions& deletions() override { return deletions_; }

private:
    static std::unique_ptr<sqlite::Database> open(const TemporaryDirectory& directory,
                                                  const ports::Clock& clock) {
        auto opened = sqlite::Database::open(directory.path(), clock);
        if (!opened) throw std::runtime_error(opened.error().message);
        return std::move(*opened);
    }

    TemporaryDirectory directory_;
    sqlite::Outbox outbox_;
    std::unique_ptr<sqlite::Database> database_;
    sqlite::SqliteEventLog log_;
    sqlite::SqliteJobStore jobs_;
    sqlite::SqliteJobDeletions deletions_{*database_};
};

const StoresAdapter kStores{
    "Sqlite", [](Surroundings& around) { return std::make_unique<SqliteStores>(around); }};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, JobStoreContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Sqlite, EmbeddedJobStoreContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Sqlite, JobDeletionsContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Sqlite, EventLogContract, testing::Values(kStores),
                         name_of<StoresAdapter>);

}  // namespace ingestor::contract

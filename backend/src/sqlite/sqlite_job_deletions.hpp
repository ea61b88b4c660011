#pragma once

#include <string>
#include <vector>

#include "ports/job_deletions.hpp"
#include "ports/usage_ledger.hpp"
#include "sqlite/database.hpp"

namespace ingestor {

/// The JobDeletions of the embedded engine, on the tables of SqliteJobStore.
class SqliteJobDeletions final : public JobDeletions {
public:
    /// `database` outlives this.
    explicit SqliteJobDeletions(sqlite::Database& database) : database_(database) {}

    Answer<std::vector<Removal>> remove_job(JobId job_id, std::vector<ObjectKey> outputs,
                                            TimePoint now) override;
    Answer<std::vector<Removal>> remove_unused(std::vector<ObjectKey> uploads,
                                               TimePoint now) override;
    Answer<std::vector<Removal>> pending(std::uint32_t limit) override;
    Answer<std::monostate> forget(std::string removal_id) override;
    Answer<std::vector<JobId>> find_ended(TimePoint ended_before, std::uint32_t limit) override;
    Answer<std::vector<JobId>> find_missing(std::vector<JobId> job_ids) override;

private:
    sqlite::Database& database_;
};

/// The UsageLedger of the embedded engine: a row a user, which triggers keep.
class SqliteUsageLedger final : public UsageLedger {
public:
    /// `database` outlives this.
    explicit SqliteUsageLedger(sqlite::Database& database) : database_(database) {}
    boost::asio::awaitable<Result<Usage>> usage(UserId user_id) override;

private:
    sqlite::Database& database_;
};

}  // namespace ingestor

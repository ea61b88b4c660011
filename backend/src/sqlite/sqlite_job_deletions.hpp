#pragma once

#include <string>
#include <vector>

#include "ports/job_deletions.hpp"
#include "ports/usage_ledger.hpp"
#include "sqlite/database.hpp"

namespace ingestor::sqlite {

/// The JobDeletions of the embedded engine, on the tables of SqliteJobStore.
class SqliteJobDeletions final : public ports::JobDeletions {
public:
    /// `database` outlives this.
    explicit SqliteJobDeletions(Database& database) : database_(database) {}

    Answer<std::vector<ports::Removal>> remove_job(domain::JobId job_id,
                                                   std::vector<domain::ObjectKey> outputs,
                                                   TimePoint now) override;
    Answer<std::vector<ports::Removal>> remove_unused(std::vector<domain::ObjectKey> uploads,
                                                      TimePoint now) override;
    Answer<std::vector<ports::Removal>> pending(std::uint32_t limit) override;
    Answer<std::monostate> forget(std::string removal_id) override;
    Answer<std::vector<domain::JobId>> find_ended(TimePoint ended_before,
                                                  std::uint32_t limit) override;
    Answer<std::vector<domain::JobId>> find_missing(std::vector<domain::JobId> job_ids) override;

private:
    Database& database_;
};

/// The UsageLedger of the embedded engine: a row a user, which triggers keep.
class SqliteUsageLedger final : public ports::UsageLedger {
public:
    /// `database` outlives this.
    explicit SqliteUsageLedger(Database& database) : database_(database) {}
    boost::asio::awaitable<Result<ports::Usage>> usage(domain::UserId user_id) override;

private:
    Database& database_;
};

}  // namespace ingestor::sqlite

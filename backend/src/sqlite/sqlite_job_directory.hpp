#pragma once

#include <string>
#include <vector>

#include "ports/job_directory.hpp"
#include "sqlite/database.hpp"

namespace ingestor::sqlite {

/// The JobDirectory of the embedded engine, on the tables of SqliteJobStore.
class SqliteJobDirectory final : public ports::JobDirectory {
public:
    /// `database` outlives this.
    explicit SqliteJobDirectory(Database& database) : database_(database) {}

    boost::asio::awaitable<Result<std::vector<domain::JobId>>> jobs_of(domain::UserId user_id,
                                                                       std::string from,
                                                                       std::size_t count) override;

private:
    Database& database_;
};

}  // namespace ingestor::sqlite

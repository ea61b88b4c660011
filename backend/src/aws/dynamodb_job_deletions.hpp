#pragma once

#include <string>
#include <vector>

#include "aws/dynamodb_table.hpp"
#include "aws/job_items.hpp"
#include "ports/job_deletions.hpp"

namespace ingestor::aws {

/// How jobs leave the table of DynamoDbJobStore.
///
/// The item of a job gives way to removal items in one transaction. Beside the objects they name
/// the items that stand around a job (its further documents, its uses of uploads, its contents),
/// which forget() deletes first.
class DynamoDbJobDeletions final : public ports::JobDeletions {
public:
    /// `table` outlives this.
    explicit DynamoDbJobDeletions(DynamoDbTable& table) : table_(table) {}

    Answer<std::vector<ports::Removal>> remove_job(domain::JobId job_id,
                                                   std::vector<domain::ObjectKey> outputs,
                                                   TimePoint now) override;
    Answer<std::vector<ports::Removal>> remove_unused(std::vector<domain::ObjectKey> uploads,
                                                      TimePoint now) override;
    Answer<std::vector<ports::Removal>> pending(std::uint32_t limit) override;
    Answer<std::monostate> forget(std::string removal_id) override;
    /// Asks an index: a job that ended a moment ago may be missing.
    Answer<std::vector<domain::JobId>> find_ended(TimePoint ended_before,
                                                  std::uint32_t limit) override;
    Answer<std::vector<domain::JobId>> find_missing(std::vector<domain::JobId> job_ids) override;

private:
    Answer<std::vector<FileRecord>> files_of(const JobRecord& record);
    /// By another job than `job_id`.
    Answer<bool> is_used(domain::ObjectKey upload, const domain::JobId& job_id);

    DynamoDbTable& table_;
};

}  // namespace ingestor::aws

#pragma once

#include "ports/delivery_records.hpp"
#include "sqlite/database.hpp"

namespace ingestor::sqlite {

/// The DeliveryRecords of the embedded engine: over the tables of SqliteEventLog.
class SqliteDeliveryRecords final : public ports::DeliveryRecords {
public:
    /// `database` outlives this.
    explicit SqliteDeliveryRecords(Database& database) : database_(database) {}

    Answer<ports::DeliveryCounts> counts() override;
    Answer<std::vector<ports::RetryingDelivery>> retrying(ports::RouteFilter filter,
                                                          std::uint32_t limit) override;
    Answer<ports::DeadLetter> dead_letter(std::int64_t id) override;
    Answer<std::vector<std::int64_t>> delete_dead_letters(std::vector<std::int64_t> ids) override;

private:
    Database& database_;
};

}  // namespace ingestor::sqlite

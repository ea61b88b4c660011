#pragma once

#include <string>
#include <vector>

#include "ports/api_destination_store.hpp"
#include "sqlite/database.hpp"

namespace ingestor::sqlite {

/// The ApiDestinationStore of the embedded engine. Secrets stand in the database as they are, which
/// only the service's own user may read: whoever could read a key beside it could read them too.
class SqliteApiDestinationStore final : public ports::ApiDestinationStore {
public:
    /// `database` outlives this.
    explicit SqliteApiDestinationStore(Database& database) : database_(database) {}

    Answer<std::vector<ports::Connection>> connections() override;
    Answer<std::monostate> put_connection(ports::Connection connection) override;
    Answer<std::monostate> delete_connection(std::string name) override;
    Answer<std::vector<ports::ApiDestination>> destinations() override;
    Answer<std::monostate> put_destination(ports::ApiDestination destination) override;
    Answer<std::monostate> delete_destination(std::string name) override;

private:
    Database& database_;
};

}  // namespace ingestor::sqlite

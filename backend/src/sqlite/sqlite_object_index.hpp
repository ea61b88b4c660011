#pragma once

#include <string>
#include <vector>

#include "ports/object_index.hpp"
#include "sqlite/database.hpp"
#include "sqlite/outbox.hpp"

namespace ingestor::sqlite {

/// The ObjectIndex of the embedded engine: a row an object, and the bytes of small ones.
class SqliteObjectIndex final : public ports::ObjectIndex {
public:
    /// `database` and `outbox` outlive this; the latter puts events into the same transaction.
    /// nullptr: nobody is told of changes.
    explicit SqliteObjectIndex(Database& database, Outbox* outbox = nullptr)
        : database_(database), outbox_(outbox) {}

    boost::asio::awaitable<Result<ports::ListPage>> list(ports::ListQuery query) override;
    Answer<std::optional<ports::IndexedObject>> find(domain::ObjectKey key, With with) override;
    Answer<std::monostate> put(std::vector<Put> puts) override;
    Answer<ports::ObjectInfo> copy(ports::ObjectCopy copy) override;
    Answer<std::monostate> remove(std::vector<Remove> removals) override;
    Answer<std::vector<std::string>> files_to_remove(std::size_t count) override;
    Answer<std::monostate> forget_files(std::vector<std::string> files) override;
    Answer<std::vector<std::string>> unknown_files(std::vector<std::string> files) override;
    Answer<bool> adopted() override;
    Answer<std::monostate> adopt(std::vector<ports::IndexedObject> objects) override;
    Answer<std::monostate> finish_adoption() override;

private:
    Database& database_;
    Outbox* outbox_;
};

}  // namespace ingestor::sqlite

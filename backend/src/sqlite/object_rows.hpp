#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ports/object_index.hpp"
#include "sqlite/connection.hpp"

namespace ingestor::sqlite {

// The rows of the object index, for units of work on a connection.

/// Headers and metadata in one text: a line each, which begins with `h` or `m`. Neither names nor
/// values hold a line end.
[[nodiscard]] std::string attributes_text(const ports::ObjectAttributes& attributes);
void read_attributes(std::string_view text, ports::ObjectAttributes& attributes);

/// `crc32:NhCmhg==`
[[nodiscard]] std::optional<std::string> checksum_text(const ports::ObjectAttributes& attributes);
[[nodiscard]] std::optional<std::pair<std::string, std::string>> checksum_of(
    const std::optional<std::string>& text);

/// A row with where its bytes are.
struct ObjectRow {
    ports::IndexedObject object;  ///< Without its bytes.
    std::int64_t body = 0;        ///< Of the table of bytes; 0: it has a file.
};
[[nodiscard]] std::optional<ObjectRow> find_object(Connection& connection,
                                                   const domain::ObjectKey& key);
/// Throws StorageFailure (corrupt) where the row's bytes are not there.
[[nodiscard]] std::string object_bytes(Connection& connection, const ObjectRow& row);

/// Writes the row in place of `old`, the one of that key at the moment. A file of `old` that
/// nothing leads to any more goes on the list of files to remove.
void put_object(Connection& connection, const ports::IndexedObject& object,
                const std::optional<ObjectRow>& old);
void delete_object(Connection& connection, const ObjectRow& old);
/// Puts a file on the list unless an object has it.
void remove_unused_file(Connection& connection, const std::string& file);

/// Errors: conflict, not_found.
[[nodiscard]] Result<std::monostate> check_condition(const ports::ObjectCondition& condition,
                                                     const std::optional<ObjectRow>& old,
                                                     const domain::ObjectKey& key);

}  // namespace ingestor::sqlite

#include "sqlite/object_rows.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/encoding.hpp"
#include "sqlite/queries.hpp"

namespace ingestor::sqlite {
namespace {

std::optional<Blob> blob_or_none(const std::string& bytes) {
    if (bytes.empty()) return std::nullopt;
    return Blob{bytes};
}

std::int64_t insert_bytes(Connection& connection, const std::string& bytes) {
    connection.run(kInsertObjectBytes, Blob{bytes});
    return ::sqlite3_last_insert_rowid(connection.handle());
}

}  // namespace

std::string attributes_text(const ports::ObjectAttributes& attributes) {
    std::string text;
    const auto add = [&text](char kind, const auto& values) {
        for (const auto& [name, value] : values)
            text += fmt::format("{}{}:{}\n", kind, name, value);
    };
    add('h', attributes.system_headers);
    add('m', attributes.user_metadata);
    // Tags may hold colons.
    for (const auto& [name, value] : attributes.tags) {
        text += fmt::format("t{}:{}\n", percent_encode(name), percent_encode(value));
    }
    return text;
}

void read_attributes(std::string_view text, ports::ObjectAttributes& attributes) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) continue;
        const auto name = line.substr(1, colon - 1);
        const auto value = line.substr(colon + 1);
        if (line.front() == 'h') attributes.system_headers.emplace(name, value);
        if (line.front() == 'm') attributes.user_metadata.emplace(name, value);
        if (line.front() == 't')
            attributes.tags.emplace(percent_decode(name), percent_decode(value));
    }
}

std::optional<std::string> checksum_text(const ports::ObjectAttributes& attributes) {
    if (!attributes.checksum) return std::nullopt;
    return attributes.checksum->first + ':' + attributes.checksum->second;
}

std::optional<std::pair<std::string, std::string>> checksum_of(
    const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    const auto colon = std::min(text->find(':'), text->size() - 1);
    return std::pair(text->substr(0, colon), text->substr(colon + 1));
}

std::optional<ObjectRow> find_object(Connection& connection, const domain::ObjectKey& key) {
    auto row = connection.query(kFindObject, Blob{key.value()});
    if (!row.next()) return std::nullopt;
    ObjectRow found{.object = {.info = {.key = key}}, .body = row.integer(6)};
    auto& info = found.object.info;
    info.size_bytes = static_cast<std::uint64_t>(row.integer(0));
    info.etag = domain::ETag{row.text(1)};
    info.last_modified = row.time(2);
    info.attributes.content_type = row.blob(3);
    read_attributes(row.blob(4), info.attributes);
    info.attributes.checksum = checksum_of(row.text_or_none(5));
    found.object.bytes_crc32c = row.text_or_none(7).value_or("");
    found.object.file = row.text_or_none(8).value_or("");
    return found;
}

std::string object_bytes(Connection& connection, const ObjectRow& row) {
    auto bytes = connection.query(kObjectBytes, row.body);
    if (!bytes.next()) {
        throw StorageFailure{{.code = Errc::corrupt,
                              .message = fmt::format("object {}: its bytes are missing",
                                                     row.object.info.key.value())}};
    }
    return bytes.blob(0);
}

void remove_unused_file(Connection& connection, const std::string& file) {
    {
        auto used = connection.query(kFileIsUsed, Blob{file});
        if (used.next()) return;
    }
    connection.run(kInsertFileRemoval, Blob{file});
}

void put_object(Connection& connection, const ports::IndexedObject& object,
                const std::optional<ObjectRow>& old) {
    std::int64_t body = old ? old->body : 0;
    if (object.bytes && body != 0) {
        connection.run(kUpdateObjectBytes, body, Blob{*object.bytes});
    } else if (object.bytes) {
        body = insert_bytes(connection, *object.bytes);
    } else if (body != 0) {
        connection.run(kDeleteObjectBytes, body);
        body = 0;
    }
    const auto& info = object.info;
    const auto attributes = attributes_text(info.attributes);
    connection.run(kPutObject, Blob{info.key.value()}, info.size_bytes, info.etag.value(),
                   info.last_modified, Blob{info.attributes.content_type}, Blob{attributes},
                   checksum_text(info.attributes), body, blob_or_none(object.bytes_crc32c),
                   blob_or_none(object.file));
    if (old && !old->object.file.empty()) remove_unused_file(connection, old->object.file);
}

void delete_object(Connection& connection, const ObjectRow& old) {
    connection.run(kDeleteObject, Blob{old.object.info.key.value()});
    if (old.body != 0) connection.run(kDeleteObjectBytes, old.body);
    if (!old.object.file.empty()) remove_unused_file(connection, old.object.file);
}

Result<std::monostate> check_condition(const ports::ObjectCondition& condition,
                                       const std::optional<ObjectRow>& old,
                                       const domain::ObjectKey& key) {
    if (condition.mode == ports::PutMode::create_only && old) {
        return fail(Errc::conflict, fmt::format("object {} exists", key.value()));
    }
    if (!condition.if_match) return std::monostate{};
    if (!old) return fail(Errc::not_found, fmt::format("no object {}", key.value()));
    if (old->object.info.etag != *condition.if_match) {
        return fail(Errc::conflict, fmt::format("object {} is another one by now", key.value()));
    }
    return std::monostate{};
}

}  // namespace ingestor::sqlite

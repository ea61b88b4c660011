#include "sqlite/sqlite_multipart_uploads.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include <fmt/format.h>

#include "sqlite/object_rows.hpp"
#include "sqlite/queries.hpp"
#include "sqlite/routed_events.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {
namespace {

std::unexpected<Error> no_upload(const std::string& upload_id) {
    return fail(Errc::not_found, fmt::format("no upload {}", upload_id));
}

ports::MultipartUpload upload_at(const Query& row) {
    ports::MultipartUpload upload{.upload_id = row.text(0), .key = object_key_at(row, 1)};
    upload.initiator = domain::UserId{row.text(2)};
    upload.created_at = row.time(3);
    upload.attributes.content_type = row.blob(4);
    read_attributes(row.blob(5), upload.attributes);
    upload.checksum = row.text(6);
    upload.composite = row.integer(7) != 0;
    return upload;
}

ports::UploadedPart part_at(const Query& row) {
    return {.number = static_cast<std::uint32_t>(row.integer(0)),
            .size_bytes = static_cast<std::uint64_t>(row.integer(1)),
            .etag = domain::ETag{row.text(2)},
            .last_modified = row.time(3),
            .checksum = row.text(4),
            .file = row.blob(5)};
}

bool is_there(Connection& connection, const std::string& upload_id) {
    return connection.query(kFindUpload, upload_id).next();
}

std::vector<ports::UploadedPart> parts_of(Connection& connection, const std::string& upload_id,
                                          std::uint32_t after, std::int64_t count) {
    std::vector<ports::UploadedPart> parts;
    auto rows = connection.query(kPartsOfUpload, upload_id, after, count);
    while (rows.next()) parts.push_back(part_at(rows));
    return parts;
}

/// All of them, with what is known of the parts' files.
void delete_upload(Connection& connection, const std::string& upload_id) {
    const auto parts = parts_of(connection, upload_id, 0, -1);
    connection.run(kDeleteParts, upload_id);
    connection.run(kDeleteUpload, upload_id);
    for (const auto& part : parts) remove_unused_file(connection, part.file);
}

}  // namespace

auto SqliteMultipartUploads::create(ports::MultipartUpload upload) -> Answer<std::monostate> {
    auto unit = [upload = std::move(upload)](Connection& connection) -> Result<std::monostate> {
        connection.run(
            kInsertUpload, upload.upload_id, Blob{upload.key.value()}, upload.initiator.value(),
            upload.created_at, Blob{upload.attributes.content_type},
            Blob{attributes_text(upload.attributes)}, upload.checksum, upload.composite ? 1 : 0);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteMultipartUploads::find(std::string upload_id) -> Answer<ports::MultipartUpload> {
    auto work = [upload_id = std::move(upload_id)](
                    Connection& connection) -> Result<ports::MultipartUpload> {
        auto row = connection.query(kFindUpload, upload_id);
        if (!row.next()) return no_upload(upload_id);
        return upload_at(row);
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteMultipartUploads::put_part(std::string upload_id, ports::UploadedPart part)
    -> Answer<std::monostate> {
    auto unit = [upload_id = std::move(upload_id),
                 part = std::move(part)](Connection& connection) -> Result<std::monostate> {
        if (!is_there(connection, upload_id)) return no_upload(upload_id);
        std::optional<std::string> old;
        {
            auto row = connection.query(kFileOfPart, upload_id, part.number);
            if (row.next()) old = row.blob(0);
        }
        connection.run(kPutPart, upload_id, part.number, part.size_bytes, part.etag.value(),
                       part.last_modified, part.checksum, Blob{part.file});
        if (old) remove_unused_file(connection, *old);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteMultipartUploads::parts(std::string upload_id, std::uint32_t after, std::size_t count)
    -> Answer<std::vector<ports::UploadedPart>> {
    auto work = [upload_id = std::move(upload_id), after,
                 count](Connection& connection) -> Result<std::vector<ports::UploadedPart>> {
        return parts_of(connection, upload_id, after, static_cast<std::int64_t>(count));
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteMultipartUploads::uploads(std::string prefix, std::optional<ports::UploadPosition> after,
                                     std::size_t count)
    -> Answer<std::vector<ports::MultipartUpload>> {
    auto work = [prefix = std::move(prefix), after = std::move(after),
                 count](Connection& connection) -> Result<std::vector<ports::MultipartUpload>> {
        auto key = prefix;
        std::string id;
        if (after && after->key >= prefix) {
            key = after->key;
            id = after->upload_id;
            // No key holds a NUL, so nothing lies between.
            if (id.empty()) key.push_back('\0');
        }
        std::vector<ports::MultipartUpload> uploads;
        auto rows = connection.query(kUploadsFrom, Blob{key}, id, static_cast<std::int64_t>(count));
        while (rows.next()) {
            if (!rows.blob(1).starts_with(prefix)) break;
            uploads.push_back(upload_at(rows));
        }
        return uploads;
    };
    co_return co_await database_.read(std::move(work));
}

auto SqliteMultipartUploads::complete(std::string upload_id, std::vector<std::string> files,
                                      ports::ObjectIndex::Put object) -> Answer<std::monostate> {
    auto routed = RoutedEvents::take(outbox_, std::span(&object, 1));
    if (!routed) co_return std::unexpected(routed.error());
    const auto events = std::make_shared<const RoutedEvents>(std::move(*routed));
    auto unit = [upload_id = std::move(upload_id), files = std::move(files),
                 object = std::move(object),
                 events](Connection& connection) -> Result<std::vector<std::int64_t>> {
        if (!is_there(connection, upload_id)) return no_upload(upload_id);
        const auto parts = parts_of(connection, upload_id, 0, -1);
        for (const auto& file : files) {
            if (std::ranges::find(parts, file, &ports::UploadedPart::file) == parts.end()) {
                return fail(Errc::conflict, "a part was replaced meanwhile", "parts");
            }
        }
        const auto& key = object.object.info.key;
        const auto old = find_object(connection, key);
        auto met = check_condition(object.condition, old, key);
        if (!met) {
            met.error().field = "key";
            return std::unexpected(met.error());
        }
        put_object(connection, object.object, old);
        delete_upload(connection, upload_id);
        return events->store(connection);
    };
    const auto first_ids = co_await database_.write(std::move(unit));
    if (!first_ids) co_return std::unexpected(first_ids.error());
    events->announce(*first_ids);
    co_return std::monostate{};
}

auto SqliteMultipartUploads::abort(std::string upload_id) -> Answer<std::monostate> {
    auto unit = [upload_id =
                     std::move(upload_id)](Connection& connection) -> Result<std::monostate> {
        if (!is_there(connection, upload_id)) return no_upload(upload_id);
        delete_upload(connection, upload_id);
        return std::monostate{};
    };
    co_return co_await database_.write(std::move(unit));
}

auto SqliteMultipartUploads::begun_before(TimePoint time, std::size_t count)
    -> Answer<std::vector<std::string>> {
    auto work = [time, count](Connection& connection) -> Result<std::vector<std::string>> {
        std::vector<std::string> ids;
        auto rows = connection.query(kUploadsBegunBefore, time, static_cast<std::int64_t>(count));
        while (rows.next()) ids.push_back(rows.text(0));
        return ids;
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace ingestor::sqlite

#include "objects/multipart.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/uuid.hpp"
#include "objects/object_files.hpp"

namespace ingestor::objects {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::hours kExpiryInterval{1};
constexpr std::size_t kExpiredAtOnce = 100;

std::string digest_of(DigestKind kind, std::string_view bytes) {
    Digest digest(kind);
    digest.update(bytes);
    return digest.finish();
}

/// The checksum of the parts' checksums.
Result<std::string> composite_checksum(const std::string& algorithm,
                                       const std::vector<ports::UploadedPart>& parts) {
    const auto kind = digest_kind(algorithm);
    if (!kind) return std::unexpected(kind.error());
    std::string all;
    for (const auto& part : parts) {
        const auto raw = from_base64(part.checksum);
        if (!raw) return std::unexpected(raw.error());
        all += *raw;
    }
    return fmt::format("{}-{}", to_base64(digest_of(*kind, all)), parts.size());
}

std::unexpected<Error> another_checksum() {
    return fail(Errc::invalid_argument, "the checksum is not that of the object", "checksum");
}

}  // namespace

domain::ETag etag_of_parts(const std::vector<domain::ETag>& parts) {
    std::string all;
    for (const auto& part : parts) all += from_hex(part.value()).value_or("");
    return domain::ETag{
        fmt::format("{}-{}", to_hex(digest_of(DigestKind::md5, all)), parts.size())};
}

std::expected<std::vector<ports::UploadedPart>, PartsFault> choose_parts(
    const ports::MultipartUpload& upload, const std::vector<ports::UploadedPart>& uploaded,
    const std::vector<NamedPart>& named) {
    std::vector<ports::UploadedPart> chosen;
    for (const auto& part : named) {
        if (!chosen.empty() && part.number <= chosen.back().number) {
            return std::unexpected(
                PartsFault{.kind = PartsFault::Kind::not_ascending, .part = part});
        }
        const auto found =
            std::ranges::lower_bound(uploaded, part.number, {}, &ports::UploadedPart::number);
        const bool is_it = found != uploaded.end() && found->number == part.number &&
                           found->etag == part.etag &&
                           (part.checksum.empty() || part.checksum == found->checksum);
        if (!is_it) {
            return std::unexpected(PartsFault{.kind = PartsFault::Kind::missing, .part = part});
        }
        if (upload.composite && part.checksum.empty()) {
            return std::unexpected(PartsFault{.kind = PartsFault::Kind::no_checksum, .part = part});
        }
        chosen.push_back(*found);
    }
    for (std::size_t place = 0; place + 1 < chosen.size(); ++place) {
        if (chosen[place].size_bytes >= kPartBytesMin) continue;
        return std::unexpected(PartsFault{.kind = PartsFault::Kind::too_small,
                                          .part = named[place],
                                          .size_bytes = chosen[place].size_bytes});
    }
    return chosen;
}

/// A file that is put on record as a part when it is durable.
class Multipart::PartWriter final : public ports::ObjectWriter {
public:
    PartWriter(Multipart& owner, const ports::MultipartUpload& upload, std::uint32_t number,
               domain::ObjectKey file, std::unique_ptr<ports::ObjectWriter> writer)
        : owner_(owner),
          upload_id_(upload.upload_id),
          number_(number),
          file_(std::move(file)),
          writer_(std::move(writer)) {}

    asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override {
        return writer_->write(bytes);
    }
    asio::awaitable<Result<std::monostate>> flush() override { return writer_->flush(); }
    std::string digest(std::string_view algorithm) override { return writer_->digest(algorithm); }
    asio::awaitable<Result<ports::ObjectInfo>> commit() override {
        auto stored = co_await writer_->commit();
        if (!stored) co_return stored;
        co_return co_await owner_.record_part(upload_id_, number_, file_, std::move(*stored));
    }

private:
    Multipart& owner_;
    std::string upload_id_;
    std::uint32_t number_;
    domain::ObjectKey file_;
    std::unique_ptr<ports::ObjectWriter> writer_;
};

auto Multipart::create(domain::ObjectKey key, domain::UserId initiator,
                       ports::ObjectAttributes attributes, std::string checksum, bool composite)
    -> Answer<std::string> {
    auto upload_id = uuid_v4();
    ports::MultipartUpload upload{.upload_id = upload_id, .key = std::move(key)};
    upload.initiator = std::move(initiator);
    upload.created_at = dependencies_.clock.now();
    upload.attributes = std::move(attributes);
    upload.checksum = std::move(checksum);
    upload.composite = composite;
    const auto created = co_await dependencies_.uploads.create(std::move(upload));
    if (!created) co_return std::unexpected(created.error());
    co_return upload_id;
}

auto Multipart::begin_part(const ports::MultipartUpload& upload, std::uint32_t number,
                           ports::PutOptions options)
    -> Answer<std::unique_ptr<ports::ObjectWriter>> {
    if (!upload.checksum.empty()) {
        if (std::ranges::find(options.digests, upload.checksum) == options.digests.end()) {
            options.digests.push_back(upload.checksum);
        }
        options.kept_digest = upload.checksum;
    }
    auto file = new_object_file();
    auto begun = co_await dependencies_.files.begin_put(file, std::move(options));
    if (!begun) co_return std::unexpected(begun.error());
    std::unique_ptr<ports::ObjectWriter> writer =
        std::make_unique<PartWriter>(*this, upload, number, std::move(file), std::move(*begun));
    co_return writer;
}

auto Multipart::record_part(std::string upload_id, std::uint32_t number, domain::ObjectKey file,
                            ports::ObjectInfo stored) -> Answer<ports::ObjectInfo> {
    stored.last_modified = dependencies_.clock.now();
    ports::UploadedPart part{.number = number,
                             .size_bytes = stored.size_bytes,
                             .etag = stored.etag,
                             .last_modified = stored.last_modified,
                             .file = file.value()};
    if (stored.attributes.checksum) part.checksum = stored.attributes.checksum->second;
    const auto recorded =
        co_await dependencies_.uploads.put_part(std::move(upload_id), std::move(part));
    if (!recorded) {
        if (!is_retryable(recorded.error().code)) {
            // What stays behind is swept later.
            static_cast<void>(co_await dependencies_.files.remove(std::move(file)));
        }
        co_return std::unexpected(recorded.error());
    }
    co_return stored;
}

auto Multipart::copy_part(const ports::MultipartUpload& upload, std::uint32_t number,
                          domain::ObjectKey source, domain::ETag source_etag,
                          std::optional<ports::FilePiece::Range> range)
    -> Answer<ports::ObjectInfo> {
    auto object = co_await dependencies_.objects.find(source, ports::ObjectIndex::With::bytes);
    if (!object) co_return std::unexpected(object.error());
    if (object->info.etag != source_etag) {
        co_return fail(Errc::conflict,
                       fmt::format("object {} is another one by now", source.value()));
    }
    const auto size = object->info.size_bytes;
    if (range && (range->first >= size || range->length > size - range->first)) {
        co_return fail(Errc::invalid_argument,
                       fmt::format("object {} has {} bytes", source.value(), size), "range");
    }
    if (object->bytes) {
        ports::PutOptions plain;
        const auto writer = co_await begin_part(upload, number, std::move(plain));
        if (!writer) co_return std::unexpected(writer.error());
        std::string_view bytes = *object->bytes;
        if (range) bytes = bytes.substr(range->first, range->length);
        const auto written = co_await (*writer)->write(bytes);
        if (!written) co_return std::unexpected(written.error());
        co_return co_await (*writer)->commit();
    }
    ports::PutOptions options;
    if (!upload.checksum.empty()) {
        options.digests.push_back(upload.checksum);
        options.kept_digest = upload.checksum;
    }
    std::vector<ports::FilePiece> pieces;
    pieces.push_back({.file = domain::ObjectKey(object->file), .range = range});
    const auto file = new_object_file();
    auto stored = co_await dependencies_.join.join(file, std::move(pieces), std::move(options));
    if (!stored) co_return stored;
    co_return co_await record_part(upload.upload_id, number, file, std::move(*stored));
}

auto Multipart::complete(ports::MultipartUpload upload, std::vector<ports::UploadedPart> parts,
                         ports::ObjectCondition condition, std::optional<std::string> checksum,
                         std::optional<ports::ObjectOrigin> origin) -> Answer<ports::ObjectInfo> {
    const auto ready = co_await dependencies_.objects.adopt(upload.key);
    if (!ready) co_return std::unexpected(ready.error());

    ports::ObjectInfo info{.key = upload.key, .attributes = upload.attributes};
    std::vector<domain::ETag> etags;
    std::vector<std::string> files;
    std::vector<ports::FilePiece> pieces;
    for (const auto& part : parts) {
        info.size_bytes += part.size_bytes;
        etags.push_back(part.etag);
        files.push_back(part.file);
        pieces.push_back({.file = domain::ObjectKey(part.file)});
    }
    info.etag = etag_of_parts(etags);
    if (upload.composite) {
        auto composite = composite_checksum(upload.checksum, parts);
        if (!composite) co_return std::unexpected(composite.error());
        info.attributes.checksum = {upload.checksum, std::move(*composite)};
    } else if (!upload.checksum.empty() && parts.size() == 1) {
        info.attributes.checksum = {upload.checksum, parts.front().checksum};
    }

    auto file = domain::ObjectKey(parts.front().file);
    if (parts.size() > 1) {
        file = new_object_file();
        ports::PutOptions options;
        options.attributes = info.attributes;
        options.attributes.system_headers.emplace(kKeyHeader, upload.key.value());
        if (!upload.checksum.empty() && !upload.composite) {
            options.digests.push_back(upload.checksum);
            options.kept_digest = upload.checksum;
        }
        auto joined = co_await dependencies_.join.join(file, std::move(pieces), std::move(options));
        if (!joined) co_return joined;
        info.attributes.checksum = std::move(joined->attributes.checksum);
    }
    info.last_modified = dependencies_.clock.now();
    const bool wrong =
        checksum && (!info.attributes.checksum || info.attributes.checksum->second != *checksum);
    Result<std::monostate> completed = std::monostate{};
    if (wrong) {
        completed = another_checksum();
    } else {
        ports::ObjectIndex::Put put{
            .object = {.info = info, .file = file.value()},
            .condition = std::move(condition),
            .event = dependencies_.objects.created_event(info, std::move(origin))};
        const auto change = dependencies_.objects.begin_change(upload.key);
        completed = co_await dependencies_.uploads.complete(upload.upload_id, std::move(files),
                                                            std::move(put));
    }
    if (completed) co_return info;
    if (parts.size() > 1 && !is_retryable(completed.error().code)) {
        static_cast<void>(co_await dependencies_.files.remove(std::move(file)));
    }
    co_return std::unexpected(completed.error());
}

auto Multipart::remove_expired() -> Answer<std::size_t> {
    std::size_t removed = 0;
    while (!stopped_) {
        const auto expired = co_await dependencies_.uploads.begun_before(
            dependencies_.clock.now() - kUploadLifetime, kExpiredAtOnce);
        if (!expired) co_return std::unexpected(expired.error());
        for (const auto& upload_id : *expired) {
            const auto aborted = co_await dependencies_.uploads.abort(upload_id);
            if (!aborted && aborted.error().code != Errc::not_found) {
                co_return std::unexpected(aborted.error());
            }
            ++removed;
        }
        if (expired->size() < kExpiredAtOnce) break;
    }
    co_return removed;
}

asio::awaitable<void> Multipart::run() {
    while (!stopped_) {
        const auto removed = co_await remove_expired();
        if (!removed) {
            dependencies_.log.warn("uploads that have expired stay for now",
                                   {{"error", removed.error().message}});
        } else if (*removed > 0) {
            dependencies_.log.info("removed uploads that were not completed in time",
                                   {{"uploads", *removed}});
        }
        if (stopped_) co_return;
        const auto next = dependencies_.monotonic.now() + kExpiryInterval;
        co_await dependencies_.monotonic.wait(wake_, next);
    }
}

void Multipart::stop() {
    stopped_ = true;
    wake_.notify();
}

}  // namespace ingestor::objects

#include "files/object_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/system_error.hpp"

namespace ingestor::files {
namespace {

namespace json = boost::json;

constexpr std::string_view kMagic = "\x89ING\r\n\x1A\n";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kFooterBytes = 32;
constexpr std::size_t kSummedFooterBytes = 16;
/// Keys, headers and metadata of S3 come to some 12 KiB at most, before escapes.
constexpr std::uint32_t kTrailerBytesMax = 256 * 1024;
/// One read of this size takes in nearly every tail.
constexpr std::size_t kFirstReadBytes = 2048;
constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;

template <class Number>
void append_number(std::string& out, Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        out += static_cast<char>(value >> (8 * i) & 0xFF);
    }
}

template <class Number>
Number read_number(std::string_view bytes) {
    Number value = 0;
    for (std::size_t i = sizeof(Number); i-- > 0;) {
        value = static_cast<Number>(value << 8 | static_cast<unsigned char>(bytes[i]));
    }
    return value;
}

std::string checksum(std::string_view trailer, std::string_view footer_front) {
    Digest digest(DigestKind::crc32c);
    digest.update(trailer);
    digest.update(footer_front);
    return digest.finish();
}

json::object to_json(const std::map<std::string, std::string>& entries) {
    json::object out;
    for (const auto& [name, value] : entries) out[name] = value;
    return out;
}

std::map<std::string, std::string> to_map(const json::value& value) {
    std::map<std::string, std::string> out;
    for (const auto& entry : value.as_object()) {
        out.emplace(entry.key(), std::string_view(entry.value().as_string()));
    }
    return out;
}

std::string to_text(const json::value& value) {
    return std::string(value.as_string());
}

std::string trailer_of(const ObjectTail& tail) {
    const auto& info = tail.info;
    json::object out;
    out["key"] = info.key.value();
    out["size"] = info.size_bytes;
    out["etag"] = info.etag.value();
    out["last_modified"] = info.last_modified.time_since_epoch().count();
    out["content_type"] = info.attributes.content_type;
    out["headers"] = to_json(info.attributes.system_headers);
    out["metadata"] = to_json(info.attributes.user_metadata);
    if (const auto& sum = info.attributes.checksum) {
        json::array pair;
        pair.emplace_back(sum->first);
        pair.emplace_back(sum->second);
        out["checksum"] = std::move(pair);
    }
    out["content_crc32c"] = to_base64(tail.content_crc32c);
    return json::serialize(out);
}

ObjectTail parse_trailer(std::string_view text) {
    // Header values are bytes, not always UTF-8, and come back as they came.
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    std::array<unsigned char, 8192> scratch{};
    json::monotonic_resource memory(scratch.data(), scratch.size());
    const auto root = json::parse(text, &memory, options);

    ObjectTail tail{.info = {.key = domain::ObjectKey{to_text(root.at("key"))}}};
    auto& info = tail.info;
    info.size_bytes = root.at("size").to_number<std::uint64_t>();
    info.etag = domain::ETag{to_text(root.at("etag"))};
    info.last_modified =
        TimePoint{std::chrono::milliseconds{root.at("last_modified").to_number<std::int64_t>()}};
    info.attributes.content_type = to_text(root.at("content_type"));
    info.attributes.system_headers = to_map(root.at("headers"));
    info.attributes.user_metadata = to_map(root.at("metadata"));
    if (const auto* sum = root.as_object().if_contains("checksum")) {
        info.attributes.checksum.emplace(to_text(sum->at(0)), to_text(sum->at(1)));
    }
    if (const auto* sum = root.as_object().if_contains("content_crc32c")) {
        tail.content_crc32c = from_base64(to_text(*sum)).value();
    }
    return tail;
}

/// False: not all is in memory.
Result<bool> read_fully(int fd, std::string& out, std::uint64_t offset, Access access) {
    std::size_t done = 0;
    while (done < out.size()) {
        const iovec part{.iov_base = out.data() + done, .iov_len = out.size() - done};
        const int flags = access == Access::cached_only ? RWF_NOWAIT : 0;
        const auto count = ::preadv2(fd, &part, 1, static_cast<off_t>(offset + done), flags);
        if (count > 0) {
            done += static_cast<std::size_t>(count);
        } else if (count == 0) {
            return fail(Errc::corrupt, "the file ended while it was read");
        } else if (errno == EAGAIN || errno == EOPNOTSUPP || errno == ENOSYS) {
            if (access == Access::cached_only) return false;
            return std::unexpected(system_error("read", errno));
        } else if (errno != EINTR) {
            return std::unexpected(system_error("read", errno));
        }
    }
    return true;
}

}  // namespace

std::string to_bytes(const ObjectTail& tail) {
    auto out = trailer_of(tail);
    const auto trailer_bytes = out.size();
    append_number<std::uint64_t>(out, tail.info.size_bytes);
    append_number<std::uint32_t>(out, static_cast<std::uint32_t>(trailer_bytes));
    append_number<std::uint32_t>(out, kVersion);
    const auto sum = checksum(std::string_view(out).substr(0, trailer_bytes),
                              std::string_view(out).substr(trailer_bytes));
    out += sum;
    append_number<std::uint32_t>(out, 0);
    out += kMagic;
    return out;
}

Result<std::optional<ObjectTail>> read_object_tail(int fd, Access access) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) {
        return std::unexpected(system_error("stat", errno));
    }
    const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
    if (!S_ISREG(status.st_mode) || file_bytes < kFooterBytes) {
        return fail(Errc::corrupt, "the file is too short to be an object's");
    }
    std::string tail(std::min<std::size_t>(file_bytes, kFirstReadBytes), '\0');
    auto read = read_fully(fd, tail, file_bytes - tail.size(), access);
    if (!read) return std::unexpected(read.error());
    if (!*read) return std::nullopt;

    const auto footer = std::string_view(tail).substr(tail.size() - kFooterBytes);
    if (!footer.ends_with(kMagic)) return fail(Errc::corrupt, "the file has no footer");
    const auto content_bytes = read_number<std::uint64_t>(footer);
    const auto trailer_bytes = read_number<std::uint32_t>(footer.substr(8));
    const auto version = read_number<std::uint32_t>(footer.substr(12));
    if (version != kVersion) {
        return fail(Errc::corrupt, fmt::format("the file is of version {}", version));
    }
    if (trailer_bytes > kTrailerBytesMax ||
        content_bytes != file_bytes - kFooterBytes - trailer_bytes || content_bytes > file_bytes) {
        return fail(Errc::corrupt, "the file is not as long as its footer says");
    }
    const std::size_t tail_bytes = trailer_bytes + kFooterBytes;
    if (tail.size() < tail_bytes) {
        tail.resize(tail_bytes);
        read = read_fully(fd, tail, content_bytes, access);
        if (!read) return std::unexpected(read.error());
        if (!*read) return std::nullopt;
    }
    const auto whole = std::string_view(tail).substr(tail.size() - tail_bytes);
    const auto trailer = whole.substr(0, trailer_bytes);
    const auto front = whole.substr(trailer_bytes, kSummedFooterBytes);
    if (checksum(trailer, front) != whole.substr(trailer_bytes + kSummedFooterBytes, 4)) {
        return fail(Errc::corrupt, "the file's trailer does not match its checksum");
    }
    try {
        auto parsed = parse_trailer(trailer);
        if (parsed.info.size_bytes != content_bytes) {
            return fail(Errc::corrupt, "the file's trailer and footer disagree");
        }
        return parsed;
    } catch (const std::exception& error) {
        return fail(Errc::corrupt, fmt::format("the file's trailer: {}", error.what()));
    }
}

Result<std::monostate> read_verified(int fd, const ObjectTail& tail,
                                     const std::function<void(std::string_view)>& take) {
    const bool has_crc = !tail.content_crc32c.empty();
    Digest digest(has_crc ? DigestKind::crc32c : DigestKind::md5);
    const auto size = tail.info.size_bytes;
    std::string piece(std::min<std::uint64_t>(size, kPieceBytes), '\0');
    for (std::uint64_t done = 0; done < size; done += piece.size()) {
        piece.resize(std::min<std::uint64_t>(size - done, kPieceBytes));
        const auto read = read_fully(fd, piece, done, Access::may_block);
        if (!read) return std::unexpected(read.error());
        digest.update(piece);
        if (take) take(piece);
    }
    const auto found = digest.finish();
    const bool sound =
        has_crc ? found == tail.content_crc32c : to_hex(found) == tail.info.etag.value();
    if (!sound) {
        return fail(Errc::corrupt,
                    fmt::format("object {}: its bytes on the disk are not those that "
                                "were stored: upload it again",
                                tail.info.key.value()));
    }
    return std::monostate{};
}

Result<std::monostate> read_part(int fd, std::uint64_t first, std::uint64_t length,
                                 const std::function<void(std::string_view)>& take) {
    std::string piece;
    for (std::uint64_t done = 0; done < length; done += piece.size()) {
        piece.resize(std::min<std::uint64_t>(length - done, kPieceBytes));
        const auto read = read_fully(fd, piece, first + done, Access::may_block);
        if (!read) return std::unexpected(read.error());
        take(piece);
    }
    return std::monostate{};
}

}  // namespace ingestor::files

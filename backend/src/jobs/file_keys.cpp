#include "jobs/file_keys.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/utf8.hpp"
#include "base/uuid.hpp"
#include "domain/job.hpp"
#include "domain/names.hpp"
#include "domain/object_created.hpp"
#include "formats/formats.hpp"

namespace ingestor::jobs {

namespace {

constexpr std::size_t kOutputNameBytesMax = 120;
constexpr std::string_view kDocumentsPrefix = "documents/";
constexpr std::string_view kSidecarsPrefix = "sidecars/";
constexpr std::array kOutputFolders = {kDocumentsPrefix, kSidecarsPrefix};
constexpr std::size_t kExtensionBytesMax = 16;

bool is_below(std::string_view key, std::string_view prefix) {
    return key.size() > prefix.size() && key.starts_with(prefix);
}

/// The user whose name stands between `folder` and the next slash. Only one spelling of a user's
/// prefix is theirs.
std::optional<domain::UserId> owner_below(std::string_view folder, std::string_view key,
                                          std::string (*prefix_of)(const domain::UserId&)) {
    if (!key.starts_with(folder)) return std::nullopt;
    const auto rest = key.substr(folder.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    domain::UserId user_id(percent_decode(rest.substr(0, slash)));
    if (!is_below(key, prefix_of(user_id))) return std::nullopt;
    return user_id;
}

bool is_control(char sign) {
    const auto byte = static_cast<unsigned char>(sign);
    return byte < 0x20 || byte == 0x7f;
}

/// The document's name without its extension, fit for a key, a URL and a file system.
std::string output_name(std::string_view filename) {
    if (const auto dot = filename.rfind('.'); dot != std::string_view::npos && dot > 0) {
        filename = filename.substr(0, dot);
    }
    std::string name;
    for (const char sign : cut_utf8(filename, kOutputNameBytesMax)) {
        const auto byte = static_cast<unsigned char>(sign);
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                           (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '.' ||
                           byte >= 0x80;
        if (plain) {
            name += sign;
        } else if (!name.empty() && name.back() != '-') {
            name += '-';
        }
    }
    while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
    return name.empty() ? "document" : name;
}

}  // namespace

std::span<const std::string_view> output_folders() {
    return kOutputFolders;
}

std::string upload_prefix(const domain::UserId& user_id) {
    return fmt::format("{}{}/", domain::kUploadsPrefix, percent_encode(user_id.value()));
}

Result<domain::ObjectKey> new_upload_key(const domain::UserId& user_id, std::string_view filename,
                                         TimePoint now) {
    const auto folder = fmt::format("{}{}/", upload_prefix(user_id), uuid_v7(now));
    if (folder.size() + kExtensionBytesMax * 2 > domain::kObjectKeyBytesMax) {
        return fail(Errc::invalid_argument, "your user id is too long to store documents under it");
    }
    // A long name loses its middle, so that its extension still tells what it is.
    const auto room = domain::kObjectKeyBytesMax - folder.size();
    if (filename.size() <= room) return domain::ObjectKey::parse(folder + std::string(filename));
    const auto dot = filename.rfind('.');
    auto extension = dot == std::string_view::npos ? std::string_view{} : filename.substr(dot);
    if (extension.size() > kExtensionBytesMax) extension = {};
    return domain::ObjectKey::parse(
        folder + std::string(cut_utf8(filename, room - extension.size())) + std::string(extension));
}

std::string inbox_prefix(const domain::UserId& user_id) {
    return fmt::format("{}{}/", domain::kInboxPrefix, percent_encode(user_id.value()));
}

bool owns_key(const domain::UserId& user_id, std::string_view key) {
    return is_below(key, upload_prefix(user_id)) || is_below(key, inbox_prefix(user_id));
}

std::optional<domain::UserId> owner_of_upload(std::string_view key) {
    if (auto owner = owner_below(domain::kUploadsPrefix, key, upload_prefix)) return owner;
    return owner_of_inbox(key);
}

std::optional<domain::UserId> owner_of_inbox(std::string_view key) {
    return owner_below(domain::kInboxPrefix, key, inbox_prefix);
}

std::string_view last_segment(std::string_view key) {
    const auto slash = key.rfind('/');
    return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

Result<std::monostate> check_filename(std::string_view name, std::string field) {
    const auto refuse = [&field](std::string message) {
        return fail(Errc::invalid_argument, std::move(message), std::move(field));
    };
    if (name.empty()) return refuse("the file name is empty");
    if (!is_utf8(name)) return refuse("the file name is not UTF-8");
    if (count_characters(name) > domain::kFilenameCharactersMax) {
        return refuse(fmt::format("the file name has {} characters, over the limit of {}",
                                  count_characters(name), domain::kFilenameCharactersMax));
    }
    if (std::ranges::any_of(name, is_control)) {
        return refuse("the file name has control characters");
    }
    if (name.find('/') != std::string_view::npos) {
        return refuse("the file name has a slash: give the name without its folder");
    }
    if (name.find_first_not_of('.') == std::string_view::npos) {
        return refuse("the file name has only dots");
    }
    return std::monostate{};
}

Result<std::monostate> check_supported(std::string_view filename, std::string_view content_type,
                                       std::string field) {
    if (formats::may_be_supported(filename, content_type)) return std::monostate{};
    return fail(Errc::unsupported,
                fmt::format("{} ({}) is of no supported format: use {}", filename,
                            content_type.empty() ? "no content type" : content_type,
                            formats::supported_extensions()),
                std::move(field));
}

domain::ObjectKey output_key(const domain::JobId& job_id, std::uint32_t index,
                             std::string_view filename, formats::OutputKind kind) {
    const auto folder = kind == formats::OutputKind::markdown ? kDocumentsPrefix : kSidecarsPrefix;
    return domain::ObjectKey(fmt::format("{}{}/{}-{}{}", folder, job_id.value(), index,
                                         output_name(filename), formats::row_of(kind).extension));
}

std::optional<domain::ObjectKey> domain::JobFile::* recorded_key(formats::OutputKind kind) {
    switch (kind) {
        case formats::OutputKind::markdown:
            return &domain::JobFile::markdown_key;
        case formats::OutputKind::sidecar:
            return &domain::JobFile::sidecar_key;
        case formats::OutputKind::chunks:
            return &domain::JobFile::chunks_key;
        case formats::OutputKind::html:
        case formats::OutputKind::text:
        case formats::OutputKind::docling:
            return nullptr;
    }
    return nullptr;
}

domain::ObjectKey manifest_key(const domain::JobId& job_id) {
    return domain::ObjectKey(fmt::format("{}{}/manifest.json", kDocumentsPrefix, job_id.value()));
}

std::optional<domain::JobId> job_of_output(std::string_view key) {
    for (const std::string_view prefix : {kDocumentsPrefix, kSidecarsPrefix}) {
        if (!key.starts_with(prefix)) continue;
        const auto rest = key.substr(prefix.size());
        const auto end = rest.find('/');
        if (end == 0 || end == std::string_view::npos) return std::nullopt;
        return domain::JobId(std::string(rest.substr(0, end)));
    }
    return std::nullopt;
}

}  // namespace ingestor::jobs

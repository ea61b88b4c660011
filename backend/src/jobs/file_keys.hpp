#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/ids.hpp"
#include "domain/job.hpp"
#include "domain/object_key.hpp"
#include "formats/outputs.hpp"

namespace ingestor::jobs {

/// `uploads/{user id, percent-encoded}/`: all that a user may name as a document of theirs. The
/// encoding keeps a `/` inside a user id from reaching into the prefix of somebody else.
[[nodiscard]] std::string upload_prefix(const domain::UserId& user_id);

/// A new key under the user's prefix: `{prefix}{UUIDv7}/{filename}`, the name shortened where the
/// key would be over kObjectKeyBytesMax. Errors: invalid_argument (the user id alone fills it).
[[nodiscard]] Result<domain::ObjectKey> new_upload_key(const domain::UserId& user_id,
                                                       std::string_view filename, TimePoint now);

/// `inbox/{user id, percent-encoded}/`: where what a user puts becomes a job by itself.
[[nodiscard]] std::string inbox_prefix(const domain::UserId& user_id);

/// Whether it is one of the two prefixes of the user. Compares byte by byte. A key is a string:
/// `..` in it is nothing special.
[[nodiscard]] bool owns_key(const domain::UserId& user_id, std::string_view key);

/// Whose upload the key names, in the inbox or not; nullopt: none of ours.
[[nodiscard]] std::optional<domain::UserId> owner_of_upload(std::string_view key);
/// Whose inbox the key is in; nullopt: in none.
[[nodiscard]] std::optional<domain::UserId> owner_of_inbox(std::string_view key);

/// What stands after the last slash.
[[nodiscard]] std::string_view last_segment(std::string_view key);

/// 1..kFilenameCharactersMax characters of UTF-8 without a slash or a control character, and not
/// only dots. Errors: invalid_argument, with `field`.
[[nodiscard]] Result<std::monostate> check_filename(std::string_view name, std::string field);

/// Whether a document of that name and media type (empty: none is known) may be of a format that is
/// read. Errors: unsupported, with `field`.
[[nodiscard]] Result<std::monostate> check_supported(std::string_view filename,
                                                     std::string_view content_type,
                                                     std::string field);

/// Where an output of document `index` (from 0) of a job stands. Deterministic, so that a second
/// attempt overwrites what the first one left.
[[nodiscard]] domain::ObjectKey output_key(const domain::JobId& job_id, std::uint32_t index,
                                           std::string_view filename, formats::OutputKind kind);
/// Which member of a file has the key of an output, once it is stored; null for a kind that is not.
[[nodiscard]] std::optional<domain::ObjectKey> domain::JobFile::* recorded_key(
    formats::OutputKind kind);
[[nodiscard]] domain::ObjectKey manifest_key(const domain::JobId& job_id);
/// The job whose output or manifest the key names; nullopt: it names none.
[[nodiscard]] std::optional<domain::JobId> job_of_output(std::string_view key);

/// The folders that outputs are in, with a slash at their ends, in order: a job's are in
/// `{folder}{job id}/`.
[[nodiscard]] std::span<const std::string_view> output_folders();

}  // namespace ingestor::jobs

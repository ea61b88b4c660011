#pragma once

#include <cstddef>
#include <cstdint>

#include "domain/job.hpp"

namespace ingestor::api {

/// Signing in, which anybody may try: a code or nothing.
inline constexpr std::uint64_t kSignInJsonBytesMax = std::uint64_t{16} << 10;

/// Every other JSON body but a submit's. A thousand job ids take 39,000 bytes.
inline constexpr std::uint64_t kSmallJsonBytesMax = std::uint64_t{64} << 10;

/// A rule with its targets: five, each with a template and its paths, and a pattern; every quote in
/// them escaped.
inline constexpr std::uint64_t kBusJsonBytesMax = std::uint64_t{512} << 10;

/// A submit's: a full job with the longest keys and names, each character beyond ASCII written as
/// an escape, as Python's `json` does. UTF-8 of two bytes grows most by that, to six; a character
/// outside the basic plane takes twelve.
inline constexpr std::uint64_t kSubmitJsonBytesMax = [] {
    constexpr std::uint64_t kCharacterBytes = 12;
    constexpr std::uint64_t kKeyBytes = 3 * domain::kObjectKeyBytesMax;
    constexpr std::uint64_t kNameBytes = kCharacterBytes * domain::kFilenameCharactersMax;
    constexpr std::uint64_t kSyntaxBytes = 96;  // Of one file, indented.
    return domain::kFilesInJobMax * (kKeyBytes + kNameBytes + kSyntaxBytes) +
           kCharacterBytes * domain::kJobNameCharactersMax + 256;
}();

/// Values, members and elements of one JSON body: what it takes in memory is in proportion to
/// them. A full job has three a file; a client may send more that is not looked at.
inline constexpr std::size_t kJsonValuesMax = 16 * domain::kFilesInJobMax;

}  // namespace ingestor::api

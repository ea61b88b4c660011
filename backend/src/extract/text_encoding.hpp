#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor::extract {

/// A text file as UTF-8: line ends are `\n`, no byte order mark, no NUL.
struct DecodedText {
    std::string text;
    std::string encoding;   ///< ICU's name of what the bytes were taken for.
    bool repaired = false;  ///< Some bytes meant nothing and became U+FFFD.
};

/// True where the bytes are no text in any encoding: too many control characters, or NULs that no
/// 16- or 32-bit encoding explains.
[[nodiscard]] bool is_binary(std::string_view bytes);

/// Reads text of any encoding: a byte order mark decides, then `declared` (what a document says of
/// itself; may be empty or wrong), then UTF-8 if it is well-formed, then statistics.
/// Errors: unsupported (not text).
[[nodiscard]] Result<DecodedText> decode_text(std::string_view bytes,
                                              std::string_view declared = {});

/// Loads the tables that decoding needs, before a sandbox closes.
void warm_up_text_encoding();

}  // namespace ingestor::extract

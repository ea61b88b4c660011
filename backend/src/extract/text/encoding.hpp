#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor::extract::text {

/// A text file as UTF-8: line ends are `\n`; without byte order mark, NULs and what is for
/// terminals only.
struct DecodedText {
    std::string text;
    std::string encoding;  ///< ICU's name of what the bytes were taken for.
    /// What a reader of the text should know: bytes that meant nothing and became U+FFFD, lines in
    /// another encoding, an encoding that is a guess. Empty where all is well.
    std::string warning;
};

/// True where the bytes are no text in any encoding: too many control characters, or NULs that no
/// 16- or 32-bit encoding explains.
[[nodiscard]] bool is_binary(std::string_view bytes);

/// Reads text of any encoding. A byte order mark decides; then well-formed UTF-8; then zero bytes
/// at the places where 16- and 32-bit encodings have them; then, of `declared` (what a document
/// says of itself; may be empty or wrong), what detectors say, and every encoding that was in use,
/// the one that makes the bytes most like text of a language. A result that is hardly like one has
/// a warning. Errors: unsupported (not text).
[[nodiscard]] Result<DecodedText> decode_text(std::string_view bytes,
                                              std::string_view declared = {});

/// Loads the tables that decoding needs, before a sandbox closes.
void warm_up_text_encoding();

}  // namespace ingestor::extract::text

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingestor::extract::text {

/// Bytes of a named encoding as UTF-8.
struct Conversion {
    std::string text;
    std::size_t bad = 0;  ///< Characters that the encoding does not have, now U+FFFD, or controls.
};

/// Nothing where ICU knows no such encoding.
[[nodiscard]] std::optional<Conversion> convert(std::string_view bytes,
                                                const std::string& encoding);

/// The encoding in use where a name promises less: the supersets that browsers take as well.
[[nodiscard]] std::string superset(std::string_view name);

/// What uchardet and ICU take the bytes for, the likelier first.
[[nodiscard]] std::vector<std::string> detect_encodings(std::string_view sample);

/// What windows-1252 has at 0x80 to 0x9F; a blank where it has nothing.
[[nodiscard]] char32_t windows_1252(unsigned char byte);

/// Has ICU take its tables from the library alone, so that it opens no file.
void keep_tables_in_memory();

}  // namespace ingestor::extract::text

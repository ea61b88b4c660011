#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "formats/limits.hpp"

/// The one table of document formats. Detection, the API, the web page (through GET /service) and
/// docs/formats/documents.md list formats from it and from nowhere else. A further format is a row
/// here and a folder in extract/formats with its parser, which extract/pipeline/parsers.cpp names.
namespace ingestor::formats {

enum class Format : std::uint8_t { pdf, docx, html, markdown, csv, text };

/// What tells that a file is of a format. The content does; a name decides only between kinds of
/// text that look alike.
enum class Told : std::uint8_t {
    by_signature,  ///< Its bytes begin so.
    by_package,    ///< It is a ZIP package whose content types hold the signature.
    by_markup,     ///< It is text that begins with the format's markup.
    by_name,       ///< It is text under one of the format's extensions.
    as_text,       ///< It is any other text.
};

struct Extension {
    std::string_view name;  ///< Lower-case, without the dot.
    std::string_view media_type;
};

struct Row {
    Format format;
    std::string_view name;                  ///< In outputs, metrics and logs; never to change.
    std::string_view title;                 ///< For people, within a sentence.
    std::span<const Extension> extensions;  ///< The first is the usual one.
    std::span<const std::string_view> other_media_types;  ///< That clients send for the same.
    Told told;
    std::string_view signature = {};
    /// Of a package that does not declare its content: the part that it must have.
    std::string_view package_part = {};
    ParseLimits limits = {};

    /// The registered name of the format itself.
    [[nodiscard]] std::string_view media_type() const { return extensions.front().media_type; }
};

[[nodiscard]] std::span<const Row> table();
[[nodiscard]] const Row& row_of(Format format);
/// Null where no format has it.
[[nodiscard]] const Row* row_of_extension(std::string_view extension);

/// A kind of file that is recognised and not read, so that a refusal can name it.
struct UnreadKind {
    std::string_view title;  ///< With its article.
    std::span<const std::string_view> extensions = {};
    /// Text: the extension tells. Binary: the signature, or, of a package, its content types.
    enum class Holds : std::uint8_t { bytes, package, text } holds = Holds::bytes;
    std::string_view signature = {};
    /// The signature may as well be the beginning of a text.
    bool is_word = false;
};

[[nodiscard]] std::span<const UnreadKind> unread_kinds();
/// Null where none has it.
[[nodiscard]] const UnreadKind* unread_kind_of_extension(std::string_view extension);

/// "pdf" of "dir/Report.PDF"; empty where the name has none.
[[nodiscard]] std::string extension_of(std::string_view filename);

/// True where the name's extension or the media type is one that we may be able to read; also where
/// neither says anything, since the content decides in the end. The media type may carry
/// parameters.
[[nodiscard]] bool may_be_supported(std::string_view filename, std::string_view content_type);

/// For messages: "pdf, docx, …", the usual extension of each format.
[[nodiscard]] std::string supported_extensions();
/// For messages: "PDF, Word (DOCX), … and plain text".
[[nodiscard]] std::string supported_titles();

}  // namespace ingestor::formats

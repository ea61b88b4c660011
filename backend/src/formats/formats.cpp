#include "formats/formats.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/encoding.hpp"

namespace ingestor::formats {
namespace {

using namespace std::string_view_literals;

constexpr std::array kPdf = {Extension{"pdf", "application/pdf"}};
constexpr std::array kPdfOther = {"application/x-pdf"sv};
constexpr std::array kDocx = {
    Extension{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    Extension{"docm", "application/vnd.ms-word.document.macroenabled.12"},
    Extension{"dotx", "application/vnd.openxmlformats-officedocument.wordprocessingml.template"}};
constexpr std::array kHtml = {Extension{"html", "text/html"}, Extension{"htm", "text/html"},
                              Extension{"xhtml", "application/xhtml+xml"},
                              Extension{"shtml", "text/html"}};
constexpr std::array kMarkdown = {
    Extension{"md", "text/markdown"}, Extension{"markdown", "text/markdown"},
    Extension{"mdown", "text/markdown"}, Extension{"mkd", "text/markdown"},
    Extension{"mkdn", "text/markdown"}};
constexpr std::array kMarkdownOther = {"text/x-markdown"sv};
constexpr std::array kCsv = {
    Extension{"csv", "text/csv"}, Extension{"tsv", "text/tab-separated-values"},
    Extension{"tab", "text/tab-separated-values"}, Extension{"psv", "text/csv"}};
constexpr std::array kCsvOther = {"application/csv"sv};
constexpr std::array kText = {Extension{"txt", "text/plain"}, Extension{"text", "text/plain"},
                              Extension{"log", "text/plain"}};

constexpr std::array kTable = {
    Row{.format = Format::pdf,
        .name = "pdf",
        .title = "PDF",
        .extensions = kPdf,
        .other_media_types = kPdfOther,
        .told = Told::by_signature,
        .signature = "%PDF-"},
    Row{.format = Format::docx,
        .name = "docx",
        .title = "Word (DOCX)",
        .extensions = kDocx,
        .other_media_types = {},
        .told = Told::by_package,
        .signature = "wordprocessingml",
        .package_part = "word/document.xml"},
    Row{.format = Format::html,
        .name = "html",
        .title = "HTML",
        .extensions = kHtml,
        .other_media_types = {},
        .told = Told::by_markup},
    Row{.format = Format::markdown,
        .name = "markdown",
        .title = "Markdown",
        .extensions = kMarkdown,
        .other_media_types = kMarkdownOther,
        .told = Told::by_name},
    Row{.format = Format::csv,
        .name = "csv",
        .title = "CSV",
        .extensions = kCsv,
        .other_media_types = kCsvOther,
        .told = Told::by_name},
    Row{.format = Format::text,
        .name = "text",
        .title = "plain text",
        .extensions = kText,
        .other_media_types = {},
        .told = Told::as_text},
};

consteval bool rows_stand_in_order() {
    for (std::size_t i = 0; i < kTable.size(); ++i) {
        if (std::to_underlying(kTable[i].format) != i) return false;
    }
    return kTable.size() == std::to_underlying(Format::text) + std::size_t{1};
}
static_assert(rows_stand_in_order(), "row_of() takes a format for the number of its row");

using Holds = UnreadKind::Holds;

constexpr std::array kXlsx = {"xlsx"sv, "xlsm"sv};
constexpr std::array kPptx = {"pptx"sv, "pptm"sv};
constexpr std::array kOpenDocument = {"odt"sv, "ods"sv, "odp"sv};
constexpr std::array kEpub = {"epub"sv};
constexpr std::array kOldOffice = {"doc"sv, "xls"sv, "ppt"sv};
constexpr std::array kZip = {"zip"sv};
constexpr std::array kMail = {"eml"sv, "mht"sv, "mhtml"sv, "mbox"sv};
constexpr std::array kXml = {"xml"sv, "nxml"sv, "svg"sv, "rss"sv, "atom"sv, "xsd"sv, "xsl"sv};
constexpr std::array kJson = {"json"sv, "jsonl"sv, "ndjson"sv, "geojson"sv, "ipynb"sv};
constexpr std::array kRtf = {"rtf"sv};
constexpr std::array kPng = {"png"sv};
constexpr std::array kJpeg = {"jpg"sv, "jpeg"sv};
constexpr std::array kGif = {"gif"sv};
constexpr std::array kTiff = {"tif"sv, "tiff"sv};

constexpr std::array kUnread = {
    UnreadKind{"an Excel workbook (XLSX)", kXlsx, Holds::package, "spreadsheetml"},
    UnreadKind{"a PowerPoint presentation (PPTX)", kPptx, Holds::package, "presentationml"},
    UnreadKind{"an OpenDocument file", kOpenDocument, Holds::package,
               "application/vnd.oasis.opendocument"},
    UnreadKind{"an EPUB book", kEpub, Holds::package, "application/epub"},
    UnreadKind{"an Office document of the time before 2007", kOldOffice, Holds::bytes,
               "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"},
    UnreadKind{"a zip archive", kZip, Holds::bytes, "PK\x03\x04"},
    UnreadKind{"a mail message", kMail, Holds::text},
    UnreadKind{"an XML document", kXml, Holds::text},
    UnreadKind{"JSON data", kJson, Holds::text},
    UnreadKind{"an RTF document", kRtf, Holds::text, "{\\rtf"},
    UnreadKind{"a PNG picture", kPng, Holds::bytes, "\x89PNG\r\n"},
    UnreadKind{"a JPEG picture", kJpeg, Holds::bytes, "\xFF\xD8\xFF"},
    UnreadKind{"a GIF picture", kGif, Holds::bytes, "GIF8", true},
    UnreadKind{"a TIFF picture", kTiff, Holds::bytes, "II*\0"sv},
    UnreadKind{"a TIFF picture", kTiff, Holds::bytes, "MM\0*"sv},
    UnreadKind{"a BMP picture", {}, Holds::bytes, "BM", true},
    UnreadKind{"a program",
               {},
               Holds::bytes,
               "\x7F"
               "ELF"},
    UnreadKind{"a program", {}, Holds::bytes, "MZ", true},
    UnreadKind{"a gzip archive", {}, Holds::bytes, "\x1F\x8B"},
    UnreadKind{"a bzip2 archive", {}, Holds::bytes, "BZh", true},
    UnreadKind{"an xz archive",
               {},
               Holds::bytes,
               "\xFD"
               "7zXZ"},
    UnreadKind{"a Zstandard archive", {}, Holds::bytes, "\x28\xB5\x2F\xFD"},
    UnreadKind{"a 7-Zip archive", {}, Holds::bytes, "7z\xBC\xAF"},
    UnreadKind{"a RAR archive", {}, Holds::bytes, "Rar!", true},
    UnreadKind{"an Ogg recording", {}, Holds::bytes, "OggS", true},
    UnreadKind{"an MP3 recording", {}, Holds::bytes, "ID3", true},
    UnreadKind{"a FLAC recording", {}, Holds::bytes, "fLaC", true},
    UnreadKind{"a PostScript document", {}, Holds::text, "%!PS"},
    UnreadKind{"a SQLite database", {}, Holds::bytes, "SQLite format 3\0"sv},
    UnreadKind{"a WebAssembly program", {}, Holds::bytes, "\0asm"sv},
    UnreadKind{"a font", {}, Holds::bytes, "wOFF", true},
};

/// What clients send when they do not know.
constexpr std::array kUnknownTypes = {""sv, "application/octet-stream"sv, "binary/octet-stream"sv};

/// Without parameters and blanks, in lower case.
std::string media_type_of(std::string_view content_type) {
    content_type = content_type.substr(0, content_type.find(';'));
    const auto first = content_type.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    const auto last = content_type.find_last_not_of(" \t");
    return lower_case(content_type.substr(first, last - first + 1));
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool has_media_type(const Row& row, std::string_view type) {
    return std::ranges::find(row.extensions, type, &Extension::media_type) !=
               row.extensions.end() ||
           contains(row.other_media_types, type);
}

}  // namespace

std::span<const Row> table() {
    return kTable;
}

const Row& row_of(Format format) {
    return kTable[std::to_underlying(format)];
}

const Row* row_of_extension(std::string_view extension) {
    const auto* const found = std::ranges::find_if(kTable, [&](const Row& row) {
        return std::ranges::find(row.extensions, extension, &Extension::name) !=
               row.extensions.end();
    });
    return found == kTable.end() ? nullptr : found;
}

std::span<const UnreadKind> unread_kinds() {
    return kUnread;
}

const UnreadKind* unread_kind_of_extension(std::string_view extension) {
    const auto* const found = std::ranges::find_if(
        kUnread, [&](const UnreadKind& kind) { return contains(kind.extensions, extension); });
    return found == kUnread.end() ? nullptr : found;
}

std::string extension_of(std::string_view filename) {
    filename = filename.substr(filename.rfind('/') + 1);
    const auto dot = filename.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    return lower_case(filename.substr(dot + 1));
}

bool may_be_supported(std::string_view filename, std::string_view content_type) {
    const auto extension = extension_of(filename);
    if (row_of_extension(extension) != nullptr) return true;
    const auto type = media_type_of(content_type);
    if (std::ranges::any_of(kTable, [&](const Row& row) { return has_media_type(row, type); })) {
        return true;
    }
    return extension.empty() && contains(kUnknownTypes, type);
}

std::string supported_extensions() {
    std::string out;
    for (const Row& row : kTable) {
        if (!out.empty()) out += ", ";
        out += row.extensions.front().name;
    }
    return out;
}

std::string supported_titles() {
    std::string out;
    for (const Row& row : kTable) {
        if (!out.empty()) out += &row == &kTable.back() ? " and " : ", ";
        out += row.title;
    }
    return out;
}

}  // namespace ingestor::formats

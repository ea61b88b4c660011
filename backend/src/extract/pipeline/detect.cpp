#include "extract/pipeline/detect.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "extract/container/zip_package.hpp"
#include "extract/text/encoding.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::pipeline {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSampleBytes = 4096;
/// A PDF's header may stand behind this much of something else.
constexpr std::size_t kPdfHeaderWithin = 1024;
/// Bound of the small parts that tell what a package is.
constexpr std::uint64_t kPackageHeadBytesMax = std::uint64_t{16} << 20;

struct Signature {
    std::string_view bytes;
    std::string_view name;
};

/// Formats that are known but not read, by their first bytes.
constexpr std::array kSignatures = {
    Signature{"\x89PNG\r\n"sv, "a PNG picture"},
    Signature{"\xFF\xD8\xFF"sv, "a JPEG picture"},
    Signature{"GIF8"sv, "a GIF picture"},
    Signature{"II*\0"sv, "a TIFF picture"},
    Signature{"MM\0*"sv, "a TIFF picture"},
    Signature{"BM"sv, "a BMP picture"},
    Signature{"{\\rtf"sv, "an RTF document"},
    Signature{"\x7F"
              "ELF"sv,
              "a program"},
    Signature{"MZ"sv, "a program"},
    Signature{"\x1F\x8B"sv, "a gzip archive"},
    Signature{"BZh"sv, "a bzip2 archive"},
    Signature{"\xFD"
              "7zXZ"sv,
              "an xz archive"},
    Signature{"\x28\xB5\x2F\xFD"sv, "a Zstandard archive"},
    Signature{"7z\xBC\xAF"sv, "a 7-Zip archive"},
    Signature{"Rar!"sv, "a RAR archive"},
    Signature{"OggS"sv, "an Ogg recording"},
    Signature{"ID3"sv, "an MP3 recording"},
    Signature{"fLaC"sv, "a FLAC recording"},
    Signature{"%!PS"sv, "a PostScript document"},
    Signature{"SQLite format 3"sv, "a SQLite database"},
    Signature{"\0asm"sv, "a WebAssembly program"},
    Signature{"wOFF"sv, "a font"},
};

/// Short signatures are words of plain text as well; these need binary content beside them.
bool is_common_word(std::string_view signature) {
    return signature == "BM" || signature == "MZ" || signature == "ID3" || signature == "BZh" ||
           signature == "GIF8" || signature == "Rar!" || signature == "OggS" ||
           signature == "fLaC" || signature == "wOFF";
}

std::unexpected<Error> unsupported(std::string_view what) {
    return fail(Errc::unsupported,
                "this is " + std::string(what) +
                    ", which is not read; PDF, DOCX, HTML, Markdown, CSV and plain text are");
}

std::string extension_of(std::string_view filename) {
    const std::size_t dot = filename.rfind('.');
    const std::size_t slash = filename.rfind('/');
    if (dot == std::string_view::npos || (slash != std::string_view::npos && slash > dot))
        return {};
    return text::to_lower_ascii(filename.substr(dot + 1));
}

/// A package of OpenDocument or EPUB says what it is in its first entry.
std::optional<std::unexpected<Error>> open_document(container::ZipPackage& package) {
    const auto type = package.read("mimetype", 256);
    if (!type) return std::nullopt;
    const auto manifest = package.read("META-INF/manifest.xml", kPackageHeadBytesMax);
    if (manifest && manifest->find("encryption-data") != std::string::npos) {
        return fail(Errc::encrypted, "the document needs a password");
    }
    if (type->starts_with("application/epub")) return unsupported("an EPUB book");
    if (type->starts_with("application/vnd.oasis.opendocument")) {
        return unsupported("an OpenDocument file");
    }
    return std::nullopt;
}

Result<Format> detect_zip(std::string_view bytes) {
    auto package = container::ZipPackage::open(bytes, kPackageHeadBytesMax * 2);
    if (!package) return std::unexpected(package.error());
    if (auto refused = open_document(*package)) return *refused;
    const auto types = package->read("[Content_Types].xml", kPackageHeadBytesMax);
    if (!types && types.error().code == Errc::not_found) {
        if (package->has("word/document.xml")) return Format::docx;
        return unsupported("a zip archive");
    }
    if (!types) return std::unexpected(types.error());
    if (types->find("wordprocessingml") != std::string::npos) return Format::docx;
    if (types->find("spreadsheetml") != std::string::npos)
        return unsupported("an Excel workbook (XLSX)");
    if (types->find("presentationml") != std::string::npos) {
        return unsupported("a PowerPoint presentation (PPTX)");
    }
    if (package->has("word/document.xml")) return Format::docx;
    return fail(Errc::corrupt, "the Office package has no document part");
}

/// Compound files (MS-CFB) name their streams in UTF-16.
Result<Format> detect_compound(std::string_view bytes) {
    std::string name;
    for (const char c : "EncryptedPackage"sv) {
        name += c;
        name += '\0';
    }
    if (bytes.find(name) != std::string_view::npos) {
        return fail(Errc::encrypted, "the document needs a password");
    }
    return unsupported("an Office document of the time before 2007");
}

bool starts_with_tag(std::string_view lower, std::string_view tag) {
    if (!lower.starts_with(tag)) return false;
    const char next = lower.size() > tag.size() ? lower[tag.size()] : '>';
    return next == '>' || next == ' ' || next == '\n' || next == '\t' || next == '\r' ||
           next == '/';
}

/// What stands before the first element is skipped: comments and instructions.
std::string_view skip_prolog(std::string_view lower) {
    while (true) {
        lower = text::trim(lower);
        const bool comment = lower.starts_with("<!--");
        if (!comment && !lower.starts_with("<?")) return lower;
        const std::string_view close = comment ? "-->" : ">";
        const std::size_t end = lower.find(close);
        if (end == std::string_view::npos) return {};
        lower.remove_prefix(end + close.size());
    }
}

bool is_html(std::string_view lower, bool name_says_markdown) {
    const std::string_view head = skip_prolog(lower);
    if (head.starts_with("<!doctype html") || starts_with_tag(head, "<html")) return true;
    if (name_says_markdown) return false;
    constexpr std::array kTags = {"<head"sv,   "<body"sv, "<title"sv,   "<meta"sv,  "<script"sv,
                                  "<style"sv,  "<div"sv,  "<p"sv,       "<table"sv, "<h1"sv,
                                  "<h2"sv,     "<ul"sv,   "<article"sv, "<main"sv,  "<section"sv,
                                  "<center"sv, "<font"sv, "<br"sv};
    return std::ranges::any_of(kTags,
                               [&](std::string_view tag) { return starts_with_tag(head, tag); });
}

/// A message begins with header lines of which some are always there.
bool is_mail(std::string_view lower) {
    std::size_t known = 0;
    for (int line = 0; line < 40 && !lower.empty(); ++line) {
        const std::size_t end = std::min(lower.find('\n'), lower.size());
        const std::string_view field = lower.substr(0, end);
        if (text::trim(field).empty()) break;
        for (const std::string_view name :
             {"from:"sv, "to:"sv, "subject:"sv, "date:"sv, "received:"sv, "mime-version:"sv,
              "message-id:"sv, "return-path:"sv, "content-type:"sv}) {
            if (field.starts_with(name)) ++known;
        }
        const bool folded = field.front() == ' ' || field.front() == '\t';
        if (!folded && field.find(':') == std::string_view::npos && line > 0) return false;
        lower.remove_prefix(std::min(end + 1, lower.size()));
    }
    return known >= 3;
}

Result<Format> detect_text(std::string_view bytes, std::string_view filename) {
    const auto decoded = text::decode_text(bytes.substr(0, kSampleBytes));
    if (!decoded) return unsupported("an unknown kind of binary file");
    const std::string lower = text::to_lower_ascii(decoded->text);
    const std::string_view head = text::trim(lower);
    if (head.empty() && bytes.size() <= kSampleBytes) {
        return fail(Errc::empty, "the file holds nothing but blanks");
    }
    const std::string extension = extension_of(filename);
    const auto named = [&](std::initializer_list<std::string_view> extensions) {
        return std::ranges::find(extensions, extension) != extensions.end();
    };
    const bool markdown = named({"md", "markdown", "mdown", "mkd", "mkdn"});
    if (is_html(head, markdown)) return Format::html;
    if (markdown) return Format::markdown;
    if (named({"html", "htm", "xhtml", "shtml"})) return Format::html;
    if (named({"csv", "tsv", "tab", "psv"})) return Format::csv;
    if (named({"eml", "mht", "mhtml", "mbox"}) || is_mail(head))
        return unsupported("a mail message");
    if (head.starts_with("<?xml") || named({"xml", "nxml", "svg", "rss", "atom", "xsd", "xsl"})) {
        return unsupported("an XML document");
    }
    if (named({"json", "jsonl", "ndjson", "geojson", "ipynb"})) return unsupported("JSON data");
    if (named({"rtf"})) return unsupported("an RTF document");
    if (named({"pdf", "docx", "docm", "dotx"})) {
        return fail(Errc::corrupt, "the file is named ." + extension + " but holds something else");
    }
    if (named({"xlsx", "pptx", "odt", "ods", "odp", "epub", "doc", "xls", "ppt", "zip", "png",
               "jpg", "jpeg", "tif", "tiff", "gif"})) {
        return fail(Errc::unsupported, "the file is named ." + extension +
                                           " but holds something else, and neither is read");
    }
    return Format::text;
}

}  // namespace

std::string_view to_string(Format format) {
    switch (format) {
        case Format::pdf:
            return "pdf";
        case Format::docx:
            return "docx";
        case Format::html:
            return "html";
        case Format::markdown:
            return "markdown";
        case Format::csv:
            return "csv";
        case Format::text:
            return "text";
    }
    return "text";
}

std::string_view content_type(Format format) {
    switch (format) {
        case Format::pdf:
            return "application/pdf";
        case Format::docx:
            return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        case Format::html:
            return "text/html";
        case Format::markdown:
            return "text/markdown";
        case Format::csv:
            return "text/csv";
        case Format::text:
            return "text/plain";
    }
    return "text/plain";
}

Result<Format> detect(std::string_view bytes, std::string_view filename) {
    if (bytes.empty()) return fail(Errc::empty, "the file is empty");
    if (text::trim(bytes.substr(0, 64)).starts_with("%PDF-")) return Format::pdf;
    // Logs that were cut while a program wrote on begin with zero bytes, as many as it had written.
    const std::size_t begin = std::min(bytes.find_first_not_of('\0'), bytes.size());
    const bool cut = begin >= kSampleBytes && begin < bytes.size();
    const std::string_view written = cut ? bytes.substr(begin) : bytes;
    const bool binary = text::is_binary(written.substr(0, kSampleBytes));
    const bool pdf_follows =
        bytes.substr(0, kPdfHeaderWithin + 5).find("%PDF-") != std::string_view::npos;
    if (pdf_follows && (binary || extension_of(filename) == "pdf")) return Format::pdf;
    if (bytes.starts_with("PK\x03\x04"sv) || bytes.starts_with("PK\x05\x06"sv))
        return detect_zip(bytes);
    if (bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv)) return detect_compound(bytes);
    for (const Signature& signature : kSignatures) {
        if (!bytes.starts_with(signature.bytes)) continue;
        if (!is_common_word(signature.bytes) || binary) return unsupported(signature.name);
    }
    if (bytes.starts_with("RIFF") && bytes.size() >= 12) {
        const std::string_view kind = bytes.substr(8, 4);
        if (kind == "WAVE") return unsupported("a WAV recording");
        if (kind == "WEBP") return unsupported("a WebP picture");
        if (kind == "AVI ") return unsupported("an AVI film");
    }
    if (bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp")
        return unsupported("a film or picture (MPEG-4)");
    if (binary) return unsupported("an unknown kind of binary file");
    return detect_text(written, filename);
}

}  // namespace ingestor::extract::pipeline

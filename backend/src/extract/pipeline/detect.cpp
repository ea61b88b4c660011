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
using formats::Row;
using formats::Told;
using formats::UnreadKind;

constexpr std::size_t kSampleBytes = 4096;
/// A signature may stand behind this much of something else, as readers of PDF allow.
constexpr std::size_t kHeaderWithin = 1024;
/// Bound of the small parts that tell what a package is.
constexpr std::uint64_t kPackageHeadBytesMax = std::uint64_t{16} << 20;

std::unexpected<Error> unsupported(std::string_view what) {
    return fail(Errc::unsupported, "this is " + std::string(what) + ", which is not read; " +
                                       formats::supported_titles() + " are");
}

std::unexpected<Error> unsupported(const UnreadKind* kind) {
    return unsupported(kind == nullptr ? "an unknown kind of file" : kind->title);
}

/// What a package says of its content tells the format, or that it is none that is read.
std::optional<Result<Format>> format_of_package(std::string_view declared) {
    for (const Row& row : formats::table()) {
        if (row.told == Told::by_package && declared.find(row.signature) != declared.npos)
            return row.format;
    }
    for (const UnreadKind& kind : formats::unread_kinds()) {
        if (kind.holds == UnreadKind::Holds::package &&
            declared.find(kind.signature) != declared.npos)
            return unsupported(&kind);
    }
    return std::nullopt;
}

std::optional<Format> format_of_parts(const container::ZipPackage& package) {
    for (const Row& row : formats::table()) {
        if (!row.package_part.empty() && package.has(std::string(row.package_part)))
            return row.format;
    }
    return std::nullopt;
}

Result<Format> detect_zip(std::string_view bytes) {
    auto package = container::ZipPackage::open(bytes, kPackageHeadBytesMax * 2);
    if (!package) return std::unexpected(package.error());
    // Packages of OpenDocument and EPUB say what they are in their first entry.
    if (const auto type = package->read("mimetype", 256)) {
        const auto manifest = package->read("META-INF/manifest.xml", kPackageHeadBytesMax);
        if (manifest && manifest->find("encryption-data") != std::string::npos)
            return fail(Errc::encrypted, "the document needs a password");
        if (const auto told = format_of_package(*type)) return *told;
    }
    const auto types = package->read("[Content_Types].xml", kPackageHeadBytesMax);
    if (!types && types.error().code != Errc::not_found) return std::unexpected(types.error());
    if (types) {
        if (const auto told = format_of_package(*types)) return *told;
    }
    if (const auto format = format_of_parts(*package)) return *format;
    if (types) return fail(Errc::corrupt, "the Office package has no document part");
    return unsupported(formats::unread_kind_of_extension("zip"));
}

std::optional<Format> format_of_signature(std::string_view head) {
    for (const Row& row : formats::table()) {
        if (row.told == Told::by_signature && head.starts_with(row.signature)) return row.format;
    }
    return std::nullopt;
}

/// Where something else stands before the document, as servers and mail programs leave it.
std::optional<Format> format_that_follows(std::string_view bytes) {
    for (const Row& row : formats::table()) {
        if (row.told == Told::by_signature &&
            bytes.substr(0, kHeaderWithin + row.signature.size()).find(row.signature) != bytes.npos)
            return row.format;
    }
    return std::nullopt;
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
    return unsupported(formats::unread_kind_of_extension("doc"));
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
    const std::string extension = formats::extension_of(filename);
    const Row* const named = formats::row_of_extension(extension);
    const UnreadKind* const unread = formats::unread_kind_of_extension(extension);
    if (is_html(head, named != nullptr && named->format == Format::markdown)) return Format::html;
    if (named != nullptr && (named->told == Told::by_name || named->told == Told::by_markup))
        return named->format;
    if (is_mail(head)) return unsupported(formats::unread_kind_of_extension("eml"));
    if (unread != nullptr && unread->holds == UnreadKind::Holds::text) return unsupported(unread);
    if (head.starts_with("<?xml")) return unsupported(formats::unread_kind_of_extension("xml"));
    if (named != nullptr && named->told != Told::as_text) {
        return fail(Errc::corrupt, "the file is named ." + extension + " but holds something else");
    }
    if (unread != nullptr) {
        return fail(Errc::unsupported, "the file is named ." + extension +
                                           " but holds something else, and neither is read");
    }
    return Format::text;
}

}  // namespace

Result<Format> detect(std::string_view bytes, std::string_view filename) {
    if (bytes.empty()) return fail(Errc::empty, "the file is empty");
    if (const auto format = format_of_signature(text::trim(bytes.substr(0, 64)))) return *format;
    // Logs that were cut while a program wrote on begin with zero bytes, as many as it had written.
    const std::size_t begin = std::min(bytes.find_first_not_of('\0'), bytes.size());
    const bool cut = begin >= kSampleBytes && begin < bytes.size();
    const std::string_view written = cut ? bytes.substr(begin) : bytes;
    const bool binary = text::is_binary(written.substr(0, kSampleBytes));
    const Row* const named = formats::row_of_extension(formats::extension_of(filename));
    if (binary || (named != nullptr && named->told == Told::by_signature)) {
        if (const auto format = format_that_follows(bytes)) return *format;
    }
    if (bytes.starts_with("PK\x03\x04"sv) || bytes.starts_with("PK\x05\x06"sv))
        return detect_zip(bytes);
    if (bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv)) return detect_compound(bytes);
    for (const UnreadKind& kind : formats::unread_kinds()) {
        if (kind.signature.empty() || kind.holds == UnreadKind::Holds::package ||
            !bytes.starts_with(kind.signature))
            continue;
        if (!kind.is_word || binary) return unsupported(&kind);
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

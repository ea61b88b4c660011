#include "jobs/accepted_types.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ingestor::jobs {

namespace {

using namespace std::string_view_literals;

constexpr auto kDocx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"sv;

constexpr AcceptedType kAccepted[] = {
    {.extension = "pdf", .content_type = "application/pdf", .name = "PDF"},
    {.extension = "docx", .content_type = kDocx, .name = "Word"},
    {.extension = "html", .content_type = "text/html", .name = "HTML"},
    {.extension = "htm", .content_type = "text/html", .name = "HTML"},
    {.extension = "xhtml", .content_type = "application/xhtml+xml", .name = "HTML"},
    {.extension = "md", .content_type = "text/markdown", .name = "Markdown"},
    {.extension = "mkd", .content_type = "text/markdown", .name = "Markdown"},
    {.extension = "mdown", .content_type = "text/markdown", .name = "Markdown"},
    {.extension = "markdown", .content_type = "text/markdown", .name = "Markdown"},
    {.extension = "csv", .content_type = "text/csv", .name = "CSV"},
    {.extension = "tsv", .content_type = "text/tab-separated-values", .name = "CSV"},
    {.extension = "tab", .content_type = "text/tab-separated-values", .name = "CSV"},
    {.extension = "txt", .content_type = "text/plain", .name = "Text"},
    {.extension = "text", .content_type = "text/plain", .name = "Text"},
    {.extension = "log", .content_type = "text/plain", .name = "Text"},
};

/// Other names that clients send for the same.
constexpr std::array kOtherMediaTypes = {"application/x-pdf"sv, "text/x-markdown"sv,
                                         "application/csv"sv};

/// What clients send when they do not know.
constexpr std::array kUnknownTypes = {""sv, "application/octet-stream"sv, "binary/octet-stream"sv};

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char sign) {
        return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign - 'A' + 'a') : sign;
    });
    return result;
}

/// Without parameters and blanks, in lower case.
std::string media_type(std::string_view content_type) {
    content_type = content_type.substr(0, content_type.find(';'));
    const auto first = content_type.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    const auto last = content_type.find_last_not_of(" \t");
    return lower(content_type.substr(first, last - first + 1));
}

std::string extension_of(std::string_view filename) {
    const auto dot = filename.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    return lower(filename.substr(dot + 1));
}

}  // namespace

bool may_be_supported(std::string_view filename, std::string_view content_type) {
    const auto end = extension_of(filename);
    const auto* const none = std::ranges::end(kAccepted);
    if (std::ranges::find(kAccepted, end, &AcceptedType::extension) != none) return true;
    const auto type = media_type(content_type);
    if (std::ranges::find(kAccepted, type, &AcceptedType::content_type) != none) return true;
    if (std::ranges::find(kOtherMediaTypes, type) != kOtherMediaTypes.end()) return true;
    return end.empty() && std::ranges::find(kUnknownTypes, type) != kUnknownTypes.end();
}

std::span<const AcceptedType> accepted_types() {
    return kAccepted;
}

std::string_view supported_extensions() {
    return "pdf, docx, html, md, csv, txt";
}

}  // namespace ingestor::jobs

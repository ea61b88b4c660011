#include "jobs/accepted_types.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ingestor {

namespace {

using namespace std::string_view_literals;

constexpr std::array kEndings = {"pdf"sv, "docx"sv, "html"sv,  "htm"sv,      "xhtml"sv,
                                 "md"sv,  "mkd"sv,  "mdown"sv, "markdown"sv, "csv"sv,
                                 "tsv"sv, "tab"sv,  "txt"sv,   "text"sv,     "log"sv};

constexpr std::array kMediaTypes = {
    "application/pdf"sv,
    "application/x-pdf"sv,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"sv,
    "text/html"sv,
    "application/xhtml+xml"sv,
    "text/markdown"sv,
    "text/x-markdown"sv,
    "text/csv"sv,
    "application/csv"sv,
    "text/tab-separated-values"sv,
    "text/plain"sv,
};

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

std::string ending(std::string_view filename) {
    const auto dot = filename.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    return lower(filename.substr(dot + 1));
}

}  // namespace

bool may_be_supported(std::string_view filename, std::string_view content_type) {
    const auto end = ending(filename);
    if (std::ranges::find(kEndings, end) != kEndings.end()) return true;
    const auto type = media_type(content_type);
    if (std::ranges::find(kMediaTypes, type) != kMediaTypes.end()) return true;
    return end.empty() && std::ranges::find(kUnknownTypes, type) != kUnknownTypes.end();
}

std::string_view supported_endings() {
    return "pdf, docx, html, md, csv, txt";
}

}  // namespace ingestor

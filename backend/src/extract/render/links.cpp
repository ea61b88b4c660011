#include "extract/render/links.hpp"

#include "extract/text/utf8.hpp"

namespace ingestor::extract::render {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Lower-case scheme of a URL, empty for relative references.
std::string scheme_of(std::string_view url) {
    std::string scheme;
    for (const char c : url) {
        if (c == ':') return scheme;
        const bool legal =
            is_letter(c) || (!scheme.empty() && (is_digit(c) || c == '+' || c == '-' || c == '.'));
        if (!legal) return {};
        scheme += static_cast<char>(is_letter(c) ? c | 0x20 : c);
    }
    return {};
}

}  // namespace

std::string safe_target(std::string_view url) {
    // Browsers skip control characters in URLs, and so must whoever judges the scheme.
    std::string clean;
    for (const char c : text::trim(url)) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) clean += c;
    }
    const std::string scheme = scheme_of(clean);
    const bool safe = scheme.empty() || scheme == "http" || scheme == "https" ||
                      scheme == "mailto" || scheme == "ftp";
    return safe ? clean : std::string();
}

}  // namespace ingestor::extract::render

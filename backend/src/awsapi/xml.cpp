#include "awsapi/xml.hpp"

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::awsapi {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// U+FFFE and U+FFFF, which are no characters of XML 1.0 (its section 2.2).
bool is_noncharacter(std::string_view text) {
    return text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF");
}

}  // namespace

std::string xml_escape(std::string_view text) {
    const bool readable = is_utf8(text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const auto byte = static_cast<unsigned char>(c);
        const bool is_space = c == '\n' || c == '\t';
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '"') {
            out += "&quot;";
        } else if (c == '\r') {
            out += "&#13;";
        } else if ((byte < 0x20 && !is_space) || (byte >= 0x80 && !readable)) {
            out += kReplacement;
        } else if (byte == 0xEF && is_noncharacter(text.substr(at))) {
            out += kReplacement;
            at += kReplacement.size() - 1;
        } else {
            out += c;
        }
    }
    return out;
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
    out += fmt::format("<{0}>{1}</{0}>", name, text);
}

}  // namespace ingestor::awsapi

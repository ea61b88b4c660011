#include "awsapi/xml.hpp"

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::awsapi {

std::string xml_escape(std::string_view text) {
    const bool readable = is_utf8(text);
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
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
            out += "\xEF\xBF\xBD";
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

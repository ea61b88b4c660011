#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "http/multipart.hpp"

namespace ingestor::http {
namespace {

/// `type; name=value; name="value"`, as Content-Type and Content-Disposition have it.
struct ParameterList {
    std::string_view type;
    std::vector<std::pair<std::string_view, std::string>> parameters;

    [[nodiscard]] const std::string* find(std::string_view name) const {
        const auto found = std::ranges::find_if(
            parameters, [name](const auto& pair) { return equal_ignoring_case(pair.first, name); });
        return found == parameters.end() ? nullptr : &found->second;
    }
};

/// Takes a quoted string off `text`. Only `\"` and `\\` are escapes: browsers of old send the path
/// of a file with its plain backslashes.
std::optional<std::string> take_quoted(std::string_view& text) {
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            text.remove_prefix(i + 1);
            return value;
        }
        const bool escapes =
            c == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
        value.push_back(escapes ? text[++i] : c);
    }
    return std::nullopt;
}

/// Nullopt: malformed.
std::optional<ParameterList> parse_parameters(std::string_view text) {
    ParameterList list;
    const auto end = std::min(text.find(';'), text.size());
    list.type = trimmed(text.substr(0, end));
    text.remove_prefix(end);
    while (!(text = trimmed(text)).empty()) {
        if (text.front() != ';') return std::nullopt;
        text = trimmed(text.substr(1));
        if (text.empty()) break;
        const auto mark = text.find_first_of("=;");
        if (mark == std::string_view::npos || text[mark] != '=') return std::nullopt;
        const auto name = trimmed(text.substr(0, mark));
        text = trimmed(text.substr(mark + 1));
        std::string value;
        if (text.starts_with('"')) {
            auto quoted = take_quoted(text);
            if (!quoted) return std::nullopt;
            value = std::move(*quoted);
        } else {
            const auto stop = std::min(text.find(';'), text.size());
            value = trimmed(text.substr(0, stop));
            text.remove_prefix(stop);
        }
        if (name.empty() || list.find(name) != nullptr) return std::nullopt;
        list.parameters.emplace_back(name, std::move(value));
    }
    return list;
}

/// RFC 8187: `UTF-8'en'%c3%a9`. Nullopt: malformed, or in another character set.
std::optional<std::string> decode_extended(std::string_view text) {
    const auto charset_end = text.find('\'');
    if (charset_end == std::string_view::npos) return std::nullopt;
    const auto language_end = text.find('\'', charset_end + 1);
    if (language_end == std::string_view::npos) return std::nullopt;
    if (!equal_ignoring_case(text.substr(0, charset_end), "utf-8")) return std::nullopt;
    return percent_decode(text.substr(language_end + 1));
}

/// Undoes what browsers do to a name between quotes (WHATWG HTML, multipart form data).
std::string unquote_mark(std::string text) {
    for (auto at = text.find("%22"); at != std::string::npos; at = text.find("%22", at + 1)) {
        text.replace(at, 3, "\"");
    }
    return text;
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Result<PartHead> read_disposition(std::string_view value) {
    const auto malformed = [](std::string_view why) {
        return fail(Errc::invalid_argument,
                    fmt::format("multipart: malformed Content-Disposition: {}", why));
    };
    const auto list = parse_parameters(value);
    if (!list) return malformed("its parameters");
    if (!equal_ignoring_case(list->type, "form-data")) return malformed("not form-data");
    const auto* name = list->find("name");
    if (name == nullptr) return malformed("no name");

    PartHead head;
    head.name = unquote_mark(*name);
    if (const auto* plain = list->find("filename")) head.filename = unquote_mark(*plain);
    if (const auto* extended = list->find("filename*")) {
        auto decoded = decode_extended(*extended);
        if (decoded) head.filename = std::move(decoded);
        if (!head.filename) return malformed("filename* is not in UTF-8");
    }
    if (head.filename) {
        const auto slash = head.filename->find_last_of("/\\");
        if (slash != std::string::npos) head.filename->erase(0, slash + 1);
    }
    for (const auto& text : {head.name, head.filename.value_or("")}) {
        if (!is_utf8(text)) return malformed("a name is not UTF-8");
    }
    // In a field's name browsers let them stand (WHATWG HTML); no file is called so.
    if (head.filename && has_control(*head.filename)) {
        return malformed("a file name holds control characters");
    }
    return head;
}

}  // namespace

Result<std::string> multipart_boundary(std::string_view content_type) {
    const auto list = parse_parameters(content_type);
    if (!list || !equal_ignoring_case(list->type, "multipart/form-data")) {
        return fail(Errc::unsupported, "the body has to be multipart/form-data");
    }
    const auto* boundary = list->find("boundary");
    // RFC 2046 section 5.1.1.
    constexpr std::string_view kMarks = "'()+_,-./:=? ";
    const bool is_legal =
        boundary != nullptr && !boundary->empty() && boundary->size() <= 70 &&
        !boundary->ends_with(' ') && std::ranges::all_of(*boundary, [kMarks](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   kMarks.find(c) != std::string_view::npos;
        });
    if (!is_legal) {
        return fail(Errc::invalid_argument, "multipart/form-data without a legal boundary");
    }
    return *boundary;
}

Result<PartHead> parse_part_head(std::string_view block) {
    std::optional<PartHead> head;
    std::string content_type = "text/plain";
    while (!block.empty()) {
        const auto end = std::min(block.find("\r\n"), block.size());
        const auto line = block.substr(0, end);
        block.remove_prefix(std::min(end + 2, block.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || line.starts_with(' ') || line.starts_with('\t')) {
            return fail(Errc::invalid_argument, "multipart: malformed header of a part");
        }
        const auto name = line.substr(0, colon);
        const auto value = trimmed(line.substr(colon + 1));
        if (equal_ignoring_case(name, "content-disposition")) {
            if (head) {
                return fail(Errc::invalid_argument, "multipart: Content-Disposition is repeated");
            }
            auto read = read_disposition(value);
            if (!read) return std::unexpected(std::move(read.error()));
            head = std::move(*read);
        } else if (equal_ignoring_case(name, "content-type")) {
            content_type = value;
        } else if (equal_ignoring_case(name, "content-transfer-encoding")) {
            const bool is_identity = equal_ignoring_case(value, "binary") ||
                                     equal_ignoring_case(value, "8bit") ||
                                     equal_ignoring_case(value, "7bit");
            if (!is_identity) {
                return fail(Errc::unsupported,
                            "multipart: a part is sent in a Content-Transfer-Encoding");
            }
        }
    }
    if (!head) {
        return fail(Errc::invalid_argument, "multipart: a part without Content-Disposition");
    }
    head->content_type = std::move(content_type);
    return std::move(*head);
}

}  // namespace ingestor::http

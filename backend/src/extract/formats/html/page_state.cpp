#include "extract/formats/html/page_state.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <boost/json.hpp>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

namespace json = boost::json;

/// Fewer are a label, a name or a key.
constexpr std::uint64_t kWordsOfProse = 8;
constexpr std::uint64_t kWordsOfTitle = 40;
/// Bytes of the name of a member of the window.
constexpr std::size_t kMemberMax = 100;

bool is_markup(std::string_view text) {
    return text.find("</") != std::string_view::npos;
}

/// Words, and not what a program or a style sheet is made of.
bool is_prose(std::string_view text) {
    if (text::count_words(text) < kWordsOfProse) return false;
    if (is_markup(text)) return text.find("<script") == std::string_view::npos;
    const auto of_programs = std::ranges::count_if(
        text, [](char c) { return c == '{' || c == '}' || c == ';' || c == '=' || c == '|'; });
    return static_cast<std::size_t>(of_programs) * 50 < text.size();
}

class StateReader {
public:
    void read(const json::value& value) {
        if (value.is_string()) {
            put({}, value.get_string());
        } else if (value.is_array()) {
            for (const json::value& item : value.get_array()) read(item);
        } else if (value.is_object()) {
            read(value.get_object());
        }
    }
    [[nodiscard]] std::vector<StatePassage> take() { return std::move(passages_); }

private:
    void read(const json::object& object) {
        std::string title = title_of(object);
        for (const auto& member : object) {
            if (!member.value().is_string()) {
                read(member.value());
            } else if (put(title, member.value().get_string())) {
                title.clear();
            }
        }
    }

    static std::string title_of(const json::object& object) {
        for (const std::string_view name : {"headline", "title", "heading"}) {
            const json::value* const value = object.if_contains(name);
            if (value == nullptr || !value->is_string()) continue;
            const std::string_view title = text::trim(value->get_string());
            const auto words = text::count_words(title);
            if (words > 0 && words <= kWordsOfTitle && !is_markup(title)) return std::string(title);
        }
        return {};
    }

    bool put(const std::string& title, std::string_view text) {
        text = text::trim(text);
        if (text == title || !is_prose(text) || !seen_.emplace(text).second) return false;
        passages_.push_back({.title = title, .text = std::string(text)});
        return true;
    }

    std::vector<StatePassage> passages_;
    std::unordered_set<std::string> seen_;
};

/// The value at the beginning of a text, whatever follows it.
std::optional<json::value> leading_value(std::string_view text) {
    json::stream_parser parser;
    boost::system::error_code error;
    parser.write_some(text.data(), text.size(), error);
    if (error || !parser.done()) return std::nullopt;
    return parser.release();
}

std::string_view after_blanks(std::string_view text) {
    const auto at = text.find_first_not_of(" \t\r\n");
    return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

/// What a name of a member of the window may be made of, as `.name` or `["name"]`.
bool of_member(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("._$[]\"' ").contains(c);
}

/// The value in `= {…}` or `= JSON.parse("…")`, behind the name of the member.
std::optional<json::value> value_given(std::string_view script) {
    const auto equals = std::ranges::find_if_not(script.substr(0, kMemberMax), of_member);
    const auto at = static_cast<std::size_t>(equals - script.begin());
    if (at >= script.size() || script[at] != '=') return std::nullopt;
    const std::string_view value = after_blanks(script.substr(at + 1));
    constexpr std::string_view kParse = "JSON.parse(";
    if (!value.starts_with(kParse)) {
        return value.starts_with('{') || value.starts_with('[') ? leading_value(value)
                                                                : std::nullopt;
    }
    const auto text = leading_value(after_blanks(value.substr(kParse.size())));
    if (!text || !text->is_string()) return std::nullopt;
    return leading_value(text->get_string());
}

/// `window.NAME = {…}` and its like; the first in the script that is data.
std::optional<json::value> assigned_value(std::string_view script) {
    for (const std::string_view global : {"window", "self", "globalThis"}) {
        for (std::size_t at = script.find(global); at != std::string_view::npos;
             at = script.find(global, at + global.size())) {
            if (auto value = value_given(script.substr(at + global.size()))) return value;
        }
    }
    return std::nullopt;
}

}  // namespace

std::vector<StatePassage> page_state(const Node& root) {
    StateReader reader;
    walk(&root, [&](const Node* node) {
        if (!node->is(Tag::script)) return true;
        const std::string type = text::to_lower_ascii(text::trim(attribute(node, "type")));
        const std::string script = text_of(node);
        const auto value = type == "application/json" ? leading_value(after_blanks(script))
                           : type.empty() || type == "module" || type == "text/javascript"
                               ? assigned_value(script)
                               : std::nullopt;
        if (value) reader.read(*value);
        return false;
    });
    return reader.take();
}

}  // namespace ingestor::extract::html

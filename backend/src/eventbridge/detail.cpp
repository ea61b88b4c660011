#include "eventbridge/detail.hpp"

#include <algorithm>

#include <boost/json/basic_parser_impl.hpp>

namespace ingestor::eventbridge {

namespace {

namespace json = boost::json;

/// Looks at what a detail must be and keeps nothing of it.
struct Checker {
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);
    using Code = boost::system::error_code;

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return true; }
    bool on_object_end(std::size_t, Code&) { return true; }
    bool on_array_begin(Code&) { return true; }
    bool on_array_end(std::size_t, Code&) { return true; }
    bool on_key_part(json::string_view, std::size_t, Code&) { return true; }
    bool on_key(json::string_view, std::size_t, Code&) { return true; }
    bool on_string_part(json::string_view, std::size_t, Code&) { return true; }
    bool on_string(json::string_view, std::size_t, Code&) { return true; }
    bool on_number_part(json::string_view, Code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, Code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, Code& error) { return too_large(error); }
    bool on_double(double, json::string_view text, Code& error) {
        // An integer beyond what 64 bits hold comes as one of these.
        const bool integer = text.find_first_of(".eE") == json::string_view::npos;
        return !integer || too_large(error);
    }
    bool on_bool(bool, Code&) { return true; }
    bool on_null(Code&) { return true; }
    bool on_comment_part(json::string_view, Code&) { return true; }
    bool on_comment(json::string_view, Code&) { return true; }

    static bool too_large(Code& error) {
        error = json::error::not_exact;
        return false;
    }
};

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Past the closing quote of the string that begins at `at`, in well-formed JSON.
std::size_t string_end(std::string_view text, std::size_t at) {
    for (auto quote = text.find('"', at + 1);; quote = text.find('"', quote + 1)) {
        const auto last = text.find_last_not_of('\\', quote - 1);
        if ((quote - 1 - last) % 2 == 0) return quote + 1;
    }
}

}  // namespace

std::optional<std::string> compact_detail(std::string_view text) {
    const auto first = std::ranges::find_if_not(text, is_space);
    if (first == text.end() || *first != '{') return std::nullopt;
    json::parse_options options;
    options.max_depth = kEventDepthMax - 1;
    json::basic_parser<Checker> parser(options);
    boost::system::error_code error;
    const auto read = parser.write_some(false, text.data(), text.size(), error);
    if (error) return std::nullopt;
    if (!std::all_of(text.begin() + static_cast<std::ptrdiff_t>(read), text.end(), is_space)) {
        return std::nullopt;
    }
    std::string compact;
    compact.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '"') {
            const auto end = string_end(text, at);
            compact += text.substr(at, end - at);
            at = end;
        } else {
            if (!is_space(text[at])) compact += text[at];
            ++at;
        }
    }
    return compact;
}

}  // namespace ingestor::eventbridge

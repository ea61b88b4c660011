#include "identity/strict_json.hpp"

#include <string>
#include <unordered_set>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

namespace ingestor::identity {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 16;

/// Builds nothing: it only looks for what the ordinary parser would let pass.
struct AmbiguityHandler {
    static constexpr std::size_t max_object_size = 1000;
    static constexpr std::size_t max_array_size = 10'000;
    static constexpr std::size_t max_key_size = 1024;
    static constexpr std::size_t max_string_size = std::size_t{1} << 20;

    /// The keys seen so far in each object that is still open.
    std::vector<std::unordered_set<std::string>> open;
    std::string key;
    bool repeated_key = false;
    bool has_nul = false;

    bool look_for_nul(json::string_view part) {
        has_nul = has_nul || part.find('\0') != json::string_view::npos;
        return !has_nul;
    }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) {
        open.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, json::error_code&) {
        open.pop_back();
        return true;
    }
    bool on_array_begin(json::error_code&) { return true; }
    bool on_array_end(std::size_t, json::error_code&) { return true; }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        key.append(part.data(), part.size());
        return look_for_nul(part);
    }
    bool on_key(json::string_view part, std::size_t, json::error_code&) {
        key.append(part.data(), part.size());
        repeated_key = !open.back().insert(std::exchange(key, {})).second;
        return !repeated_key && look_for_nul(part);
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        return look_for_nul(part);
    }
    bool on_string(json::string_view part, std::size_t, json::error_code&) {
        return look_for_nul(part);
    }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
    bool on_double(double, json::string_view, json::error_code&) { return true; }
    bool on_bool(bool, json::error_code&) { return true; }
    bool on_null(json::error_code&) { return true; }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }
};

}  // namespace

Result<json::object> parse_strict_object(std::string_view text, std::size_t bytes_max) {
    if (text.size() > bytes_max) return fail(Errc::too_large, "the JSON text is too large");

    json::parse_options options;
    options.max_depth = kDepthMax;
    json::basic_parser<AmbiguityHandler> scan(options);
    json::error_code error;
    const std::size_t read = scan.write_some(false, text.data(), text.size(), error);
    if (scan.handler().repeated_key) {
        return fail(Errc::invalid_argument, "a JSON key is given twice");
    }
    if (scan.handler().has_nul) return fail(Errc::invalid_argument, "a JSON string holds a NUL");
    if (error || read != text.size() || !scan.done()) {
        return fail(Errc::invalid_argument, "not valid JSON");
    }

    json::value value =
        json::parse(json::string_view(text.data(), text.size()), error, {}, options);
    if (error || !value.is_object()) return fail(Errc::invalid_argument, "not a JSON object");
    return std::move(value.get_object());
}

std::optional<std::string_view> text_member(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    const auto& text = value->get_string();
    return std::string_view(text.data(), text.size());
}

}  // namespace ingestor::identity

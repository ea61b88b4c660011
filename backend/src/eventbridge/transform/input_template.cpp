#include "eventbridge/transform/input_template.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "eventbridge/transform/json_syntax.hpp"

namespace ingestor::eventbridge::transform {

namespace {

bool is_name_part(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// The name of the variable that begins at `at`; empty: none does.
std::string_view variable_at(std::string_view text, std::size_t at) {
    if (text[at] != '<') return {};
    const auto rest = text.substr(at + 1);
    const auto* const end = std::ranges::find_if_not(rest, is_name_part);
    if (end == rest.end() || *end != '>') return {};
    return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
}

bool is_before_colon(std::string_view text, std::size_t at) {
    const auto rest = text.substr(at);
    const auto* const next = std::ranges::find_if_not(rest, is_space);
    return next != rest.end() && *next == ':';
}

/// As text inside a string.
std::string text_of(std::string_view json, bool without_quotes) {
    if (json.starts_with('"')) {
        boost::system::error_code error;
        const auto value = boost::json::parse(boost::json::string_view(json), error);
        if (!error && value.is_string()) return std::string(value.get_string());
    }
    std::string text(json);
    if (without_quotes) std::erase(text, '"');
    return text;
}

}  // namespace

Result<InputTemplate> InputTemplate::parse(std::string_view text, std::string_view target_id,
                                           const std::function<bool(std::string_view)>& known) {
    const auto invalid = [target_id](std::string_view name) {
        return fail(Errc::invalid_argument,
                    fmt::format("InputTemplate for target {} contains invalid placeholder {}.",
                                target_id, name));
    };
    InputTemplate result;
    // The template as it would be with `[]` in the place of each value, as long as before: that
    // cannot grow together with what stands beside it.
    std::string sample(text);
    std::string literal;
    bool in_string = false;
    std::string_view in_this_string;
    for (std::size_t at = 0; at < text.size();) {
        if (const auto name = variable_at(text, at); !name.empty()) {
            if (!known(name)) return invalid(name);
            if (!literal.empty()) result.pieces_.push_back({std::exchange(literal, {})});
            result.pieces_.push_back(
                {std::string(name), in_string ? Piece::Kind::in_string : Piece::Kind::value});
            const auto length = name.size() + 2;
            if (in_string) {
                in_this_string = name;
            } else {
                sample.replace(at, length, length, ' ');
                sample.replace(at, 2, "[]");
            }
            at += length;
            continue;
        }
        const char c = text[at++];
        literal += c;
        if (in_string && c == '\\' && at < text.size()) literal += text[at++];
        if (c != '"') continue;
        if (in_string && !in_this_string.empty() && is_before_colon(text, at)) {
            return invalid(in_this_string);
        }
        in_string = !in_string;
        in_this_string = {};
    }
    if (!literal.empty()) result.pieces_.push_back({std::move(literal)});

    const auto first = std::ranges::find_if_not(sample, is_space);
    result.strings_ = first != sample.end() && *first == '"';
    const auto sound = result.strings_ ? check_json_strings(sample) : check_json(sample);
    if (sound) return result;
    // The place is the same in both; what is told is what was put.
    const auto& place = sound.error().message;
    return fail(Errc::invalid_argument,
                fmt::format("Invalid InputTemplate for target {} : [Source: (String)\"{}\"{}",
                            target_id, text, place.substr(place.rfind("; line: "))));
}

Result<std::string> InputTemplate::fill(const VariableLookup& lookup) const {
    std::string filled;
    for (const auto& [text, kind] : pieces_) {
        if (kind == Piece::Kind::literal) {
            filled += text;
            continue;
        }
        const auto value = lookup(text);
        if (kind == Piece::Kind::value) {
            filled += value.value_or(R"("")");
        } else if (value) {
            filled += text_of(*value, strings_);
        }
    }
    if (strings_) return filled;
    if (!check_json(filled)) {
        return fail(Errc::invalid_argument, "the input template and the event make no JSON");
    }
    return filled;
}

}  // namespace ingestor::eventbridge::transform

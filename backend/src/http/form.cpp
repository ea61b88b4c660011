#include "http/form.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::http {

FormPair take_form_pair(std::string_view& text) {
    const auto end = std::min(text.find('&'), text.size());
    const auto piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto mark = std::min(piece.find('='), piece.size());
    return {.name = piece.substr(0, mark), .value = piece.substr(std::min(mark + 1, piece.size()))};
}

std::string decode_form_text(std::string_view text) {
    if (text.find_first_of("+%") == std::string_view::npos) return std::string(text);
    std::string blanks(text);
    std::ranges::replace(blanks, '+', ' ');
    return percent_decode(blanks);
}

Result<std::vector<std::pair<std::string, std::string>>> parse_form(std::string_view body,
                                                                    std::size_t pairs_max) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!body.empty()) {
        const auto [name, value] = take_form_pair(body);
        if (name.empty() && value.empty()) continue;
        if (pairs.size() == pairs_max) {
            return fail(Errc::too_large, fmt::format("a form has at most {} fields", pairs_max));
        }
        auto& pair = pairs.emplace_back(decode_form_text(name), decode_form_text(value));
        if (!is_utf8(pair.first)) {
            return fail(Errc::invalid_argument, "the name of a form field is not UTF-8");
        }
        if (!is_utf8(pair.second)) {
            return fail(Errc::invalid_argument,
                        fmt::format("form field '{}' is not UTF-8", pair.first), pair.first);
        }
    }
    return pairs;
}

}  // namespace ingestor::http

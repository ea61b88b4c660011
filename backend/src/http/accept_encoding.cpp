#include "http/accept_encoding.hpp"

#include <optional>

#include "base/encoding.hpp"

namespace ingestor::http {

namespace {

/// Takes what stands before the first `mark` off `text`, blanks trimmed.
std::string_view take(std::string_view& text, char mark) {
    const auto end = text.find(mark);
    const auto piece = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return trimmed(piece);
}

/// In thousandths; a malformed weight is none at all.
int weight_of(std::string_view parameters) {
    while (!parameters.empty()) {
        auto value = take(parameters, ';');
        const auto name = take(value, '=');
        if (!equal_ignoring_case(name, "q")) continue;
        value = trimmed(value);
        if (value.empty() || (value[0] != '0' && value[0] != '1')) return 0;
        int weight = (value[0] - '0') * 1000;
        if (value.size() == 1) return weight;
        if (value[1] != '.' || value.size() > 5) return 0;
        int place = 100;
        for (const char digit : value.substr(2)) {
            if (digit < '0' || digit > '9') return 0;
            weight += (digit - '0') * place;
            place /= 10;
        }
        return weight <= 1000 ? weight : 0;
    }
    return 1000;
}

bool names(std::string_view token, ContentCoding coding) {
    return equal_ignoring_case(token, to_string(coding)) ||
           (coding == ContentCoding::gzip && equal_ignoring_case(token, "x-gzip"));
}

/// The weight that the header gives a coding; nullopt: it does not speak of it.
std::optional<int> weight_of(ContentCoding coding, std::string_view accept_encoding) {
    std::optional<int> of_the_rest;
    while (!accept_encoding.empty()) {
        auto item = take(accept_encoding, ',');
        const auto token = take(item, ';');
        if (names(token, coding)) return weight_of(item);
        if (token == "*") of_the_rest = weight_of(item);
    }
    return of_the_rest;
}

}  // namespace

std::string_view to_string(ContentCoding coding) {
    switch (coding) {
        case ContentCoding::identity:
            return "identity";
        case ContentCoding::gzip:
            return "gzip";
        case ContentCoding::brotli:
            return "br";
    }
    return "identity";
}

ContentCoding choose_coding(std::string_view accept_encoding,
                            std::span<const ContentCoding> available) {
    auto chosen = ContentCoding::identity;
    // Identity is there unless it is refused, but gives way to whatever was asked for.
    int best = weight_of(ContentCoding::identity, accept_encoding).value_or(1);
    for (const auto coding : available) {
        const int weight = weight_of(coding, accept_encoding).value_or(0);
        const bool better =
            weight > best || (weight == best && weight > 0 && chosen == ContentCoding::identity);
        if (!better) continue;
        chosen = coding;
        best = weight;
    }
    return chosen;
}

}  // namespace ingestor::http

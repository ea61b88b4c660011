#include "http/field_syntax.hpp"

#include <algorithm>

namespace ingestor::http {
namespace {

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool consists_of_alphanumerics_and(std::string_view text, std::string_view marks) {
    return !text.empty() && std::ranges::all_of(text, [marks](char c) {
        return is_letter_or_digit(c) || marks.find(c) != std::string_view::npos;
    });
}

}  // namespace

bool is_field_name(std::string_view text) {
    return consists_of_alphanumerics_and(text, "!#$%&'*+-.^_`|~");
}

bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return c == '\t' || static_cast<unsigned char>(c) >= 0x20 ? c != 0x7F : false;
    });
}

bool is_request_id(std::string_view text) {
    constexpr std::size_t kLengthMax = 128;
    return text.size() <= kLengthMax && consists_of_alphanumerics_and(text, "-_.");
}

}  // namespace ingestor::http

#include "eventbridge/patterns/number.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace ingestor::eventbridge::patterns {

namespace {

/// `0.DIGITS * 10^exponent`, without zeros before or behind the digits.
struct Decimal {
    static constexpr std::size_t kDigitsMax = 17;  // Of the shortest decimal of a double.
    std::array<char, kDigitsMax> digits = {};
    std::size_t size = 0;
    bool longer = false;  ///< There are more digits than fit.
    long exponent = 0;
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

Decimal to_decimal(std::string_view text) {
    Decimal decimal;
    std::size_t zeros = 0;  // Since the last digit that is none.
    bool behind_point = false;
    std::size_t at = text.starts_with('-') ? 1 : 0;
    for (; at < text.size() && (is_digit(text[at]) || text[at] == '.'); ++at) {
        if (text[at] == '.') {
            behind_point = true;
            continue;
        }
        const bool leading = decimal.size == 0 && text[at] == '0';
        if (leading ? behind_point : !behind_point) decimal.exponent += behind_point ? -1 : 1;
        if (leading) continue;
        if (text[at] == '0') {
            ++zeros;
            continue;
        }
        for (; zeros > 0 && decimal.size < Decimal::kDigitsMax; --zeros) {
            decimal.digits.at(decimal.size++) = '0';
        }
        if (decimal.size == Decimal::kDigitsMax) {
            decimal.longer = true;
            continue;
        }
        decimal.digits.at(decimal.size++) = text[at];
    }
    if (at < text.size()) {  // The exponent; that it is small is known from the double.
        ++at;
        if (at < text.size() && text[at] == '+') ++at;
        long exponent = 0;
        std::from_chars(text.data() + at, text.data() + text.size(), exponent);
        decimal.exponent += exponent;
    }
    return decimal;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
    if (text.empty() || (text.front() != '-' && !is_digit(text.front()))) return std::nullopt;
    if (text.back() == '.') return std::nullopt;
    double value = 0;
    const auto* const end = text.data() + text.size();
    const auto [reached, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || reached != end || !std::isfinite(value)) return std::nullopt;
    return value + 0.0;  // Minus zero becomes zero.
}

bool is_comparable(std::string_view text, double value) {
    // 15 digits lead through a normal double and back unchanged.
    constexpr std::size_t kCertain = std::numeric_limits<double>::digits10;
    if (text.size() <= kCertain && (std::isnormal(value) || text == "0")) return true;
    std::array<char, 32> shortest = {};
    auto end = std::to_chars(shortest.begin(), shortest.end(), value);
    if (std::string_view(shortest.data(), end.ptr) == text) return true;
    const auto written = to_decimal(text);
    if (written.longer) return false;
    if (written.size == 0) return true;  // Zero, however it is written.
    if (written.size <= kCertain && std::isnormal(value)) return true;
    end = std::to_chars(shortest.begin(), shortest.end(), value, std::chars_format::scientific);
    const auto kept = to_decimal({shortest.data(), end.ptr});
    return kept.size == written.size && kept.exponent == written.exponent &&
           std::string_view(kept.digits.data(), kept.size) ==
               std::string_view(written.digits.data(), written.size);
}

}  // namespace ingestor::eventbridge::patterns

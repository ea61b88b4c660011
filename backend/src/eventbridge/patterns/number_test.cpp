#include "eventbridge/patterns/number.hpp"

#include <cmath>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ingestor::eventbridge::patterns {
namespace {

bool comparable(std::string_view text) {
    const auto value = parse_number(text);
    return value && is_comparable(text, *value);
}

TEST(Number, IsComparableWhereItsDoubleLeadsBackToIt) {
    for (const auto* text :
         {"0", "-0", "0.0", "0e5", "1", "300", "300.0", "3e2", "3.0E+2", "-122.45784800176847",
          "9007199254740992", "9007199254740994", "0.1", "123456789012345", "1e300", "5e-324",
          "0.000000000000000000000000000012345", "100000000000000000000000",
          "1.7976931348623157e308"}) {
        EXPECT_TRUE(comparable(text)) << text;
    }
    for (const auto* text :
         {"9007199254740993", "0.12345678901234567", "1e400", "-1e400", "1e-400", "4.9e-324",
          "123456789012345678901234567890.5", "1.00000000000000000000000000001"}) {
        EXPECT_FALSE(comparable(text)) << text;
    }
}

TEST(Number, ZeroHasNoSign) {
    EXPECT_FALSE(std::signbit(parse_number("-0.0").value()));
}

TEST(Number, IsWhatJsonCallsSo) {
    for (const auto* text : {"", "-", "x", "1x", "+1", ".5", "5.", "1e", "inf", "nan", "0x1"}) {
        EXPECT_FALSE(parse_number(text)) << text;
    }
}

}  // namespace
}  // namespace ingestor::eventbridge::patterns

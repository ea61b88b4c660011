#include "domain/object_key.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace ingestor::domain {
namespace {

using namespace std::string_literals;

TEST(ObjectKey, IsUpTo1024BytesOfUtf8) {
    for (const auto& text : {"a"s, "uploads/ada/Rechnung für Zoë.pdf"s, "../.."s, "a b"s,
                             std::string(kObjectKeyBytesMax, 'k')}) {
        EXPECT_EQ(ObjectKey(text).value(), text);
        EXPECT_EQ(ObjectKey::parse(text).value(), ObjectKey(text));
    }
}

TEST(ObjectKey, IsNothingElse) {
    for (const auto& text : {""s, std::string(kObjectKeyBytesMax + 1, 'k'), "a\0b"s, "\xff"s,
                             std::string(kObjectKeyBytesMax - 1, 'k') + "ü"}) {
        EXPECT_THROW(ObjectKey{text}, std::invalid_argument) << text;
        const auto parsed = ObjectKey::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
        EXPECT_EQ(parsed.error().field, "key");
    }
}

}  // namespace
}  // namespace ingestor::domain

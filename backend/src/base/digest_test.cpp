#include "base/digest.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace ingestor {
namespace {

std::string digest_hex(DigestKind kind, std::string_view text) {
    Digest digest(kind);
    // Uneven pieces: the result must not depend on how the bytes are cut.
    for (std::size_t i = 0; i < text.size(); i += 3) digest.update(text.substr(i, 3));
    return to_hex(digest.finish());
}

struct CheckValue {
    DigestKind kind;
    const char* expected;
};

TEST(Digest, CheckValuesOf123456789) {
    const CheckValue rows[] = {
        {DigestKind::crc32, "cbf43926"},
        {DigestKind::crc32c, "e3069283"},
        {DigestKind::crc64nvme, "ae8b14860a799888"},
        {DigestKind::md5, "25f9e794323b453885f5181f1b624d0b"},
        {DigestKind::sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
        {DigestKind::sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"}};
    for (const auto& [kind, expected] : rows) {
        EXPECT_EQ(digest_hex(kind, "123456789"), expected);
        Digest whole(kind);
        whole.update("123456789");
        EXPECT_EQ(to_hex(whole.finish()), expected);
    }
}

TEST(Digest, HmacOfRfc4231Case2) {
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, ConstantTimeComparisonComparesAll) {
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

TEST(Digest, RandomBytesDiffer) {
    EXPECT_NE(random_bytes(16), random_bytes(16));
}

}  // namespace
}  // namespace ingestor

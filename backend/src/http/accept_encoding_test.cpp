#include "http/accept_encoding.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace ingestor::http {
namespace {

struct CodingCase {
    const char* name;
    const char* header;
    ContentCoding chosen;
};

constexpr auto kIdentity = ContentCoding::identity;
constexpr auto kGzip = ContentCoding::gzip;
constexpr auto kBrotli = ContentCoding::brotli;

const CodingCase kCodings[] = {
    {"NothingAskedFor", "", kIdentity},
    {"AsBrowsersAsk", "gzip, deflate, br, zstd", kBrotli},
    {"AsOldOnesAsk", "gzip, deflate", kGzip},
    {"TheOldNameOfGzip", "x-gzip", kGzip},
    {"AnyCase", "GZip", kGzip},
    {"OthersOnly", "deflate, zstd", kIdentity},
    {"Anything", "*", kBrotli},
    {"TheHeavierWins", "br;q=0.5, gzip;q=0.8", kGzip},
    {"TheHeavierWinsInThousandths", "br;q=0.501, gzip;q=0.5", kBrotli},
    {"OfEqualOnesTheBetter", "gzip;q=0.7, br;q=0.7", kBrotli},
    {"ZeroRefuses", "br;q=0, gzip", kGzip},
    {"ZeroRefusesInAllItsForms", "br;q=0.000, gzip;q=0.0", kIdentity},
    {"WhatIsNotNamedIsTheRest", "br;q=0, *;q=0.1", kGzip},
    {"TheRestIsRefused", "gzip, *;q=0", kGzip},
    {"AllIsRefused", "*;q=0", kIdentity},
    {"IdentityRefused", "identity;q=0, gzip;q=0.1", kGzip},
    {"IdentityPreferred", "identity, gzip;q=0.5", kIdentity},
    {"IdentityAndTheRestAlike", "identity;q=0.5, *;q=0.5", kBrotli},
    {"BlanksAnywhere", " br ; q = 0.2 ,\tgzip ;q=0.3 ", kGzip},
    {"OtherParametersAreSkipped", "br;level=5;q=0.1, gzip;q=0.2", kGzip},
    {"AMalformedWeightIsNone", "br;q=1.5, gzip;q=x, *;q=0.00001", kIdentity},
    {"EmptyItems", ",,gzip,,", kGzip},
    {"APartOfANameIsNone", "brotli, gz", kIdentity},
};

class AcceptEncoding : public ::testing::TestWithParam<CodingCase> {};

TEST_P(AcceptEncoding, MatchesTable) {
    constexpr std::array kAll = {kBrotli, kGzip};
    EXPECT_EQ(choose_coding(GetParam().header, kAll), GetParam().chosen);
}

INSTANTIATE_TEST_SUITE_P(Rows, AcceptEncoding, ::testing::ValuesIn(kCodings),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(AcceptEncoding, WhatIsNotThereIsNotChosen) {
    constexpr std::array kGzipOnly = {kGzip};
    EXPECT_EQ(choose_coding("br, gzip;q=0.1", kGzipOnly), kGzip);
    EXPECT_EQ(choose_coding("br", kGzipOnly), kIdentity);
    EXPECT_EQ(choose_coding("br, gzip", {}), kIdentity);
}

}  // namespace
}  // namespace ingestor::http

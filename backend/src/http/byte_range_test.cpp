#include "http/byte_range.hpp"

#include <string>

#include <gtest/gtest.h>

#include "http/content_disposition.hpp"

namespace ingestor::http {
namespace {

struct RangeCase {
    const char* name;
    const char* value;
    std::uint64_t size;
    const char* part;  ///< `first+length`, `whole` or `416`.
};

const RangeCase kRanges[] = {
    {"Middle", "bytes=2-4", 10, "2+3"},
    {"OpenEnded", "bytes=7-", 10, "7+3"},
    {"EndIsClamped", "bytes=8-100", 10, "8+2"},
    {"Suffix", "bytes=-3", 10, "7+3"},
    {"LongSuffix", "bytes=-30", 10, "0+10"},
    {"BeyondAllNumbers", "bytes=0-99999999999999999999999", 10, "0+10"},
    {"StartsBehindTheEnd", "bytes=10-", 10, "416"},
    {"SuffixOfNothing", "bytes=-0", 10, "416"},
    {"NothingToTakeFrom", "bytes=0-", 0, "416"},
    {"NoSuffixOfNothing", "bytes=-5", 0, "416"},
    {"SeveralParts", "bytes=0-1,3-4", 10, "whole"},
    {"Backwards", "bytes=4-2", 10, "whole"},
    {"NoNumbers", "bytes=-", 10, "whole"},
    {"Words", "bytes=a-b", 10, "whole"},
    {"OtherUnit", "lines=0-1", 10, "whole"},
    {"Nothing", "", 10, "whole"},
};

class Range : public ::testing::TestWithParam<RangeCase> {};

TEST_P(Range, MatchesTable) {
    const auto range = parse_range(GetParam().value, GetParam().size);
    std::string part = "416";
    if (range) part = "whole";
    if (range && *range) {
        part = std::to_string((*range)->first) + "+" + std::to_string((*range)->length);
    }
    EXPECT_EQ(part, GetParam().part);
}

INSTANTIATE_TEST_SUITE_P(Rows, Range, ::testing::ValuesIn(kRanges),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ContentDisposition, NoNameCanLeaveItsPlace) {
    EXPECT_EQ(content_disposition(Disposition::saved, "report.pdf"),
              "attachment; filename*=UTF-8''report.pdf");
    EXPECT_EQ(content_disposition(Disposition::shown, "a b.pdf"),
              "inline; filename*=UTF-8''a%20b.pdf");
    EXPECT_EQ(content_disposition(Disposition::saved, "\"; x=\r\n'ü*%"),
              "attachment; filename*=UTF-8''%22%3B%20x%3D%0D%0A%27%C3%BC%2A%25");
}

}  // namespace
}  // namespace ingestor::http

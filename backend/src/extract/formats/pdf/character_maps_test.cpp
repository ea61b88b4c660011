#include "extract/formats/pdf/character_maps.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::extract::pdf {
namespace {

std::string code_space(const std::string& low, const std::string& high) {
    return "/CMapName /A def 1 begincodespacerange\n<" + low + "> <" + high +
           ">\nendcodespacerange\nendcmap";
}

std::string range(const std::string& low, const std::string& high) {
    return "2 begincidrange <00> <ff> 0\n<" + low + "><" + high + "> 7 endcidrange";
}

TEST(CharacterMaps, MapsAsFontsHaveThemAreAffordable) {
    EXPECT_TRUE(is_affordable_map(""));
    EXPECT_TRUE(is_affordable_map(code_space("00", "ff") + code_space("8140", "fefe")));
    EXPECT_TRUE(is_affordable_map(code_space("d800dc00", "dbffdfff") + range("0000", "ffff")));
    EXPECT_TRUE(is_affordable_map(code_space("00000000", "0010ffff")));
    EXPECT_TRUE(is_affordable_map(range("000003e8", "000003e7"))) << "an empty range";
}

TEST(CharacterMaps, MapsThatDeclareMoreThanFontsHaveAreNot) {
    EXPECT_FALSE(is_affordable_map(code_space("00000000", "ffffffff")));
    EXPECT_FALSE(is_affordable_map(code_space("00000000", "00ffffff")));
    EXPECT_FALSE(is_affordable_map(range("00000000", "00ffffff")));
    std::string often;
    for (int i = 0; i < 100; ++i) often += code_space("0000", "ffff");
    EXPECT_FALSE(is_affordable_map(often));
}

}  // namespace
}  // namespace ingestor::extract::pdf

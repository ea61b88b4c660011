#include "extract/formats/pdf/font_weight.hpp"

#include <gtest/gtest.h>

namespace ingestor::extract::pdf {
namespace {

TEST(FontWeight, BoldIsSaidInManyWays) {
    for (const char* const name :
         {"Times-Bold", "NROFIU+NimbusRomNo9L-Medi", "NimbusRomNo9L-MediItal", "CMBX12",
          "ABCDEF+CMSSBX10", "Frutiger-Bd", "Univers-B", "OpenSans-ExtraBold", "Lato-Black",
          "FuturaDemi", "SFSX1000", "Minion.B", "MyriadTB"}) {
        EXPECT_TRUE(is_bold_name(name)) << name;
    }
}

TEST(FontWeight, LettersOfOtherWordsAreNoWeight) {
    for (const char* const name :
         {"Roboto-Medium", "AGaramondBE-Regular", "Times-Roman", "SBXTBA+Arial", "Abdo-Regular",
          "Remedial", "CMR10", "CMTT10", "Hvoja", "Bitstream", "Courier"}) {
        EXPECT_FALSE(is_bold_name(name)) << name;
    }
}

}  // namespace
}  // namespace ingestor::extract::pdf

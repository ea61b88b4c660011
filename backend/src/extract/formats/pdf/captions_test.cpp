#include "extract/formats/pdf/captions.hpp"

#include <gtest/gtest.h>

#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

TEST(Captions, NumberAfterTheWordMakesOne) {
    for (const char* const text :
         {"Figure 4.6. Fuel by plant", "Table 12: Ports", "Fig. 3 The gate", "TABLE IV",
          "Abbildung 7 Die Werft", "Tab. A-1 Preise", "Figura S2. Les voix"}) {
        EXPECT_TRUE(is_caption(from_utf8(text))) << text;
    }
}

TEST(Captions, TitlesWithSuchWordsAreNone) {
    for (const char* const text :
         {"Figures of speech", "Table manners", "Table of contents", "Map reading",
          "Figure skating", "Chart", "Table", "4 Tables", "Photo Essays of 1990"}) {
        EXPECT_FALSE(is_caption(from_utf8(text))) << text;
    }
}

}  // namespace
}  // namespace ingestor::extract::pdf

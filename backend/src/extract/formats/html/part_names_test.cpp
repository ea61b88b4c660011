#include "extract/formats/html/part_names.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::extract::html {
namespace {

TEST(HeadsOtherPages, WhateverTheCaseAndTheCountBeforeIt) {
    for (const char* heading :
         {"Related articles", "RELATED", "2 comments", "Kommentare", "\u00C4hnliche Beitr\u00E4ge",
          "\u00C0 lire aussi", "\u00DCBER DEN AUTOR", "\u00FCber den Autor",
          "\u0427\u0438\u0442\u0430\u0439\u0442\u0435 \u0442\u0430\u043A\u0436\u0435",
          "\u0427\u0418\u0422\u0410\u0419\u0422\u0415 \u0422\u0410\u041A\u0416\u0415",
          "\u70ED\u95E8\u63A8\u8350"}) {
        EXPECT_TRUE(heads_other_pages(heading)) << heading;
    }
}

TEST(HeadsOtherPages, NoSentenceNoOtherWordAndNoLongHeading) {
    for (const std::string& heading :
         {std::string("Related work is told below."), std::string("Shareholders"),
          std::string("12"), std::string("Popularity"), std::string(),
          "Comments " + std::string(60, 'x')}) {
        EXPECT_FALSE(heads_other_pages(heading)) << heading;
    }
}

/// The bound is one of characters, so that no script has less room than another.
TEST(HeadsOtherPages, UpToSixtyCharacters) {
    std::string heading = "\u70ED\u95E8\u63A8\u8350";
    for (int n = 4; n < 60; ++n) heading += "\u8350";
    EXPECT_TRUE(heads_other_pages(heading));
    EXPECT_FALSE(heads_other_pages(heading + "\u8350"));
}

}  // namespace
}  // namespace ingestor::extract::html

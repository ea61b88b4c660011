#include "extract/formats/html/part_rules.hpp"

#include <gtest/gtest.h>

namespace ingestor::extract::html {
namespace {

/// A paragraph in the middle of a text.
PartFeatures paragraph() {
    using enum Feature;
    PartFeatures out;
    out[letters] = 8;
    out[prose_share] = 1;
    out[line_letters] = 8;
    out[line_count] = 1;
    out[marks_share] = 0.02F;
    out[ends_sentence] = 1;
    out[prose_before] = 0.5F;
    out[prose_after] = 0.45F;
    out[root_share] = 0.05F;
    out[parent_share] = 0.05F;
    out[levels_off_path] = 1;
    out[prose_near_before] = out[prose_near_after] = 10;
    out[line_before_letters] = out[line_after_letters] = 8;
    out[parent_prose_share] = 0.9F;
    out[prose_of_root] = 12;
    out[is_paragraph] = 1;
    return out;
}

/// A short line of a link, below all of the text.
PartFeatures link_behind() {
    using enum Feature;
    PartFeatures out;
    out[letters] = 4;
    out[link_share] = 1;
    out[line_letters] = 4;
    out[line_count] = 1;
    out[links_per_line] = 1;
    out[after_root] = 1;
    out[prose_before] = 1;
    out[line_before_links] = out[line_after_links] = 1;
    out[line_before_letters] = out[line_after_letters] = 4;
    out[levels_off_path] = 4;
    out[parent_share] = 0.1F;
    out[parent_link_share] = 1;
    out[prose_of_root] = 12;
    return out;
}

TEST(BoilerplateLogOdds, AreLowForAParagraphOfTheText) {
    EXPECT_LT(boilerplate_log_odds(paragraph()), -2);
}

TEST(BoilerplateLogOdds, AreHighForALinkBehindTheText) {
    EXPECT_GT(boilerplate_log_odds(link_behind()), 2);
}

TEST(BoilerplateLogOdds, AreHigherForTheSameParagraphBehindTheText) {
    PartFeatures behind = paragraph();
    behind[Feature::after_root] = 1;
    behind[Feature::prose_before] = 1;
    behind[Feature::prose_after] = 0;
    EXPECT_GT(boilerplate_log_odds(behind), boilerplate_log_odds(paragraph()));
}

}  // namespace
}  // namespace ingestor::extract::html

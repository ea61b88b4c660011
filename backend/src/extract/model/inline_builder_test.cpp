#include "extract/model/inline_builder.hpp"

#include <gtest/gtest.h>

namespace ingestor::extract::model {
namespace {

Inline run(std::string text, Style style = {}) {
    return {.kind = InlineKind::text, .text = std::move(text), .style = std::move(style)};
}

TEST(InlineBuilder, WhiteSpaceIsOneBlankAndNoneAtTheEnds) {
    InlineBuilder builder;
    builder.text(" \n a \t\u00A0 b", {});
    builder.text("  ", {});
    EXPECT_EQ(builder.take(), Inlines{run("a b")});
    EXPECT_TRUE(builder.blank());
}

TEST(InlineBuilder, RunsAlikeAreOne) {
    InlineBuilder builder;
    builder.text("a", {.bold = true});
    builder.text(" ", {});
    builder.text("b", {.bold = true});
    builder.text("c", {});
    EXPECT_EQ(builder.take(), (Inlines{run("a b", {.bold = true}), run("c")}));
}

TEST(InlineBuilder, ABlankBehindAnExponentIsNoPartOfIt) {
    const Style raised{.script = Script::superscript};
    InlineBuilder builder;
    builder.text("2", {});
    builder.text("30", raised);
    builder.text(" ", {});
    builder.text("is", {});
    EXPECT_EQ(builder.take(), (Inlines{run("2"), run("30", raised), run(" is")}));
}

TEST(InlineBuilder, BreaksStandBetweenTextsOnly) {
    InlineBuilder builder;
    builder.line_break();
    builder.text("a ", {});
    builder.line_break();
    builder.line_break();
    builder.text(" b", {});
    builder.line_break();
    EXPECT_EQ(builder.take(), (Inlines{run("a"), {.kind = InlineKind::line_break}, run("b")}));
}

TEST(InlineBuilder, WhatIsNoTextKeepsItsPlace) {
    InlineBuilder builder;
    builder.text("see ", {});
    builder.put({.kind = InlineKind::formula, .text = "x^2"});
    EXPECT_FALSE(builder.blank());
    EXPECT_EQ(builder.size(), 7U);
    EXPECT_EQ(builder.take(), (Inlines{run("see "), {.kind = InlineKind::formula, .text = "x^2"}}));
}

}  // namespace
}  // namespace ingestor::extract::model

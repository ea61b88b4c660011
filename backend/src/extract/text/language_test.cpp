#include "extract/text/language.hpp"

#include <string>

#include <gtest/gtest.h>

#include "extract/text/encoding_samples.hpp"

namespace ingestor::extract::text {
namespace {

TEST(Language, ParagraphsAreKnown) {
    for (const LanguageSample& sample : kLanguageSamples) {
        const std::string guess = guess_language(sample.text);
        // CLD2 takes Bulgarian of two sentences for Serbian, and knows that it may be wrong.
        if (std::string_view(sample.language) == "Bulgarian") {
            EXPECT_EQ(guess, "");
        } else {
            EXPECT_EQ(guess, sample.tag) << sample.language;
        }
    }
}

TEST(Language, ShortTextsAreOfNoLanguage) {
    for (const char* text : {"", "OK", "12345 67890", "Lorem ipsum dolor", "Paris", "file.txt",
                             "\u0414\u0430", "\u6771\u4EAC", "int main(void) { return 0; }"}) {
        EXPECT_EQ(guess_language(text), "") << text;
    }
}

TEST(Language, MixedTextsAreOfNoLanguage) {
    EXPECT_EQ(guess_language("The meeting begins at ten in the morning, and lunch will be served "
                             "in the garden behind the house.\n"
                             "Die Sitzung beginnt um zehn Uhr am Morgen, und das Mittagessen wird "
                             "im Garten hinter dem Haus serviert.\n"
                             "La r\u00E9union commence \u00E0 dix heures du matin, et le "
                             "d\u00E9jeuner sera servi dans le jardin derri\u00E8re la maison.\n"),
              "");
}

TEST(Language, NamesInAnotherLanguageDoNotHideIt) {
    EXPECT_EQ(guess_language("Die Firma Smith & Sons Limited hat ihren Sitz in London und "
                             "beliefert seit vielen Jahren unsere Kunden in ganz Deutschland mit "
                             "Werkzeugen f\u00FCr den Garten."),
              "de");
}

TEST(Language, WhatIsNotUtf8IsOfNoLanguage) {
    EXPECT_EQ(guess_language("The quick brown fox jumps over the lazy dog \xFF\xFE and runs on"),
              "");
}

TEST(Language, ALongTextIsJudgedByItsBeginning) {
    std::string text;
    while (text.size() < 3'000'000)
        text += "\u6771\u4EAC\u306F\u65E5\u672C\u306E\u9996\u90FD\u3067\u3059\u3002";
    EXPECT_EQ(guess_language(text), "ja");
}

TEST(Language, ATextInNoLanguageLooksEnciphered) {
    const auto shifted = [](std::string text, int by) {
        for (char& c : text) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + (c - 'a' + by) % 26);
            if (c >= 'A' && c <= 'Z') c = static_cast<char>('A' + (c - 'A' + by) % 26);
        }
        return text;
    };
    std::string prose;
    for (const char* const line :
         {"The committee met on the second day of the month to consider the request that the ",
          "harbour office had made in the spring, and it heard three speakers who had each read ",
          "the whole of the file beforehand. None of them asked for a delay, and the chair closed ",
          "the matter at noon with a short remark about the weather and the coming season. Their ",
          "letter followed within the week, together with several drawings which nobody had asked ",
          "for, although everybody agreed that they would prove useful when the building began. "})
        prose += line;
    EXPECT_FALSE(looks_enciphered(prose + prose));
    for (const int by : {1, 3, 7, 13, 19})
        EXPECT_TRUE(looks_enciphered(shifted(prose + prose, by))) << by;
    EXPECT_FALSE(looks_enciphered(shifted(prose.substr(0, 120), 3))) << "too short to tell";
}

TEST(Language, NoLanguageLooksEnciphered) {
    for (const LanguageSample& sample : kLanguageSamples) {
        std::string text;
        while (text.size() < 4'000) text += std::string(sample.text) + "\n";
        EXPECT_FALSE(looks_enciphered(text)) << sample.language;
    }
}

}  // namespace
}  // namespace ingestor::extract::text

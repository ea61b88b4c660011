#pragma once

#include <string>
#include <string_view>

namespace ingestor::extract::text {

/// What a text's words say of its language.
struct LanguageGuess {
    std::string tag = {};   ///< BCP 47; empty where nothing is known.
    bool reliable = false;  ///< No other language comes near.
    int percent = 0;        ///< Of the text that is in it.
};

/// Judges by the text's first 64 KiB.
[[nodiscard]] LanguageGuess judge_language(std::string_view text);

/// The language of a text as a BCP 47 tag; empty where the text is too short, or mixed, or its
/// language is in doubt.
[[nodiscard]] std::string guess_language(std::string_view text);

/// True for a text in Latin letters of which no language has the words: its letters stand for
/// others, as where a PDF's fonts name them wrongly on purpose or by mistake. Short texts, names
/// and numbers are never called so.
[[nodiscard]] bool looks_enciphered(std::string_view text);

}  // namespace ingestor::extract::text

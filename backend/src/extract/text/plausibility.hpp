#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ingestor::extract::text {

/// How much the characters beyond ASCII of a text look like those of a language.
struct Plausibility {
    std::size_t characters = 0;  ///< Judged: those beyond ASCII.
    /// The mean over them: about 1 where they are letters of one alphabet at their places in words,
    /// below 0 where the bytes were read in a wrong encoding. 1 where there are none.
    double mean = 1;
};

/// Judges a text in UTF-8 by what holds in every language: a word keeps to one script, capitals
/// begin words or fill them, signs stand between words, and the letters of a text are those of an
/// alphabet: of one of `languages`, locales parted by blanks, or of any where there are none named.
/// Takes linear time.
[[nodiscard]] Plausibility plausibility_of(std::string_view text, std::string_view languages = {});

/// Loads the alphabets, which come with ICU, before a sandbox closes.
void warm_up_plausibility();

}  // namespace ingestor::extract::text

#include "extract/formats/pdf/unread_pictures.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace ingestor::extract::pdf {
namespace {

// A court's stamp names case, document, date and page; a caption of a full-page figure is longer.
constexpr std::size_t kStampWordsMax = 30;
constexpr std::size_t kStampCharsMax = 250;
constexpr double kFilled = 0.8;
// Slides have pictures behind them as well, and few words, but large ones: of a page's height.
constexpr double kSlideLetters = 1.0 / 40;

// The size that most of the words have.
double usual_size(const Page& page) {
    std::vector<double> sizes;
    sizes.reserve(page.words.size());
    for (const Word& word : page.words) sizes.push_back(word.size);
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    return *middle;
}

// The share of the page that lies under pictures, of which scanners may write one a strip.
double covered(const Page& page) {
    constexpr int kSteps = 32;
    int under = 0;
    for (int row = 0; row < kSteps; ++row) {
        for (int column = 0; column < kSteps; ++column) {
            const double x = page.width * (column + 0.5) / kSteps;
            const double y = page.height * (row + 0.5) / kSteps;
            const bool inside = std::ranges::any_of(page.pictures, [&](const Box& picture) {
                return x >= picture.left && x <= picture.right && y >= picture.top &&
                       y <= picture.bottom;
            });
            under += inside ? 1 : 0;
        }
    }
    return static_cast<double>(under) / (kSteps * kSteps);
}

}  // namespace

bool is_scan_with_stamp(const Page& page) {
    if (page.words.empty() || page.pictures.empty() || page.words.size() > kStampWordsMax)
        return false;
    std::size_t chars = 0;
    for (const Word& word : page.words) chars += word.end - word.begin;
    return chars <= kStampCharsMax && usual_size(page) < kSlideLetters * page.height &&
           covered(page) >= kFilled;
}

}  // namespace ingestor::extract::pdf

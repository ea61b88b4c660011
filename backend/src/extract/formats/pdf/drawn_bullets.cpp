#include "extract/formats/pdf/drawn_bullets.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr double kSmallest = 1.2;
constexpr double kLargest = 7;
/// Of the size of the letters: how far a bullet's middle is above their baseline, and its right
/// edge before them.
constexpr double kLowest = 0.12;
constexpr double kHighest = 0.62;
constexpr double kNearest = 0.1;
constexpr double kFarthest = 2.5;
/// What stands so near before a disc makes it a mark within the line.
constexpr double kClearBefore = 1.5;

double width_of(const Box& box) {
    return box.right - box.left;
}

bool are_alike(const Box& a, const Box& b) {
    return std::fabs(width_of(a) - width_of(b)) < 0.15 * std::max(width_of(a), width_of(b));
}

// Lines by the baselines of their first words, to find what a disc stands before.
class LineBegins {
public:
    explicit LineBegins(const Page& page) : page_(page) {
        for (std::uint32_t i = 0; i < page.lines.size(); ++i) {
            const Line& line = page.lines[i];
            if (line.last > line.first && !page.words[line.first].aside) order_.push_back(i);
        }
        std::ranges::stable_sort(order_, {}, [this](std::uint32_t i) { return baseline(i); });
    }

    /// The number of lines, where there is none.
    [[nodiscard]] std::uint32_t line_behind(const Box& disc) const {
        static constexpr double kTallest = 60;
        const double middle = (disc.top + disc.bottom) / 2;
        const auto none = static_cast<std::uint32_t>(page_.lines.size());
        std::uint32_t best = none;
        double nearest = 1e9;
        auto at = std::ranges::lower_bound(order_, middle, {},
                                           [this](std::uint32_t i) { return baseline(i); });
        // Whatever a page does, so many lines are looked at.
        for (int seen = 0; at != order_.end() && seen < 256; ++at, ++seen) {
            const Line& line = page_.lines[*at];
            const Word& word = page_.words[line.first];
            if (word.baseline > middle + kTallest) break;
            const double above = (word.baseline - middle) / word.size;
            if (above < kLowest || above > kHighest || width_of(disc) > 0.75 * word.size) continue;
            // The disc lies behind the begin of this line, or right after it.
            const Word& end = page_.words[line.last - 1];
            if (word.box.left < disc.left) {
                if (end.box.right > disc.left - kClearBefore * word.size) return none;
                continue;
            }
            const double gap = word.box.left - disc.right;
            if (gap < kNearest * word.size || gap > kFarthest * word.size || gap >= nearest)
                continue;
            nearest = gap;
            best = *at;
        }
        return best;
    }

private:
    [[nodiscard]] double baseline(std::uint32_t line) const {
        return page_.words[page_.lines[line].first].baseline;
    }

    const Page& page_;
    std::vector<std::uint32_t> order_;
};

// What a point of a drawing is named by: "A", "Z2".
bool is_mark(const Page& page, const Line& line) {
    static constexpr std::size_t kLetters = 3;
    std::size_t letters = 0;
    for (std::uint32_t w = line.first; w < line.last; ++w) {
        for (const char32_t c : page.text_of(page.words[w])) {
            letters += is_letter(c) || is_digit(c) ? 1 : 0;
        }
    }
    return letters < kLetters;
}

struct Bullet {
    std::uint32_t line = 0;
    Box disc;
};

// Those of which another one stands in the same column; and a lone one that is like these.
void keep_columns(const Page& page, std::vector<Bullet>& bullets) {
    const auto shares_column = [&](const Bullet& bullet) {
        return std::ranges::any_of(bullets, [&](const Bullet& other) {
            return other.line != bullet.line && are_alike(other.disc, bullet.disc) &&
                   std::fabs(other.disc.left - bullet.disc.left) < 1;
        });
    };
    std::vector<Bullet> kept;
    std::ranges::copy_if(bullets, std::back_inserter(kept), shares_column);
    if (kept.empty()) {
        bullets.clear();
        return;
    }
    std::erase_if(bullets, [&](const Bullet& bullet) {
        const Word& word = page.words[page.lines[bullet.line].first];
        const bool near = word.box.left - bullet.disc.right < 1.2 * word.size;
        const bool like = near && std::ranges::any_of(kept, [&](const Bullet& other) {
                              return are_alike(other.disc, bullet.disc);
                          });
        return !like && !shares_column(bullet);
    });
}

}  // namespace

bool is_disc(const Box& box) {
    const double width = width_of(box);
    const double height = box.bottom - box.top;
    return width >= kSmallest && width <= kLargest &&
           std::fabs(width - height) < 0.2 * std::max(width, height);
}

void place_bullets(const std::vector<Box>& discs, Page& page) {
    if (discs.empty() || discs.size() > kDiscsMax) return;
    const LineBegins begins(page);
    std::vector<Bullet> bullets;
    std::vector<bool> taken(page.lines.size(), false);
    for (const Box& disc : discs) {
        const auto line = begins.line_behind(disc);
        if (line == page.lines.size() || taken[line] || is_mark(page, page.lines[line])) continue;
        taken[line] = true;
        bullets.push_back({.line = line, .disc = disc});
    }
    keep_columns(page, bullets);
    if (bullets.empty()) return;
    std::ranges::sort(bullets, {}, &Bullet::line);
    std::vector<Word> words;
    words.reserve(page.words.size() + bullets.size());
    auto next = bullets.begin();
    for (std::uint32_t i = 0; i < page.lines.size(); ++i) {
        Line& line = page.lines[i];
        const auto first = static_cast<std::uint32_t>(words.size());
        if (next != bullets.end() && next->line == i) {
            const Word& beside = page.words[line.first];
            Word bullet{.box = next->disc, .baseline = beside.baseline, .size = beside.size};
            bullet.box.top = beside.box.top;
            bullet.box.bottom = beside.box.bottom;
            bullet.begin = static_cast<std::uint32_t>(page.text.size());
            page.text += U'\u2022';
            bullet.end = static_cast<std::uint32_t>(page.text.size());
            bullet.space_after = true;
            bullet.artifact = beside.artifact;
            words.push_back(bullet);
            ++next;
        }
        words.insert(words.end(), page.words.begin() + line.first, page.words.begin() + line.last);
        line.first = first;
        line.last = static_cast<std::uint32_t>(words.size());
    }
    page.words = std::move(words);
}

}  // namespace ingestor::extract::pdf

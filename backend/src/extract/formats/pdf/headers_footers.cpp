#include "extract/formats/pdf/headers_footers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr double kMarginShare = 0.18;  // Headers and footers stand in the outer parts of a page.
constexpr std::size_t kEdgeLines = 4;  // No more lines than these from the edge are looked at.
constexpr std::size_t kPatternMax = 120;

enum class Zone : std::uint8_t { top, bottom };

struct Candidate {
    std::uint32_t line = 0;
    Zone zone = Zone::top;
    long height = 0;  // Rounded to two points.
    double gap = 0;   // To the next line towards the page's middle.
    bool outermost = false;
    std::u32string pattern;  // What the line says, but for the digits of its numbers.
    std::vector<std::uint64_t> numbers;
    bool number_at_edge = false;  // The line begins or ends with a number.
};

bool is_roman(std::u32string_view pattern) {
    return !pattern.empty() && pattern.size() < 8 &&
           pattern.find_first_not_of(U"ivxlcdm") == std::u32string_view::npos;
}

// "7", "- 7 -", "page 7", "7/12", "vii": what a page number leaves of its text.
bool is_page_number(std::u32string_view pattern) {
    return pattern == U"0" || pattern == U"00" || is_roman(pattern) || pattern == U"page0" ||
           pattern == U"page0of0" || pattern == U"0of0" || pattern == U"p0" ||
           pattern == U"seite0" || pattern == U"seite0von0";
}

// Reads the numbers of a text; those of more than nine digits number no pages.
void read_numbers(std::u32string_view text, Candidate& candidate) {
    for (std::size_t at = 0; at < text.size();) {
        if (!is_digit(text[at])) {
            ++at;
            continue;
        }
        std::uint64_t value = 0;
        const std::size_t begin = at;
        for (; at < text.size() && is_digit(text[at]); ++at) {
            if (at - begin < 9) value = value * 10 + (text[at] - U'0');
        }
        candidate.numbers.push_back(value);
        candidate.number_at_edge = candidate.number_at_edge || begin == 0 || at == text.size();
    }
}

std::vector<Candidate> candidates_of_page(const Draft& draft, std::uint32_t begin,
                                          std::uint32_t end) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = begin; i < end; ++i) {
        if (!draft.lines[i].aside) order.push_back(i);
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return draft.lines[a].box.top < draft.lines[b].box.top;
    });
    std::vector<Candidate> out;
    if (order.empty()) return out;
    const DraftLine& any = draft.lines[order.front()];
    const Box& page = draft.pages[any.page - 1];
    const bool turned = draft.turns[any.page - 1] % 2 != 0;
    const double height = turned ? page.right : page.bottom;
    const auto add = [&](std::size_t at, Zone zone, bool outermost) {
        const DraftLine& line = draft.lines[order[at]];
        if (line.kind != LineKind::text) return false;
        const double middle = (line.box.top + line.box.bottom) / 2;
        const bool inside = zone == Zone::top ? middle < height * kMarginShare
                                              : middle > height * (1 - kMarginShare);
        if (!inside) return false;
        Candidate candidate;
        candidate.line = order[at];
        candidate.zone = zone;
        candidate.height = std::lround(line.baseline / 2);
        candidate.outermost = outermost;
        candidate.gap = 1e9;
        const double slack = 0.5 * std::max(line.size, 1.0);
        if (zone == Zone::top) {
            for (std::size_t k = at + 1; k < order.size(); ++k) {
                const DraftLine& next = draft.lines[order[k]];
                if (next.box.top < line.box.bottom - slack) continue;
                candidate.gap = next.box.top - line.box.bottom;
                break;
            }
        } else {
            for (std::size_t k = at; k-- > 0;) {
                const DraftLine& next = draft.lines[order[k]];
                if (next.box.bottom > line.box.top + slack) continue;
                candidate.gap = line.box.top - next.box.bottom;
                break;
            }
        }
        const auto text = draft.text_of(line).substr(0, kPatternMax);
        candidate.pattern = pattern_of(text);
        read_numbers(text, candidate);
        out.push_back(std::move(candidate));
        return true;
    };
    const double top_edge = draft.lines[order.front()].box.bottom;
    for (std::size_t k = 0; k < order.size() && k < kEdgeLines; ++k) {
        if (!add(k, Zone::top, draft.lines[order[k]].box.top < top_edge)) break;
    }
    const double bottom_edge = draft.lines[order.back()].box.top;
    for (std::size_t n = 1; n <= order.size() && n <= kEdgeLines; ++n) {
        const auto k = order.size() - n;
        if (!add(k, Zone::bottom, draft.lines[order[k]].box.bottom > bottom_edge)) break;
    }
    return out;
}

std::uint32_t page_of(const Draft& draft, const Candidate& candidate) {
    return draft.lines[candidate.line].page;
}

// How far the numbers of a page stand from the page's own: nothing where there is none.
std::optional<std::int64_t> offset_of(const Draft& draft, const Candidate& candidate,
                                      std::size_t number) {
    if (number >= candidate.numbers.size()) return std::nullopt;
    return static_cast<std::int64_t>(candidate.numbers[number]) - page_of(draft, candidate);
}

// Pages whose lines mostly stand on another page as well are copies, and their lines no heads.
std::vector<bool> copies(const Draft& draft) {
    struct Seen {
        std::uint32_t page = 0;
        bool again = false;
    };
    // Places first: numbers are compared faster than texts.
    std::map<std::pair<long, std::u32string_view>, Seen> seen;
    const auto key_of = [&](const DraftLine& line) {
        return std::pair(std::lround(line.baseline / 2), draft.text_of(line));
    };
    for (const DraftLine& line : draft.lines) {
        if (line.kind != LineKind::text || line.aside) continue;
        Seen& place = seen[key_of(line)];
        place.again = place.again || (place.page != 0 && place.page != line.page);
        place.page = line.page;
    }
    std::vector<std::uint32_t> lines(draft.pages.size() + 1), again(draft.pages.size() + 1);
    for (const DraftLine& line : draft.lines) {
        if (line.aside) continue;
        ++lines[line.page];
        if (line.kind == LineKind::text && seen[key_of(line)].again) ++again[line.page];
    }
    std::vector<bool> out(draft.pages.size() + 1);
    for (std::size_t page = 0; page < out.size(); ++page) out[page] = again[page] * 2 > lines[page];
    return out;
}

// True where the lines stand on most pages of their kind: of the document, of its left or its right
// pages, or of the stretch from the first to the last of them.
bool on_most_pages(const Draft& draft, const std::vector<const Candidate*>& lines) {
    std::set<std::uint32_t> pages;
    for (const Candidate* const one : lines) pages.insert(page_of(draft, *one));
    const auto count = static_cast<std::uint32_t>(pages.size());
    const auto total = static_cast<std::uint32_t>(draft.pages.size());
    if (count < 2) return false;
    if (count * 2 > total) return true;
    if (count < 3) return false;
    const std::uint32_t stretch = *pages.rbegin() - *pages.begin() + 1;
    const bool one_side = std::all_of(pages.begin(), pages.end(), [&](std::uint32_t page) {
        return page % 2 == *pages.begin() % 2;
    });
    return count * 10 >= (one_side ? (stretch + 1) / 2 : stretch) * 8;
}

// Drops lines that say the same word for word.
class Heads {
public:
    Heads(Draft& draft, double body_size)
        : draft_(draft), body_size_(body_size), copies_(copies(draft)) {}

    void drop(const std::vector<const Candidate*>& lines) {
        if (!on_most_pages(draft_, lines)) return;
        bool first = true;
        for (const Candidate* const one : lines) {
            DraftLine& line = draft_.lines[one->line];
            // A large line that comes back is a title, which is read once.
            const bool title = std::exchange(first, false) && line.size > 1.25 * body_size_ &&
                               !is_page_number(one->pattern);
            if (!title && !copies_[line.page]) line.dropped = true;
        }
    }

private:
    Draft& draft_;
    double body_size_;
    std::vector<bool> copies_;
};

// Those of the lines whose number counts the pages: one and the same step away from the page's own
// number on most of them.
std::vector<const Candidate*> counting(const Draft& draft,
                                       const std::vector<const Candidate*>& lines) {
    // A text with a number in it counts the pages only where its number is about the page's own, so
    // that numbered letters are none.
    static constexpr std::int64_t kFarthest = 40;
    std::vector<const Candidate*> best;
    for (std::size_t number = 0; number < lines.front()->numbers.size(); ++number) {
        // All other numbers of the line are the same on every page.
        using Step = std::pair<std::int64_t, std::vector<std::uint64_t>>;
        std::map<Step, std::vector<const Candidate*>> by_step;
        for (const Candidate* const one : lines) {
            const auto offset = offset_of(draft, *one, number);
            if (!offset) continue;
            const bool plausible = is_page_number(one->pattern) ||
                                   (one->number_at_edge && std::abs(*offset) <= kFarthest);
            if (!plausible) continue;
            std::vector<std::uint64_t> others = one->numbers;
            others.erase(others.begin() + static_cast<std::ptrdiff_t>(number));
            by_step[{*offset, std::move(others)}].push_back(one);
        }
        for (auto& [step, group] : by_step) {
            if (group.size() > best.size()) best = std::move(group);
        }
    }
    return best;
}

}  // namespace

void drop_headers_and_footers(Draft& draft, double body_size) {
    std::vector<Candidate> candidates;
    const auto total = static_cast<std::uint32_t>(draft.lines.size());
    for (std::uint32_t begin = 0; begin < total;) {
        std::uint32_t end = begin + 1;
        while (end < total && draft.lines[end].page == draft.lines[begin].page) ++end;
        auto found = candidates_of_page(draft, begin, end);
        std::move(found.begin(), found.end(), std::back_inserter(candidates));
        begin = end;
    }

    // Heads have their place and their type; a page's own rounding moves them by a hair.
    Heads heads(draft, body_size);
    using Kind = std::tuple<Zone, std::u32string, long>;
    std::map<Kind, std::vector<const Candidate*>> by_pattern;
    for (const Candidate& candidate : candidates) {
        if (candidate.pattern.empty()) continue;
        const long size = std::lround(draft.lines[candidate.line].size * 2);
        by_pattern[{candidate.zone, candidate.pattern, size}].push_back(&candidate);
    }
    for (const auto& [kind, all] : by_pattern) {
        std::map<long, std::vector<const Candidate*>> places;
        for (const Candidate* const one : all) {
            auto place = places.lower_bound(one->height - 1);
            if (place == places.end() || place->first > one->height + 1)
                place = places.try_emplace(one->height).first;
            place->second.push_back(one);
        }
        for (const auto& [height, lines] : places) {
            std::map<std::u32string_view, std::vector<const Candidate*>> by_text;
            for (const Candidate* const one : lines)
                by_text[draft.text_of(draft.lines[one->line])].push_back(one);
            for (const auto& [text, same] : by_text) heads.drop(same);
            if (is_roman(std::get<1>(kind))) continue;
            const auto counted = counting(draft, lines);
            if (!counted.empty()) heads.drop(counted);
        }
    }

    // Small Roman numbers differ from page to page, so that they are told by their place alone.
    std::map<std::pair<Zone, long>, std::vector<const Candidate*>> roman;
    for (const Candidate& candidate : candidates) {
        if (is_roman(candidate.pattern) && candidate.outermost)
            roman[{candidate.zone, candidate.height}].push_back(&candidate);
    }
    for (const auto& [place, lines] : roman) heads.drop(lines);

    const auto pages = static_cast<std::uint32_t>(draft.pages.size());
    for (const Candidate& candidate : candidates) {
        DraftLine& line = draft.lines[candidate.line];
        const bool lone_number = pages == 1 && candidate.outermost && candidate.gap > line.size &&
                                 is_page_number(candidate.pattern) &&
                                 offset_of(draft, candidate, 0) == 0;
        if (line.artifact || lone_number) line.dropped = true;
    }

    // Forms that are the same on every page are no headers, they are all there is.
    const bool nothing_left = std::all_of(draft.lines.begin(), draft.lines.end(),
                                          [](const DraftLine& line) { return line.dropped; });
    if (nothing_left) {
        for (DraftLine& line : draft.lines) line.dropped = false;
    }
}

}  // namespace ingestor::extract::pdf

#include "extract/pdf/headers_footers.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "extract/pdf/text.hpp"

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
    std::u32string pattern;
};

bool is_roman(std::u32string_view pattern) {
    return !pattern.empty() && pattern.size() < 8 &&
           pattern.find_first_not_of(U"ivxlcdm") == std::u32string_view::npos;
}

// "7", "- 7 -", "page 7", "7/12", "vii": what a page number leaves of its text.
bool is_page_number(std::u32string_view pattern, std::u32string_view text) {
    if (text.size() > 24) return false;
    return pattern == U"0" || pattern == U"00" || is_roman(pattern) || pattern == U"page0" ||
           pattern == U"page0of0" || pattern == U"0of0" || pattern == U"p0" ||
           pattern == U"seite0" || pattern == U"seite0von0";
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
        candidate.pattern = pattern_of(draft.text_of(line).substr(0, kPatternMax));
        if (is_roman(candidate.pattern)) candidate.pattern.assign(1, U'0');
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

struct Place {
    std::uint32_t pages = 0;
    std::uint32_t last_page = 0;
    std::uint32_t set_apart = 0;  // Lines with more than a line's height of white beside them.
    std::set<std::u32string> patterns;
    std::vector<std::uint32_t> lines;
};

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
    const auto pages = static_cast<std::uint32_t>(draft.pages.size());

    // The same words at the same height, numbers apart.
    std::map<std::pair<Zone, std::u32string>, std::vector<const Candidate*>> by_text;
    for (const Candidate& candidate : candidates) {
        if (!candidate.pattern.empty()) {
            by_text[{candidate.zone, candidate.pattern}].push_back(&candidate);
        }
    }
    for (const auto& [key, group] : by_text) {
        std::unordered_map<long, std::set<std::uint32_t>> heights;
        std::set<std::uint32_t> all;
        for (const Candidate* const one : group) {
            const std::uint32_t page = draft.lines[one->line].page;
            heights[one->height].insert(page);
            all.insert(page);
        }
        for (const Candidate* const one : group) {
            DraftLine& line = draft.lines[one->line];
            std::size_t same = 0;
            for (long near = one->height - 1; near <= one->height + 1; ++near) {
                const auto found = heights.find(near);
                if (found != heights.end()) same = std::max(same, found->second.size());
            }
            const bool number = is_page_number(key.second, draft.text_of(line));
            const bool large = line.size > 1.25 * body_size;
            const std::size_t wanted = number || pages <= 6 ? 2 : 3;
            // A large line that comes back is a slide's title unless it is everywhere.
            if (large && !number && all.size() * 2 < pages) continue;
            if (same >= wanted || (number && all.size() >= 3)) line.dropped = true;
        }
    }

    // A head that names the chapter keeps its place and its distance, while its words change.
    std::map<std::pair<Zone, long>, Place> by_place;
    for (const Candidate& candidate : candidates) {
        const DraftLine& line = draft.lines[candidate.line];
        if (!candidate.outermost || line.size > 1.25 * body_size) continue;
        Place& place = by_place[{candidate.zone, candidate.height}];
        if (place.last_page != line.page) {
            ++place.pages;
            place.last_page = line.page;
            if (candidate.gap > 0.9 * line.size) ++place.set_apart;
        }
        place.patterns.insert(candidate.pattern);
        place.lines.push_back(candidate.line);
    }
    for (const auto& [key, place] : by_place) {
        const bool steady = place.pages >= 5 && place.pages * 10 >= pages * 3;
        const bool apart = place.set_apart * 10 >= place.pages * 8;
        const bool repeats = place.patterns.size() * 10 <= place.lines.size() * 8;
        if (!steady || !apart || !repeats) continue;
        for (const std::uint32_t line : place.lines) draft.lines[line].dropped = true;
    }

    for (const Candidate& candidate : candidates) {
        DraftLine& line = draft.lines[candidate.line];
        const bool lone_number = pages == 1 && candidate.outermost && candidate.gap > line.size &&
                                 is_page_number(candidate.pattern, draft.text_of(line));
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

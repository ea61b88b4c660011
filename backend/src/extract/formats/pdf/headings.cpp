#include "extract/formats/pdf/headings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "extract/formats/pdf/captions.hpp"
#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr std::size_t kHeadingLettersMax = 200;
constexpr std::size_t kHeadingLinesMax = 5;

// Sizes are told apart by half points: converters round.
int half_points(double size) {
    return static_cast<int>(std::lround(size * 2));
}

// The look of a heading; larger and bolder first.
struct Look {
    int size = 0;
    bool bold = false;
    bool italic = false;
    friend auto operator<=>(const Look&, const Look&) = default;
};

// Lines that may be one heading: [begin, end) in Draft::lines.
struct Group {
    std::uint32_t begin = 0, end = 0;
    Look look;
    std::size_t number_depth = 0;  // Of "1.2.3", 3.
    std::optional<int> outline_level;
};

// The depth of a section's number at the start of the text, or 0.
std::size_t number_depth(std::u32string_view text) {
    std::size_t depth = 0;
    std::size_t at = 0;
    while (at < text.size() && depth < 6) {
        std::size_t digits = at;
        while (digits < text.size() && is_digit(text[digits]) && digits - at < 4) ++digits;
        if (digits == at && depth == 0 && is_upper(text[at]) && at + 1 < text.size() &&
            text[at + 1] == U'.') {
            digits = at + 1;  // An appendix: "A.1".
        }
        if (digits == at) break;
        ++depth;
        at = digits;
        if (at >= text.size() || text[at] != U'.') break;
        ++at;
    }
    return at < text.size() && text[at] == U' ' ? depth : 0;
}

bool ends_like_prose(std::u32string_view text) {
    const char32_t last = text.back();
    return last == U'.' || last == U',' || last == U';' || last == U':' || last == U'-';
}

std::size_t letters_in(std::u32string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_letter));
}

class Marker {
public:
    Marker(Draft& draft, double body_size, const std::vector<OutlineEntry>& outline)
        : draft_(draft), body_(body_size) {
        for (const OutlineEntry& entry : outline) {
            if (entry.skeleton.size() > 1) titles_.emplace(entry.skeleton, entry.level);
        }
        body_bold_ = mostly_bold();
        find_neighbours();
        find_running_sizes();
    }

    void run() {
        collect();
        rank();
        for (const Group& group : groups_) {
            const int level = below_parent(group, level_of(group));
            for (std::uint32_t i = group.begin; i < group.end; ++i) {
                draft_.lines[i].heading = static_cast<std::uint8_t>(std::clamp(level, 1, 6));
            }
            mark_number_above(group);
        }
    }

private:
    // The number of a chapter, large and on a line of its own right above the chapter's title.
    void mark_number_above(const Group& group) {
        static constexpr std::size_t kDigitsMax = 3;
        static constexpr double kWhiteInSizes = 4;
        if (group.begin == 0) return;
        const DraftLine& title = draft_.lines[group.begin];
        DraftLine& number = draft_.lines[group.begin - 1];
        const auto text = draft_.text_of(number);
        const double pitch = title.baseline - number.baseline;
        if (is_text(number) && number.page == title.page && number.flow == title.flow &&
            number.heading == 0 && text.size() <= kDigitsMax &&
            std::all_of(text.begin(), text.end(), is_digit) && number.size >= 1.15 * body_ &&
            pitch > 0 && pitch < kWhiteInSizes * std::max(title.size, number.size)) {
            number.heading = title.heading;
        }
    }

    [[nodiscard]] bool mostly_bold() const {
        std::size_t bold = 0;
        std::size_t all = 0;
        for (const DraftLine& line : draft_.lines) {
            if (line.dropped || line.kind != LineKind::text) continue;
            if (half_points(line.size) != half_points(body_)) continue;
            ++all;
            if ((line.style & kBold) != 0) ++bold;
        }
        return bold * 2 > all;
    }

    // Lines beside which other text of their column stands on one baseline, as the labels of a
    // chart and the two sides of a form do.
    void find_neighbours() {
        has_neighbour_.assign(draft_.lines.size(), false);
        std::vector<std::uint32_t> order;
        for (std::uint32_t i = 0; i < draft_.lines.size(); ++i) {
            if (is_text(draft_.lines[i])) order.push_back(i);
        }
        const auto key = [this](std::uint32_t i) {
            const DraftLine& line = draft_.lines[i];
            return std::tuple(line.page, line.flow, line.baseline);
        };
        std::sort(order.begin(), order.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
        for (std::size_t i = 1; i < order.size(); ++i) {
            const DraftLine& above = draft_.lines[order[i - 1]];
            const DraftLine& line = draft_.lines[order[i]];
            if (above.page != line.page || above.flow != line.flow) continue;
            if (line.baseline - above.baseline > 0.3 * std::min(above.size, line.size)) continue;
            has_neighbour_[order[i - 1]] = has_neighbour_[order[i]] = true;
        }
    }

    [[nodiscard]] Look look_of(const DraftLine& line) const {
        return {.size = static_cast<int>(std::lround(line.size)),
                .bold = (line.style & kBold) != 0,
                .italic = (line.style & kItalic) != 0};
    }

    [[nodiscard]] static bool is_text(const DraftLine& line) {
        return line.kind == LineKind::text && !line.dropped && !line.aside && !line.leader;
    }

    // Does the line below continue the one above as the same heading?
    [[nodiscard]] bool goes_on(const DraftLine& above, const DraftLine& below) const {
        const double pitch = below.baseline - above.baseline;
        return is_text(below) && below.page == above.page && look_of(above) == look_of(below) &&
               pitch > 0 && pitch < 1.6 * above.size && below.marker == 0 &&
               number_depth(draft_.text_of(below)) == 0;
    }

    void collect() {
        const auto count = static_cast<std::uint32_t>(draft_.lines.size());
        std::u32string text;
        for (std::uint32_t begin = 0; begin < count;) {
            if (!is_text(draft_.lines[begin])) {
                ++begin;
                continue;
            }
            std::uint32_t end = begin + 1;
            text = draft_.text_of(draft_.lines[begin]);
            while (end < count && text.size() <= kHeadingLettersMax &&
                   goes_on(draft_.lines[end - 1], draft_.lines[end])) {
                text += U' ';
                text += draft_.text_of(draft_.lines[end]);
                ++end;
            }
            Group group{.begin = begin,
                        .end = end,
                        .look = look_of(draft_.lines[begin]),
                        .number_depth = number_depth(text),
                        .outline_level = std::nullopt};
            if (!titles_.empty() && text.size() <= kHeadingLettersMax) {
                group.outline_level = title_level(text, group);
            }
            if (is_heading(group, text)) groups_.push_back(group);
            begin = end;
        }
    }

    // The outline may leave a section's number out, or the page may.
    [[nodiscard]] std::optional<int> title_level(std::u32string_view text,
                                                 const Group& group) const {
        const auto find = [this](std::u32string_view part) -> std::optional<int> {
            const auto found = titles_.find(skeleton_of(part));
            return found == titles_.end() ? std::nullopt : std::optional(found->second);
        };
        if (const auto level = find(text)) return level;
        if (group.number_depth == 0) return std::nullopt;
        return find(text.substr(text.find(U' ')));
    }

    [[nodiscard]] bool is_heading(const Group& group, std::u32string_view text) const {
        const DraftLine& first = draft_.lines[group.begin];
        if (text.size() > kHeadingLettersMax || group.end - group.begin > kHeadingLinesMax) {
            return false;
        }
        if (letters_in(text) < 2 || letters_in(text) * 3 < text.size()) return false;
        if ((first.style & kMono) != 0 && !group.outline_level) return false;
        const double ratio = first.size / body_;
        const bool bold = group.look.bold && !body_bold_;
        if (group.outline_level && (ratio >= 1.04 || group.look.bold || group.look.italic) &&
            ratio > 0.9) {
            return true;
        }
        if (ratio < 0.97 || is_caption(text) || has_neighbour_[group.begin]) return false;
        if (first.marker > 0 && group.number_depth == 0) return false;
        if (ratio >= 1.15 && first.size - body_ >= 1) {
            return !ends_like_sentence(text, ratio) && !is_running_text(group, text);
        }
        if (group.look.italic && !bold) return is_italic_title(group, text);
        if (!bold && !(group.number_depth >= 2 && ratio >= 1.04)) return false;
        // Bold at the body's size: a heading only if it stands alone and reads like a title.
        if (ends_like_prose(text) && group.number_depth == 0 && !introduces(group, text))
            return false;
        if (text.size() > 120 || is_lower(text.front())) return false;
        return stands_alone(group);
    }

    // Slanted at the body's size: one short line with white above and upright text right below.
    [[nodiscard]] bool is_italic_title(const Group& group, std::u32string_view text) const {
        if (group.end - group.begin > 1 || text.size() > 60 || !is_upper(text.front()))
            return false;
        if (ends_like_prose(text) || !stands_alone(group)) return false;
        const DraftLine& line = draft_.lines[group.begin];
        if (group.end >= draft_.lines.size()) return false;
        const DraftLine& below = draft_.lines[group.end];
        const double pitch = below.baseline - line.baseline;
        if (!is_text(below) || below.page != line.page || (below.style & kItalic) != 0 ||
            std::fabs(below.box.left - line.box.left) > 2 || pitch <= 0 || pitch > 2 * line.size ||
            below.box.right - below.box.left < line.box.right - line.box.left) {
            return false;
        }
        if (group.begin == 0 || draft_.lines[group.begin - 1].page != line.page) return true;
        const DraftLine& above = draft_.lines[group.begin - 1];
        // The last line of a paragraph mostly ends short of the column's edge.
        const bool after_short =
            above.box.right < below.box.right - 0.15 * (below.box.right - below.box.left);
        const double pitch_above = line.baseline - above.baseline;
        return pitch_above < 0 || pitch_above > (after_short ? 1.1 : 1.5) * line.size;
    }

    // "Procedure:" in bold on a line of its own, with other text right below.
    [[nodiscard]] bool introduces(const Group& group, std::u32string_view text) const {
        static constexpr std::size_t kLettersMax = 60;
        if (text.back() != U':' || text.size() > kLettersMax || group.end - group.begin > 1)
            return false;
        if (group.end >= draft_.lines.size()) return false;
        const DraftLine& line = draft_.lines[group.begin];
        const DraftLine& below = draft_.lines[group.end];
        return is_text(below) && below.page == line.page && (below.style & kBold) == 0 &&
               below.baseline > line.baseline && below.box.left >= line.box.left - 2;
    }

    // A size in which much of the text is set is no title's, whatever the notes below it are set
    // in; nor is a line the title that begins in the middle of a sentence.
    [[nodiscard]] bool is_running_text(const Group& group, std::u32string_view text) const {
        static constexpr std::size_t kLettersMax = 40;
        if (group.look.bold) return false;
        if (running_sizes_.contains(group.look.size)) return true;
        return is_lower(text.front()) && text.size() > kLettersMax;
    }

    // Sizes other than the body's in which at least a fifth of the lines is set, and somewhere more
    // of them below each other than a title has.
    void find_running_sizes() {
        std::map<int, std::size_t> lines;
        std::map<int, std::size_t> longest;
        std::size_t all = 0;
        std::size_t run = 0;
        const DraftLine* above = nullptr;
        for (const DraftLine& line : draft_.lines) {
            if (!is_text(line)) continue;
            ++all;
            const Look look = look_of(line);
            const bool prose = !look.bold && line.end - line.begin > 20;
            const bool goes_on_here =
                above != nullptr && look_of(*above) == look && above->block == line.block;
            run = prose ? (goes_on_here ? run + 1 : 1) : 0;
            if (!look.bold) ++lines[look.size];
            longest[look.size] = std::max(longest[look.size], run);
            above = &line;
        }
        for (const auto& [size, count] : lines) {
            if (count * 5 >= all && longest[size] >= 4) running_sizes_.insert(size);
        }
    }

    static bool ends_like_sentence(std::u32string_view text, double ratio) {
        return ratio < 1.3 && text.size() > 60 && (text.back() == U'.' || text.back() == U',');
    }

    // White above, and no text beside or right after it in the same block at the same pitch.
    [[nodiscard]] bool stands_alone(const Group& group) const {
        const DraftLine& first = draft_.lines[group.begin];
        const DraftLine& last = draft_.lines[group.end - 1];
        for (std::uint32_t k = group.begin; k-- > 0;) {
            const DraftLine& above = draft_.lines[k];
            if (above.page != first.page) break;
            if (above.dropped) continue;
            const double pitch = first.baseline - above.baseline;
            if (std::fabs(pitch) < 0.4 * first.size) return false;
            if (pitch > 0 && pitch < 1.25 * first.size && above.block == first.block) return false;
            break;
        }
        for (std::uint32_t k = group.end; k < draft_.lines.size(); ++k) {
            const DraftLine& below = draft_.lines[k];
            if (below.page != last.page) break;
            if (below.dropped) continue;
            if (std::fabs(below.baseline - last.baseline) < 0.4 * last.size) return false;
            break;
        }
        return true;
    }

    // Larger looks stand higher; what the outline or the numbers say of a look outweighs its rank.
    void rank() {
        std::map<Look, std::map<int, std::size_t>, std::greater<>> votes;
        for (const Group& group : groups_) {
            auto& vote = votes[group.look];
            ++vote[0];
            if (group.outline_level) ++vote[*group.outline_level];
        }
        // There are six levels. Where there are more looks (slides), the rarer ones share a level.
        std::vector<std::size_t> counts;
        counts.reserve(votes.size());
        for (const auto& [look, vote] : votes) counts.push_back(vote.at(0));
        std::sort(counts.begin(), counts.end(), std::greater<>());
        const std::size_t often = counts.size() > 6 ? counts[5] : 1;
        int level = 0;
        for (const auto& [look, vote] : votes) {
            int said = 0;
            std::size_t most = 0;
            for (const auto& [outline_level, count] : vote) {
                if (outline_level > 0 && count > most) {
                    most = count;
                    said = outline_level;
                }
            }
            const int next = vote.at(0) >= often ? std::min(level + 1, 6) : level;
            level = std::max({said > 0 ? said : next, level, 1});
            levels_[look] = level;
        }
    }

    // "3.5.1" stands below "3.5", however it is set.
    int below_parent(const Group& group, int level) {
        if (group.number_depth == 0) return level;
        const auto text = draft_.text_of(draft_.lines[group.begin]);
        std::u32string number(text.substr(0, text.find(U' ')));
        while (!number.empty() && number.back() == U'.') number.pop_back();
        const auto dot = number.rfind(U'.');
        if (dot != std::u32string::npos && !group.outline_level) {
            const auto parent = numbered_.find(number.substr(0, dot));
            if (parent != numbered_.end()) level = std::max(level, parent->second + 1);
        }
        numbered_[std::move(number)] = level;
        return level;
    }

    [[nodiscard]] int level_of(const Group& group) const {
        if (group.outline_level) return *group.outline_level;
        return levels_.at(group.look);
    }

    Draft& draft_;
    double body_;
    bool body_bold_ = false;
    std::vector<bool> has_neighbour_;  // Of each line.
    std::map<std::u32string, int> titles_;
    std::vector<Group> groups_;
    std::map<Look, int> levels_;
    std::map<std::u32string, int> numbered_;  // The levels of numbered titles so far.
    std::set<int> running_sizes_;
};

}  // namespace

double body_size_of(const Draft& draft) {
    std::unordered_map<int, std::size_t> votes;
    for (const DraftLine& line : draft.lines) {
        if (line.kind != LineKind::text || line.aside) continue;
        votes[half_points(line.size)] += line.end - line.begin;
    }
    int best = 20;
    std::size_t most = 0;
    for (const auto& [size, count] : votes) {
        if (count > most || (count == most && size < best)) {
            most = count;
            best = size;
        }
    }
    return std::max(best, 2) / 2.0;
}

void mark_headings(Draft& draft, double body_size, const std::vector<OutlineEntry>& outline) {
    Marker(draft, body_size, outline).run();
}

}  // namespace ingestor::extract::pdf

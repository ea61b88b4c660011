#include "extract/formats/pdf/paragraphs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>

#include "extract/formats/pdf/boxes.hpp"
#include "extract/formats/pdf/inline_text.hpp"
#include "extract/formats/pdf/text.hpp"
#include "extract/model/cells.hpp"
#include "extract/model/lists.hpp"

namespace ingestor::extract::pdf {
namespace {

// Where the lines of a block, or of its whole flow if the block is short, begin and end.
struct Measure {
    double start = 0, finish = 0, pitch = 0;
};

// Each chunk of a paragraph names all of its pages.
constexpr std::uint32_t kPagesOfAParagraph = 16;

class Builder {
public:
    Builder(const Draft& draft, const ParseLimits& limits) : draft_(draft), limits_(limits) {}

    Result<model::Blocks> run() {
        measure_blocks();
        measure_pitch();
        find_boxes();
        for (std::uint32_t i = 0; i < draft_.lines.size(); ++i) {
            const DraftLine& line = draft_.lines[i];
            if (line.dropped) continue;
            if (count_ >= limits_.blocks_max) {
                return fail(Errc::too_large,
                            fmt::format("the PDF has more blocks than blocks_max ({})",
                                        limits_.blocks_max));
            }
            if (line.kind == LineKind::table) {
                flush();
                add_table(line);
                levels_.clear();
            } else {
                add_line(line);
            }
        }
        flush();
        return std::move(blocks_);
    }

private:
    [[nodiscard]] static bool is_code(const DraftLine& line) {
        // Some fonts say of themselves that they are fixed which hold but a raised figure.
        return (line.style & kMono) != 0 && line.heading == 0 && line.marker == 0 &&
               line.end - line.begin >= 3;
    }

    void measure_blocks() {
        measures_.assign(draft_.next_block, Measure{1e9, -1e9, 1e9});
        const DraftLine* above = nullptr;
        for (const DraftLine& line : draft_.lines) {
            if (line.kind != LineKind::text || line.dropped) continue;
            Measure& measure = measures_[line.block];
            measure.start = std::min(measure.start, line.start());
            measure.finish = std::max(measure.finish, line.finish());
            if (above != nullptr && above->block == line.block) {
                const double pitch = line.baseline - above->baseline;
                if (pitch > 0.5 * line.size) measure.pitch = std::min(measure.pitch, pitch);
            }
            above = &line;
        }
    }

    // The usual distance from line to line, in sizes of the type: the one that most lines of
    // running text have. Drafts and theses are set in double space.
    void measure_pitch() {
        static constexpr double kStep = 0.05;
        static constexpr std::size_t kSteps = 80;
        static constexpr std::uint32_t kLettersMin = 20;
        std::array<std::size_t, kSteps> counts{};
        const DraftLine* above = nullptr;
        for (const DraftLine& line : draft_.lines) {
            if (line.kind != LineKind::text || line.dropped || line.aside) continue;
            if (line.end - line.begin < kLettersMin) continue;
            if (above != nullptr && above->page == line.page && above->flow == line.flow &&
                std::fabs(above->size - line.size) < 0.3) {
                const double pitch = (line.baseline - above->baseline) / std::max(line.size, 1.0);
                const auto step = static_cast<std::size_t>(std::max(pitch, 0.0) / kStep);
                if (pitch > 0.5 && step < kSteps) ++counts[step];
            }
            above = &line;
        }
        // Rounding may put one distance into two neighbouring steps.
        std::size_t most = 0;
        for (std::size_t i = 0; i + 1 < kSteps; ++i) {
            const std::size_t count = counts[i] + counts[i + 1];
            if (count <= most) continue;
            most = count;
            usual_pitch_ = static_cast<double>(i + 1) * kStep;
        }
    }

    // Lines in double space, which Poppler takes for blocks of their own.
    [[nodiscard]] bool joins_in_wide_space(const DraftLine& above, const DraftLine& line) const {
        static constexpr double kWide = 1.45;
        if (usual_pitch_ < kWide || above.flow != line.flow) return false;
        const double pitch = (line.baseline - above.baseline) / std::max(line.size, 1.0);
        if (std::fabs(pitch - usual_pitch_) > 0.1 * usual_pitch_) return false;
        const double indent = line.start() - above.start();
        if (std::fabs(indent) > 0.8 * line.size && open_.size() > 1) return false;
        return indent < 0.8 * line.size && (!ended_early(above, line) || runs_on(above, line));
    }

    // The edge that a full line would reach: blocks of a flow stand in one column, whose lines are
    // shorter beside a picture.
    [[nodiscard]] double far_edge(const DraftLine& line) const {
        static constexpr double kGapInSizes = 2;  // The most white before the picture.
        if (line.blocked_at > flow_finish_)
            return std::max(measures_[line.block].finish, flow_finish_);
        const auto beside = beside_finish_.find(line.blocked_at);
        return std::max(beside == beside_finish_.end() ? -1e9 : beside->second,
                        line.blocked_at - kGapInSizes * line.size);
    }

    void enter_flow(std::uint32_t at) {
        const DraftLine& line = draft_.lines[at];
        if (line.page == flow_page_ && line.flow == flow_ && line.right_to_left == flow_turned_)
            return;
        flow_page_ = line.page;
        flow_ = line.flow;
        flow_turned_ = line.right_to_left;
        flow_finish_ = -1e9;
        beside_finish_.clear();
        for (std::size_t i = at; i < draft_.lines.size(); ++i) {
            const DraftLine& other = draft_.lines[i];
            if (other.page != line.page || other.flow != line.flow) break;
            if (other.kind == LineKind::text && !other.dropped &&
                other.right_to_left == line.right_to_left) {
                flow_finish_ = std::max(flow_finish_, other.finish());
                auto& beside = beside_finish_.try_emplace(other.blocked_at, -1e9).first->second;
                beside = std::max(beside, other.finish());
            }
        }
    }

    void add_line(const DraftLine& line) {
        const auto at = static_cast<std::uint32_t>(&line - draft_.lines.data());
        if (!open_.empty() && !joins(*open_.back(), line)) flush();
        enter_flow(at);
        open_.push_back(&line);
    }

    [[nodiscard]] static bool ends_sentence(std::u32string_view text) {
        static constexpr std::u32string_view kClosing = U"\"')]\u201D\u2019\u00BB";
        std::size_t end = text.size();
        while (end > 1 && kClosing.find(text[end - 1]) != std::u32string_view::npos) --end;
        static constexpr std::u32string_view kEnds = U".!?:;\u3002\uFF01\uFF1F\u2026";
        return end > 0 && kEnds.find(text[end - 1]) != std::u32string_view::npos;
    }

    [[nodiscard]] static bool ends_hyphenated(std::u32string_view text) {
        if (text.size() < 2) return false;
        const char32_t last = text.back();
        const bool hyphen = last == U'-' || last == 0xAD || last == 0x2010;
        return hyphen && is_letter(text[text.size() - 2]);
    }

    // Does `line` continue the paragraph whose last line is `above`?
    [[nodiscard]] bool joins(const DraftLine& above, const DraftLine& line) const {
        const DraftLine& first = *open_.front();
        if (line.page - first.page >= kPagesOfAParagraph) return false;
        if (above.heading != 0 || line.heading != 0) return joins_heading(above, line);
        if (is_code(first)) return (line.style & kMono) != 0 && joins_code(above, line);
        if (is_code(line)) return false;
        if (above.aside != line.aside || above.leader) return false;
        if (above.right_to_left != line.right_to_left) return false;
        if (line.leader && !(line.block == above.block && !ended_early(above, line))) return false;
        if (is_bare_number(above) && is_bare_number(line)) return above.page == line.page;
        if (std::fabs(above.size - line.size) > 0.12 * std::max(above.size, line.size))
            return false;
        if (line.marker > 0 && starts_item(above, line)) return false;
        const auto text = draft_.text_of(above);
        const auto next = draft_.text_of(line);
        if (above.block == line.block && above.page == line.page) {
            return joins_in_block(first, above, line);
        }
        if ((above.style & kBold) != (line.style & kBold)) return false;
        const bool same_place = above.page == line.page && line.box.top >= above.box.top;
        if (same_place) {
            const double pitch = line.baseline - above.baseline;
            if (std::fabs(pitch) < 0.4 * line.size) {
                return line.start() >= above.finish() &&
                       line.start() - above.finish() < 3 * line.size;
            }
            if (joins_in_wide_space(above, line)) return true;
            if (pitch > 1.7 * line.size) return false;
            if (std::fabs(line.start() - first.body_start) > 2 * line.size &&
                std::fabs(line.start() - first.start()) > 2 * line.size) {
                return false;
            }
            return !ended_early(above, line) && (ends_hyphenated(text) || !ends_sentence(text));
        }
        if (line.page > above.page + 1) return false;
        if (ends_hyphenated(text)) return is_lower(next.front());
        return !ends_sentence(text) && (is_lower(next.front()) || next.front() == U'(') &&
               text.size() > 20;
    }

    // Numbers alone are what stands along the axes of a chart, and together at least one thing.
    [[nodiscard]] bool is_bare_number(const DraftLine& line) const {
        static constexpr std::size_t kLettersMax = 12;
        const auto text = draft_.text_of(line);
        return text.size() <= kLettersMax && line.marker == 0 &&
               std::any_of(text.begin(), text.end(), is_digit) &&
               std::none_of(text.begin(), text.end(), is_letter);
    }

    [[nodiscard]] static bool joins_heading(const DraftLine& above, const DraftLine& line) {
        const double pitch = line.baseline - above.baseline;
        return above.heading == line.heading && above.page == line.page &&
               std::fabs(above.size - line.size) < 0.3 && pitch > 0 && pitch < 1.6 * above.size &&
               (above.style & kBold) == (line.style & kBold) && line.marker == 0;
    }

    [[nodiscard]] static bool joins_code(const DraftLine& above, const DraftLine& line) {
        return above.page == line.page && line.baseline >= above.baseline - 1 &&
               line.baseline - above.baseline < 2.6 * std::max(line.size, 1.0);
    }

    // A number at a line's start may be part of the sentence: "in section\n3. It ...".
    [[nodiscard]] bool starts_item(const DraftLine& above, const DraftLine& line) const {
        const auto text = draft_.text_of(line);
        const char32_t lead = text.front();
        const bool bullet = !is_letter(lead) && !is_digit(lead) && lead != U'(' && lead != U'[';
        if (bullet && lead != U'-' && lead != U'\u2013' && lead != U'\u2014') return true;
        if (open_.front()->marker > 0 || above.block != line.block) return true;
        return ended_early(above, line) || ends_sentence(draft_.text_of(above));
    }

    // Would the first word of `line` still have fitted on the line above?
    [[nodiscard]] bool ended_early(const DraftLine& above, const DraftLine& line) const {
        const double blank = 0.3 * above.size;
        return above.finish() + blank + line.first_word < far_edge(above) - 0.5 * above.size;
    }

    // Short lines that run on are centred, or set ragged around something.
    [[nodiscard]] bool runs_on(const DraftLine& above, const DraftLine& line) const {
        const auto text = draft_.text_of(above);
        return !ends_sentence(text) && is_lower(draft_.text_of(line).front()) && text.size() > 30;
    }

    [[nodiscard]] bool joins_in_block(const DraftLine& first, const DraftLine& above,
                                      const DraftLine& line) const {
        const Measure& measure = measures_[line.block];
        const double pitch = line.baseline - above.baseline;
        if (pitch > 1.4 * std::max(measure.pitch, line.size)) return false;
        if (ended_early(above, line)) {
            if (!runs_on(above, line)) return false;
        }
        if (first.marker > 0) {
            // After a list item: text back at the marker's edge or further left is no part of it.
            const bool outdented = line.start() < first.body_start - 0.6 * line.size;
            return !outdented || !ends_sentence(draft_.text_of(above));
        }
        const double indent = line.start() - measure.start;
        const double before = above.start() - measure.start;
        const bool indented = indent > 0.8 * line.size && before < 0.4 * line.size;
        return !indented || !ends_sentence(draft_.text_of(above)) || indent > 6 * line.size;
    }

    // Appends the line's text and runs to those of the open paragraph.
    void append(const DraftLine& line, std::size_t skip) {
        std::u32string_view text = draft_.text_of(line);
        if (!text_.empty()) {
            if (ends_hyphenated(text_)) {
                undo_hyphen(text.substr(skip));
            } else {
                const bool glued =
                    is_ideographic(text_.back()) && !text.empty() && is_ideographic(text.front());
                if (text_.back() == 0xAD) text_.pop_back();
                if (!glued && text_.back() != U' ') text_ += U' ';
            }
            close_runs();
        }
        const std::size_t base = text_.size();
        for (std::uint32_t r = line.first_run; r < line.last_run; ++r) {
            Run run = draft_.runs[r];
            run.begin = std::max(run.begin - line.begin, static_cast<std::uint32_t>(skip));
            run.end = std::max(run.end - line.begin, run.begin);
            if (run.end == run.begin) continue;
            const auto shift = static_cast<std::uint32_t>(base - skip);
            run.begin += shift;
            run.end += shift;
            if (!runs_.empty() && runs_.back().style == run.style &&
                runs_.back().link == run.link && runs_.back().end == run.begin) {
                runs_.back().end = run.end;
            } else {
                runs_.push_back(run);
            }
        }
        for (const char32_t c : text.substr(skip)) text_ += c;
    }

    // The text may have grown or shrunk by a blank or a hyphen at its end.
    void close_runs() {
        const auto end = static_cast<std::uint32_t>(text_.size());
        while (!runs_.empty() && runs_.back().begin >= end) runs_.pop_back();
        if (!runs_.empty()) runs_.back().end = end;
    }

    // A hyphen before a small letter was put there by the line's end; words that have hyphens of
    // their own ("state-of-the-art") and compounds with a capital or a digit keep it.
    void undo_hyphen(std::u32string_view next) {
        if (next.empty()) return;
        const bool soft = text_.back() == 0xAD;
        const auto word = text_.find_last_of(U' ');
        const auto tail =
            std::u32string_view(text_).substr(word == std::u32string::npos ? 0 : word + 1);
        const bool own_hyphen =
            tail.substr(0, tail.size() - 1).find(U'-') != std::u32string_view::npos;
        const bool whole =
            !is_lower(next.front()) || own_hyphen || (!soft && is_compound(tail, next));
        if (soft || !whole) text_.pop_back();
    }

    // Does the document have the word with its hyphen elsewhere, where no line ends?
    [[nodiscard]] bool is_compound(std::u32string_view head, std::u32string_view tail) {
        if (!compounds_read_) read_compounds();
        std::u32string word;
        for (const char32_t c : head) {
            if (is_letter(c) || c == U'-') word += c;
        }
        for (const char32_t c : tail) {
            if (!is_letter(c)) break;
            word += c;
        }
        return compounds_.contains(folded(word));
    }

    static std::u32string folded(std::u32string_view word) {
        std::u32string out(word);
        for (char32_t& c : out) c = c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c;
        return out;
    }

    void read_compounds() {
        compounds_read_ = true;
        for (const DraftLine& line : draft_.lines) {
            const auto text = draft_.text_of(line);
            for (auto hyphen = text.find(U'-'); hyphen != text.npos;
                 hyphen = text.find(U'-', hyphen + 1)) {
                std::size_t begin = hyphen;
                while (begin > 0 && is_letter(text[begin - 1])) --begin;
                std::size_t end = hyphen + 1;
                while (end < text.size() && is_letter(text[end])) ++end;
                if (begin < hyphen && end > hyphen + 1)
                    compounds_.insert(folded(text.substr(begin, end - begin)));
            }
        }
    }

    void strip_soft_hyphens() {
        if (text_.find(char32_t{0xAD}) == std::u32string::npos) return;
        std::u32string kept;
        std::vector<std::uint32_t> moved(text_.size() + 1);
        for (std::size_t i = 0; i < text_.size(); ++i) {
            moved[i] = static_cast<std::uint32_t>(kept.size());
            if (text_[i] != 0xAD) kept += text_[i];
        }
        moved[text_.size()] = static_cast<std::uint32_t>(kept.size());
        for (Run& run : runs_) {
            run.begin = moved[run.begin];
            run.end = moved[run.end];
        }
        text_ = std::move(kept);
    }

    void flush() {
        if (open_.empty()) return;
        const DraftLine& first = *open_.front();
        model::Provenance place{.page = first.page, .last_page = open_.back()->page};
        Box box = first.box;
        for (const DraftLine* const line : open_) {
            if (line->page != first.page) break;
            box = {std::min(box.left, line->box.left), std::min(box.top, line->box.top),
                   std::max(box.right, line->box.right), std::max(box.bottom, line->box.bottom)};
        }
        place.box = on_page(box, first.page);
        ++count_;
        if (is_code(first)) {
            levels_.clear();
            std::string code = code_of_open();
            if (!code.empty())
                blocks_.push_back(
                    {.content = model::Code{.text = std::move(code)}, .place = place});
        } else {
            write_text(first, place);
        }
        open_.clear();
    }

    void find_boxes() {
        for (const DraftLine& line : draft_.lines) {
            if (line.dropped || line.marker == 0 || !is_boxed_line(draft_.text_of(line))) continue;
            if (pages_with_boxes_.empty() || pages_with_boxes_.back() != line.page)
                pages_with_boxes_.push_back(line.page);
        }
    }

    void write_text(const DraftLine& first, const model::Provenance& place) {
        text_.clear();
        runs_.clear();
        std::optional<Item> item;
        if (first.heading > 0) {
            levels_.clear();
        } else if (open_.back()->leader) {
            item = first.marker > 0 ? enter_item(first) : Item{.depth = nest(first)};
        } else if (first.marker > 0) {
            item = enter_item(first);
        } else {
            levels_.clear();
        }
        for (const DraftLine* const line : open_) {
            append(*line, line == &first && item ? item->skip : 0);
        }
        strip_soft_hyphens();
        const std::uint8_t ignored = first.heading > 0 ? std::uint8_t{kBold | kItalic}
                                     : item            ? std::uint8_t{kPlain}
                                                       : shared_style();
        model::Inlines text = to_inlines(text_, runs_, draft_.links, ignored);
        if (text.empty()) return;
        if (first.heading > 0) {
            blocks_.push_back(
                {.content = model::Heading{.level = first.heading, .text = std::move(text)},
                 .place = place});
            return;
        }
        model::Block paragraph{.content = model::Paragraph{.text = std::move(text)},
                               .place = place};
        if (!item) {
            blocks_.push_back(std::move(paragraph));
            return;
        }
        model::ListItem entry{.number = item->number, .checked = item->checked};
        entry.blocks.push_back(std::move(paragraph));
        model::add_item(blocks_, item->depth, std::move(entry));
    }

    // A list's item, and how much of its text is the marker.
    struct Item {
        int depth = 0;
        int number = 0;
        std::size_t skip = 0;
        std::optional<bool> checked = {};
    };

    // Of a page with boxes a filled square is one, too.
    [[nodiscard]] std::optional<bool> box_of(const DraftLine& line, char32_t lead) const {
        if (const auto state = box_state(lead)) return state;
        if (!is_filled_square(lead)) return std::nullopt;
        const bool beside = std::ranges::binary_search(pages_with_boxes_, line.page);
        return beside ? std::optional(true) : std::nullopt;
    }

    // Emphasis marks what differs: a long paragraph that is bold or slanted throughout gets no
    // marks.
    [[nodiscard]] std::uint8_t shared_style() const {
        if (text_.size() < 200) return kPlain;
        std::uint8_t all = kBold | kItalic | kMono;
        for (const Run& run : runs_) all = static_cast<std::uint8_t>(all & run.style);
        return all;
    }

    // How deep in lists the line's left edge says that it stands.
    int nest(const DraftLine& line) {
        const double slack = 0.6 * std::max(line.size, 1.0);
        while (!levels_.empty() && line.start() < levels_.back() - slack) levels_.pop_back();
        if (levels_.empty() || line.start() > levels_.back() + slack) {
            levels_.push_back(line.start());
        }
        return static_cast<int>(std::min<std::size_t>(levels_.size() - 1, 8));
    }

    Item enter_item(const DraftLine& line) {
        const auto text = draft_.text_of(line);
        Item item{.depth = nest(line), .skip = line.marker};
        int number = 0;
        for (const char32_t c : text.substr(0, item.skip)) {
            if (is_digit(c)) number = number * 10 + static_cast<int>(c - U'0');
        }
        const char32_t lead = text.front();
        const bool lettered = number == 0 && (is_letter(lead) || lead == U'(' || lead == U'[');
        // Letters and bracketed numbers are what the text refers to, so they stay in it.
        if (lettered || lead == U'(' || lead == U'[') {
            item.skip = 0;
            return item;
        }
        item.number = number;
        item.checked = box_of(line, lead);
        while (item.skip < text.size() && text[item.skip] == U' ') ++item.skip;
        return item;
    }

    // The open lines as they stand, in the columns of their letters.
    [[nodiscard]] std::string code_of_open() const {
        std::string out;
        double left = 1e9;
        double width = 0;
        std::size_t letters = 0;
        for (const DraftLine* const line : open_) {
            left = std::min(left, line->box.left);
            width += line->box.right - line->box.left;
            letters += line->end - line->begin;
        }
        const double letter =
            std::max(width / static_cast<double>(std::max<std::size_t>(letters, 1)), 1.0);
        const DraftLine* above = nullptr;
        std::size_t column = 0;
        for (const DraftLine* const line : open_) {
            const bool same_row =
                above != nullptr && std::fabs(line->baseline - above->baseline) < 0.4 * line->size;
            if (above != nullptr && !same_row) {
                out += line->baseline - above->baseline > 1.8 * line->size ? "\n\n" : "\n";
                column = 0;
            }
            const auto wanted = static_cast<std::size_t>(
                std::clamp((line->box.left - left) / letter + 0.5, 0.0, 200.0));
            if (same_row && wanted <= column) {
                out += ' ';
                ++column;
            }
            for (; column < wanted; ++column) out += ' ';
            for (const char32_t c : draft_.text_of(*line)) {
                if (c == 0xAD) continue;
                append_utf8(out, c);
                ++column;
            }
            above = line;
        }
        return out;
    }

    void add_table(const DraftLine& line) {
        const DraftTable& read = draft_.tables[line.table];
        model::Table table;
        table.rows.reserve(read.rows.size());
        for (const auto& cells : read.rows) {
            auto& row = table.rows.emplace_back();
            row.reserve(cells.size());
            for (const model::Inlines& text : cells) {
                model::set_text(row.emplace_back(), text);
            }
        }
        ++count_;
        blocks_.push_back(
            {.content = std::move(table),
             .place = {
                 .page = line.page, .last_page = line.page, .box = on_page(read.box, line.page)}});
    }

    // Boxes are kept as the page was read; a turned page is turned back.
    [[nodiscard]] Box on_page(const Box& box, std::uint32_t page) const {
        const Box& size = draft_.pages[page - 1];
        switch (draft_.turns[page - 1]) {
            case 1:
                return {size.right - box.bottom, box.left, size.right - box.top, box.right};
            case 2:
                return {size.right - box.right, size.bottom - box.bottom, size.right - box.left,
                        size.bottom - box.top};
            case 3:
                return {box.top, size.bottom - box.right, box.bottom, size.bottom - box.left};
            default:
                return box;
        }
    }

    const Draft& draft_;
    const ParseLimits& limits_;
    model::Blocks blocks_;
    std::uint64_t count_ = 0;
    std::vector<Measure> measures_;
    double usual_pitch_ = 0;
    std::unordered_set<std::u32string> compounds_;
    bool compounds_read_ = false;
    std::vector<const DraftLine*> open_;
    std::vector<std::uint32_t> pages_with_boxes_;  // Rising.
    std::vector<double> levels_;  // Starts of the open list's markers, outermost first.
    std::u32string text_;
    std::vector<Run> runs_;
    std::uint32_t flow_page_ = 0;
    std::uint32_t flow_ = 0;
    bool flow_turned_ = false;
    double flow_finish_ = -1e9;
    std::map<double, double> beside_finish_;  // Of its lines, by what blocks them.
};

}  // namespace

Result<model::Blocks> make_blocks(const Draft& draft, const ParseLimits& limits) {
    return Builder(draft, limits).run();
}

}  // namespace ingestor::extract::pdf

#include "extract/formats/pdf/page_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>
#include <string_view>

#include <Gfx.h>
#include <GfxFont.h>
#include <GfxState.h>
#include <GlobalParams.h>

#include "extract/formats/pdf/drawn_bullets.hpp"
#include "extract/formats/pdf/drop_caps.hpp"
#include "extract/formats/pdf/font_weight.hpp"
#include "extract/formats/pdf/spaced_letters.hpp"
#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

// Cells of 16 by 4 points; larger pages wrap around, which only makes the limit stricter there.
constexpr std::size_t kCellColumns = 64;
constexpr std::size_t kCellRows = 256;

std::size_t cell_at(double x, double y) {
    const auto wrap = [](double value, double step, std::size_t count) {
        const double steps = std::fabs(value) / step;
        if (steps < static_cast<double>(count)) return static_cast<std::size_t>(steps);
        const double folded = std::fmod(steps, static_cast<double>(count));
        return std::isfinite(folded) ? static_cast<std::size_t>(folded) : std::size_t{0};
    };
    return wrap(y, 4, kCellRows) * kCellColumns + wrap(x, 16, kCellColumns);
}

// Beside the styles: a font of bullets and other pictures, whatever letters it says they are.
constexpr std::uint8_t kDingbat = 0x80;

bool contains_word(std::string_view name, std::string_view word) {
    const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    return std::search(name.begin(), name.end(), word.begin(), word.end(), same) != name.end();
}

bool looks_italic(std::string_view name) {
    static constexpr std::array<std::string_view, 8> kWords = {
        "italic", "oblique", "cmti", "cmsl", "ecti", "sfti", "-it", "slant"};
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return contains_word(name, word); });
}

bool looks_fixed(std::string_view name) {
    static constexpr std::array<std::string_view, 12> kWords = {
        "courier", "mono", "cmtt",   "consolas", "menlo",       "typewriter",
        "ectt",    "sftt", "cmsltt", "lmtt",     "inconsolata", "nimbusmon"};
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return contains_word(name, word); });
}

bool is_dingbats(std::string_view name) {
    static constexpr std::array<std::string_view, 4> kWords = {"wingdings", "webdings", "dingbats",
                                                               "marlett"};
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return contains_word(name, word); });
}

}  // namespace

PageReader::PageReader(Order order, ReadBudget& budget)
    : TextOutputDev(static_cast<const char*>(nullptr), false, 0, order == Order::content, false),
      cells_(kCellColumns * kCellRows),
      order_(order),
      budget_(budget) {}

void PageReader::begin(Page& page) {
    page_ = &page;
    page.width = page.height = 0;
    page.turn = 0;
    page.text.clear();
    page.words.clear();
    page.lines.clear();
    page.horizontal.clear();
    page.vertical.clear();
    page.fills.clear();
    page.links.clear();
    page.blanks.clear();
    page.pictures.clear();
    page.watermarks.clear();
    page.hidden_copies.clear();
    slanted_.clear();
    discs_.clear();
    page.unreliable_chars = page.chars = 0;
    page.overfull = page.scattered = false;
    std::fill(cells_.begin(), cells_.end(), std::uint16_t{0});
    looks_.clear();
    artifacts_.clear();
    invisible_.clear();
    skipped_.clear();
    next_skipped_ = 0;
    marks_.clear();
    open_artifacts_ = 0;
    position_ = 0;
    font_ = nullptr;
    page_fonts_.clear();
    bold_fonts_.clear();
    outlined_.clear();
    pieces_ = 0;
    tiny_chars_ = 0;
    last_x_ = last_y_ = 0;
    states_ = 0;
    stop_ = scattered_ = false;
}

// A picture fills the unit square of its coordinates.
bool PageReader::needNonText() {
    if (interpreter_ == nullptr || page_->pictures.size() >= kPicturesMax) return false;
    const GfxState* const state = interpreter_->getState();
    // Patterns fill a path.
    if (state == nullptr || state->isPath()) return false;
    std::array<double, 4> xs{};
    std::array<double, 4> ys{};
    for (std::size_t i = 0; i < 4; ++i)
        state->transform(i % 2 == 0 ? 0 : 1, i < 2 ? 0 : 1, &xs[i], &ys[i]);
    const auto [left, right] = std::ranges::minmax(xs);
    const auto [top, bottom] = std::ranges::minmax(ys);
    page_->pictures.push_back({left, top, right, bottom});
    return false;
}

void PageReader::startPage(int number, GfxState* state, XRef* xref) {
    page_->width = state->getPageWidth();
    page_->height = state->getPageHeight();
    TextOutputDev::startPage(number, state, xref);
}

void PageReader::endPage() {
    if (order_ == Order::layout && pieces_ > kPiecesFree) {
        scattered_ = pieces_ > kPiecesMax || pieces_ * pieces_ > budget_.layout_left;
        if (scattered_) return;
        budget_.layout_left -= pieces_ * pieces_;
    }
    TextOutputDev::endPage();
}

void PageReader::saveState(GfxState* state) {
    spend_work(kStateWork);
    stop_ = ++states_ > kStatesMax || stop_;
    TextOutputDev::saveState(state);
}

void PageReader::restoreState(GfxState* state) {
    --states_;
    TextOutputDev::restoreState(state);
}

PageReader::FontFacts PageReader::facts_of(GfxFont& font) const {
    FontFacts facts;
    facts.bold = is_bold_font(font);
    if (font.hasToUnicodeCMap()) return facts;
    if (font.isCIDFont()) {
        const auto* const collection = static_cast<const GfxCIDFont&>(font).getCollection();
        facts.unreliable = collection == nullptr || collection->cmp("Adobe-Identity") == 0 ||
                           collection->cmp("Adobe-UCS") == 0;
        return facts;
    }
    const auto& simple = static_cast<const Gfx8BitFont&>(font);
    const bool true_type = font.getType() == fontTrueType || font.getType() == fontTrueTypeOT;
    if (true_type && !simple.getHasEncoding() && font.isSymbolic()) {
        facts.unreliable = true;
        return facts;
    }
    facts.mapped = false;
    facts.known.resize(256);
    for (int code = 0; code < 256; ++code) {
        const char* const name = simple.getCharName(code);
        // Names as "uni20AC" carry their meaning, all others must be in the glyph list.
        facts.known[static_cast<std::size_t>(code)] =
            name != nullptr &&
            (globalParams->mapNameToUnicodeAll(name) != 0 || std::strncmp(name, "uni", 3) == 0 ||
             (name[0] == 'u' && std::strlen(name) >= 5) || std::strchr(name, '_') != nullptr ||
             std::strcmp(name, ".notdef") == 0);
    }
    return facts;
}

void PageReader::updateFont(GfxState* state) {
    font_ = nullptr;
    const auto& font = state->getFont();
    const bool known = page_fonts_.contains(font.get());
    if (known || page_fonts_.size() < kPageFontsMax) {
        page_fonts_.insert(font.get());
        TextOutputDev::updateFont(state);
    }
    if (!font || font->getID() == nullptr) return;
    const Ref id = *font->getID();
    const auto key = static_cast<std::uint64_t>(static_cast<std::uint32_t>(id.num)) << 32 |
                     static_cast<std::uint32_t>(id.gen);
    auto found = fonts_.find(key);
    if (found == fonts_.end()) found = fonts_.emplace(key, facts_of(*font)).first;
    font_ = &found->second;
    if (font_->bold && !known && bold_fonts_.size() < kPageFontsMax) bold_fonts_.push_back(id);
}

void PageReader::drawChar(GfxState* state, double x, double y, double dx, double dy,
                          double origin_x, double origin_y, CharCode code, int bytes,
                          const Unicode* meaning, int length) {
    note_outline(*state, bytes);
    const int position = position_;
    position_ += bytes;
    double device_x = 0;
    double device_y = 0;
    state->transform(x, y, &device_x, &device_y);
    spend_work(1);
    std::uint16_t& cell = cells_[cell_at(device_x, device_y)];
    if (cell >= kCellCharsMax || page_->chars >= kPageCharsMax) {
        page_->overfull = true;
        TextOutputDev::incCharCount(bytes);
        return;
    }
    ++cell;
    ++page_->chars;
    if (!skipped_.empty() && skips(position, meaning, length)) {
        TextOutputDev::incCharCount(bytes);
        return;
    }
    static constexpr int kInvisible = 3;
    if (state->getRender() == kInvisible) {
        if (invisible_.empty() || invisible_.back().end != position)
            invisible_.push_back({position, position});
        invisible_.back().end = position_;
    }
    double end_x = 0;
    double end_y = 0;
    state->transform(x + dx, y + dy, &end_x, &end_y);
    count_piece(*state, device_x, device_y, end_x, end_y);
    const bool tiny = std::fabs(end_x - device_x) < 3 && std::fabs(end_y - device_y) < 3;
    if (tiny && ++tiny_chars_ > kTinyCharsMax) page_->overfull = true;
    const bool blank = length == 1 && (meaning[0] == ' ' || meaning[0] == 0xA0);
    if (blank) page_->blanks.push_back({device_x, device_y});
    if (!blank && font_ != nullptr) {
        const bool unknown =
            font_->unreliable || (!font_->mapped && code < 256 && !font_->known[code]);
        if (unknown || length == 0 ||
            (length == 1 && (meaning[0] < 0x20 || meaning[0] == 0xFFFD))) {
            ++page_->unreliable_chars;
        }
    }
    if (SlantedText::is_slanted(end_x - device_x, end_y - device_y)) {
        read_slanted({.x = device_x,
                      .y = device_y,
                      .end_x = end_x,
                      .end_y = end_y,
                      .size = state->getTransformedFontSize()},
                     meaning, length);
        TextOutputDev::incCharCount(bytes);
        return;
    }
    // A glyph of several right-to-left letters carries them in the order of reading, while all
    // others of the line come in the order on the page; the line is turned as a whole later.
    if (length > 1 && length < 8 && is_right_to_left(meaning[0])) {
        turned_.assign(meaning, meaning + length);
        std::reverse(turned_.begin(), turned_.end());
        meaning = turned_.data();
    }
    TextOutputDev::drawChar(state, x, y, dx, dy, origin_x, origin_y, code, bytes, meaning, length);
}

// Glyphs of one line follow each other with at most a blank between them.
void PageReader::count_piece(const GfxState& state, double x, double y, double end_x,
                             double end_y) {
    static constexpr double kNear = 2;
    const double apart = std::fabs(x - last_x_) + std::fabs(y - last_y_);
    if (apart > kNear && apart > 1.2 * state.getTransformedFontSize()) ++pieces_;
    last_x_ = end_x;
    last_y_ = end_y;
}

// Text that is filled and stroked in one colour is a regular font made bold.
void PageReader::note_outline(GfxState& state, int bytes) {
    static constexpr int kFillAndStroke = 2;
    if ((state.getRender() & 3) != kFillAndStroke) return;
    GfxRGB fill{};
    GfxRGB line{};
    state.getFillRGB(&fill);
    state.getStrokeRGB(&line);
    if (fill.r != line.r || fill.g != line.g || fill.b != line.b) return;
    if (!outlined_.empty() && outlined_.back().end == position_) {
        outlined_.back().end += bytes;
    } else {
        outlined_.push_back({position_, position_ + bytes});
    }
}

void PageReader::read_slanted(const SlantedText::Glyph& glyph, const Unicode* meaning, int length) {
    std::u32string letters;
    for (int i = 0; i < length; ++i) letters += static_cast<char32_t>(meaning[i]);
    slanted_.add(glyph, letters);
}

void PageReader::incCharCount(int count) {
    position_ += count;
    TextOutputDev::incCharCount(count);
}

void PageReader::beginMarkedContent(const char* name, Dict* /*properties*/) {
    const bool artifact = name != nullptr && std::strcmp(name, "Artifact") == 0;
    marks_.push_back(artifact);
    if (artifact && open_artifacts_++ == 0) artifacts_.push_back({position_, position_});
}

void PageReader::endMarkedContent(GfxState* /*state*/) {
    if (marks_.empty()) return;
    if (marks_.back() && --open_artifacts_ == 0) artifacts_.back().end = position_;
    marks_.pop_back();
}

bool PageReader::lies_in(const std::vector<ShownRange>& ranges, int position) {
    const auto after = std::ranges::upper_bound(ranges, position, {}, &ShownRange::begin);
    return after != ranges.begin() && position < std::prev(after)->end;
}

void PageReader::skip(std::vector<ShownRange> ranges) {
    skipped_ = std::move(ranges);
    next_skipped_ = 0;
}

bool PageReader::skips(int position, const Unicode* meaning, int length) {
    while (next_skipped_ < skipped_.size() && skipped_[next_skipped_].end <= position)
        ++next_skipped_;
    if (next_skipped_ == skipped_.size() || skipped_[next_skipped_].begin > position) return false;
    if (page_->hidden_copies.size() <= next_skipped_)
        page_->hidden_copies.resize(next_skipped_ + 1);
    for (int i = 0; i < length; ++i)
        append_folded(page_->hidden_copies[next_skipped_], static_cast<char32_t>(meaning[i]));
    return true;
}

void PageReader::stroke(GfxState* state) {
    add_path(state, false);
}

void PageReader::fill(GfxState* state) {
    add_path(state, true);
}

void PageReader::eoFill(GfxState* state) {
    add_path(state, true);
}

void PageReader::add_rule(double x0, double y0, double x1, double y1) {
    static constexpr double kShortest = 1;  // Short pieces may be joined to lines.
    static constexpr double kLine = 6;
    if (x1 < x0) std::swap(x0, x1);
    if (y1 < y0) std::swap(y0, y1);
    const std::size_t count = page_->horizontal.size() + page_->vertical.size();
    if (std::max(x1 - x0, y1 - y0) < kLine && count > kRulesMax / 2) return;
    if (x1 - x0 >= kShortest && y1 - y0 <= kThickestRule) {
        page_->horizontal.push_back({.at = (y0 + y1) / 2, .from = x0, .to = x1});
    } else if (y1 - y0 >= kShortest && x1 - x0 <= kThickestRule) {
        page_->vertical.push_back({.at = (x0 + x1) / 2, .from = y0, .to = y1});
    }
}

// The edges of a curve lie within its control points; of a circle they touch them.
void PageReader::add_disc(std::span<const double> xs, std::span<const double> ys) {
    if (discs_.size() > kDiscsMax) return;
    const auto [left, right] = std::ranges::minmax(xs);
    const auto [top, bottom] = std::ranges::minmax(ys);
    const Box box{left, top, right, bottom};
    if (is_disc(box)) discs_.push_back(box);
}

void PageReader::add_path(GfxState* state, bool filled) {
    if (page_->horizontal.size() + page_->vertical.size() >= kRulesMax) return;
    const GfxPath* const path = state->getPath();
    const int subpaths = std::min(path->getNumSubpaths(), 4'000);
    for (int i = 0; i < subpaths; ++i) {
        const GfxSubpath* const part = path->getSubpath(i);
        const int points = part->getNumPoints();
        if (points < 2 || points > 64) continue;
        const bool closed = filled || part->isClosed();
        if (filled && points > 6 && !part->getCurve(1)) continue;
        std::array<double, 64> xs{};
        std::array<double, 64> ys{};
        bool curved = false;
        for (int k = 0; k < points; ++k) {
            curved = curved || part->getCurve(k);
            const auto at = static_cast<std::size_t>(k);
            state->transform(part->getX(k), part->getY(k), &xs[at], &ys[at]);
        }
        if (curved) {
            if (closed)
                add_disc(std::span(xs).first(static_cast<std::size_t>(points)),
                         std::span(ys).first(static_cast<std::size_t>(points)));
            continue;
        }
        if (filled && points > 6) continue;
        const auto count = static_cast<std::size_t>(points);
        if (filled) {
            const auto [left, right] = std::minmax_element(xs.begin(), xs.begin() + points);
            const auto [top, bottom] = std::minmax_element(ys.begin(), ys.begin() + points);
            add_rule(*left, *top, *right, *bottom);
            if (*bottom - *top > kThickestRule && *right - *left > kThickestRule &&
                page_->fills.size() < kFillsMax) {
                page_->fills.push_back({*left, *top, *right, *bottom});
            }
            continue;
        }
        for (std::size_t k = 1; k < count; ++k) add_rule(xs[k - 1], ys[k - 1], xs[k], ys[k]);
        if (part->isClosed() && count > 2) add_rule(xs[count - 1], ys[count - 1], xs[0], ys[0]);
    }
}

std::uint8_t PageReader::look_of(const TextFontInfo* font) {
    if (const auto known = looks_.find(font); known != looks_.end()) return known->second;
    std::uint8_t look = kPlain;
    const GooString* const name = font->getFontName();
    const std::string_view font_name = name == nullptr ? std::string_view{} : name->toStr();
    // A text that stands in place of what is shown may have no font, and then has nothing to match.
    const bool has_font = name != nullptr || font->isBold();
    const bool bold = has_font && std::any_of(bold_fonts_.begin(), bold_fonts_.end(),
                                              [&](const Ref& id) { return font->matches(&id); });
    if (bold || font->isBold() || is_bold_name(font_name)) look |= kBold;
    if (font->isItalic() || looks_italic(font_name)) look |= kItalic;
    if (font->isFixedWidth() || looks_fixed(font_name)) look |= kMono;
    if (is_dingbats(font_name)) look = kDingbat;
    looks_.emplace(font, look);
    return look;
}

// Most pages run left to right; a page that was typeset sideways is turned as a whole.
void PageReader::find_turn() {
    std::array<std::size_t, 4> votes{};
    for (const TextFlow* flow = getFlows(); flow != nullptr; flow = flow->getNext()) {
        for (const TextBlock* block = flow->getBlocks(); block != nullptr;
             block = block->getNext()) {
            const TextWord* const word =
                block->getLines() != nullptr ? block->getLines()->getWords() : nullptr;
            if (word == nullptr) continue;
            votes[static_cast<std::size_t>(word->getRotation()) & 3] +=
                static_cast<std::size_t>(block->getLineCount());
        }
    }
    page_->turn = static_cast<int>(std::max_element(votes.begin(), votes.end()) - votes.begin());
}

// Ruling lines and filled boxes are read as the page shows them, before any turn is undone.
void PageReader::turn_rules() {
    if (page_->turn == 0) return;
    const double width = page_->width;
    const double height = page_->height;
    const auto mirror = [](std::vector<Rule>& rules, double across, double along) {
        for (Rule& rule : rules) {
            if (across > 0) rule.at = across - rule.at;
            if (along > 0) rule = {rule.at, along - rule.to, along - rule.from};
        }
    };
    for (Box& box : page_->fills) box = turned(box);
    switch (page_->turn) {
        case 1:
            mirror(page_->horizontal, 0, width);
            mirror(page_->vertical, width, 0);
            break;
        case 2:
            mirror(page_->horizontal, height, width);
            mirror(page_->vertical, width, height);
            return;
        default:
            mirror(page_->horizontal, height, 0);
            mirror(page_->vertical, 0, height);
            break;
    }
    std::swap(page_->horizontal, page_->vertical);
}

// Producers that write what was typed say it on every line that has a pair of brackets.
void PageReader::read_brackets() {
    page_->brackets = Brackets::as_drawn;
    if (std::none_of(page_->text.begin(), page_->text.end(), is_right_to_left)) return;
    int vote = 0;
    std::u32string visual;
    for (const Line& line : page_->lines) {
        visual.clear();
        for (std::uint32_t word = line.first; word < line.last; ++word)
            visual += page_->text_of(page_->words[word]);
        vote += bracket_vote(visual);
    }
    if (vote < 0) page_->brackets = Brackets::as_typed;
}

// Where a box is once the page's turn is undone.
Box PageReader::turned(const Box& box) const {
    const double width = page_->width;
    const double height = page_->height;
    switch (page_->turn) {
        case 1:
            return {box.top, width - box.right, box.bottom, width - box.left};
        case 2:
            return {width - box.right, height - box.bottom, width - box.left, height - box.top};
        case 3:
            return {height - box.bottom, box.left, height - box.top, box.right};
        default:
            return box;
    }
}

// A word in which the style changes ("`name`,") becomes several without a blank between them.
void PageReader::copy_word(const TextWord& word) {
    const int length = word.getLength();
    int begin = 0;
    for (int i = 1; i < length; ++i) {
        if (word.getFontInfo(i) == word.getFontInfo(i - 1) ||
            look_of(word.getFontInfo(i)) == look_of(word.getFontInfo(i - 1))) {
            continue;
        }
        copy_letters(word, begin, i);
        begin = i;
    }
    copy_letters(word, begin, length);
}

void PageReader::copy_letters(const TextWord& word, int begin, int end) {
    Word out;
    out.begin = static_cast<std::uint32_t>(page_->text.size());
    const std::uint8_t look = look_of(word.getFontInfo(begin));
    if (look == kDingbat && end - begin == 1) {
        page_->text += U'\u2022';
    } else {
        for (int i = begin; i < end; ++i) append_folded(page_->text, *word.getChar(i));
    }
    out.end = static_cast<std::uint32_t>(page_->text.size());
    const bool whole = begin == 0 && end == word.getLength();
    out.space_after = end == word.getLength() && word.getSpaceAfter();
    if (out.end == out.begin) return;
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
    word.getBBox(&left, &top, &right, &bottom);
    if (!whole && word.getRotation() == 0) {
        left = word.getEdge(begin);
        right = word.getEdge(end);
    }
    const double base = word.getBaseline();
    out.box = turned({left, top, right, bottom});
    out.baseline = page_->turn == 1   ? page_->width - base
                   : page_->turn == 2 ? page_->height - base
                                      : base;
    out.size = word.getFontSize();
    out.aside = word.getRotation() != page_->turn;
    if (out.aside) out.baseline = out.box.bottom;
    out.style = look == kDingbat ? std::uint8_t{kPlain} : look;
    out.shown_begin = word.getCharPos();
    out.shown_end = out.shown_begin + word.getCharLen();
    if (!outlined_.empty() && lies_in(outlined_, word.getCharPos())) out.style |= kBold;
    out.artifact = !artifacts_.empty() && lies_in(artifacts_, word.getCharPos());
    out.invisible = !invisible_.empty() && lies_in(invisible_, word.getCharPos());
    page_->words.push_back(out);
}

void PageReader::copy_flows() {
    std::uint32_t flow_number = 0;
    std::uint32_t block_number = 0;
    for (const TextFlow* flow = getFlows(); flow != nullptr; flow = flow->getNext()) {
        for (const TextBlock* block = flow->getBlocks(); block != nullptr;
             block = block->getNext()) {
            for (const TextLine* line = block->getLines(); line != nullptr;
                 line = line->getNext()) {
                Line out;
                out.first = static_cast<std::uint32_t>(page_->words.size());
                for (const TextWord* word = line->getWords(); word != nullptr;
                     word = word->getNext()) {
                    copy_word(*word);
                }
                out.last = static_cast<std::uint32_t>(page_->words.size());
                out.block = block_number;
                out.flow = flow_number;
                if (out.last > out.first) page_->lines.push_back(out);
            }
            ++block_number;
        }
        ++flow_number;
    }
}

// Words that follow each other on one baseline are a line, and every line stands for itself.
void PageReader::copy_content() {
    const std::unique_ptr<TextWordList> list = makeWordList();
    for (int i = 0; i < list->getLength(); ++i) {
        const auto first = static_cast<std::uint32_t>(page_->words.size());
        copy_word(*list->get(i));
        const auto last = static_cast<std::uint32_t>(page_->words.size());
        if (last == first) continue;
        const Word& word = page_->words[first];
        if (first > 0) {
            const Word& before = page_->words[first - 1];
            const double gap = word.box.left - before.box.right;
            if (std::fabs(word.baseline - before.baseline) < 0.3 * word.size &&
                gap > -0.5 * word.size && gap < 2 * word.size) {
                page_->lines.back().last = last;
                continue;
            }
        }
        const auto number = static_cast<std::uint32_t>(page_->lines.size());
        page_->lines.push_back({.first = first, .last = last, .block = number, .flow = 0});
    }
    page_->scattered = true;
}

void PageReader::finish() {
    if (open_artifacts_ > 0) artifacts_.back().end = position_;
    if (order_ == Order::layout) {
        find_turn();
        copy_flows();
    } else {
        copy_content();
    }
    join_spaced_letters(*page_);
    slanted_.place(*page_);
    if (page_->turn == 0) place_bullets(discs_, *page_);
    join_drop_caps(*page_);
    turn_rules();
    read_brackets();
}

}  // namespace ingestor::extract::pdf

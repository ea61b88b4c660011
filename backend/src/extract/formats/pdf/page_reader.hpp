#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <TextOutputDev.h>

#include "extract/formats/pdf/hidden_copies.hpp"
#include "extract/formats/pdf/page.hpp"
#include "extract/formats/pdf/read_budget.hpp"
#include "extract/formats/pdf/slanted_text.hpp"

class Gfx;

namespace ingestor::extract::pdf {

/// Listens to Poppler while it runs a page: text goes to Poppler's own layout analysis, ruling
/// lines and marks of running heads and feet are kept beside it. Pictures are never asked for.
class PageReader : public TextOutputDev {
public:
    /// How words come to stand in lines and blocks: by Poppler's analysis of the page, whose time
    /// grows with the square of the pieces of text, or as the page's content shows them.
    enum class Order { layout, content };

    /// `budget` must outlive the reader.
    PageReader(Order order, ReadBudget& budget);

    /// Prepares for the next page, which will be written to `page`.
    void begin(Page& page);
    /// Moves what Poppler made of the page into `page`.
    void finish();
    /// Leaves these bytes of the next page out, whose text goes to Page::hidden_copies. They are in
    /// order.
    void skip(std::vector<ShownRange> ranges);
    /// Names the interpreter that runs the page, or none.
    void listen_to(Gfx* interpreter) { interpreter_ = interpreter; }
    /// The page draws more than the budget has left, or saves its state too often.
    [[nodiscard]] bool should_stop() const { return stop_; }
    /// Called by the interpreter between operators.
    [[nodiscard]] bool poll() {
        spend_work(kObjectsPerPoll);
        return should_stop();
    }
    void spend_work(std::uint64_t amount) {
        stop_ = !ReadBudget::spend(budget_.work_left, amount) || stop_;
    }
    /// The page has too many pieces of text for the analysis of its layout, which was left out; it
    /// can be read in the order of its content only.
    [[nodiscard]] bool scattered() const { return scattered_; }

    /// Asked by the interpreter before it draws a picture or a pattern: none is wanted.
    bool needNonText() override;
    void startPage(int number, GfxState* state, XRef* xref) override;
    void endPage() override;
    void saveState(GfxState* state) override;
    void restoreState(GfxState* state) override;
    void updateFont(GfxState* state) override;
    void drawChar(GfxState* state, double x, double y, double dx, double dy, double origin_x,
                  double origin_y, CharCode code, int bytes, const Unicode* meaning,
                  int length) override;
    void incCharCount(int count) override;
    void stroke(GfxState* state) override;
    void fill(GfxState* state) override;
    void eoFill(GfxState* state) override;
    void beginMarkedContent(const char* name, Dict* properties) override;
    void endMarkedContent(GfxState* state) override;

private:
    struct FontFacts {
        bool bold = false;
        bool unreliable = false;  ///< No glyph's meaning is known.
        bool mapped = true;       ///< `known` need not be looked at.
        std::vector<bool> known;  ///< By code, where the glyphs' names say it.
    };
    // A word of normal text has some ten glyphs in such a cell; overprinting for effect, a hundred.
    static constexpr std::size_t kCellCharsMax = 1'500;
    static constexpr std::uint32_t kPageCharsMax = 400'000;
    static constexpr std::size_t kRulesMax = 20'000;
    static constexpr std::size_t kFillsMax = 2'000;
    static constexpr double kThickestRule = 3;  // In points.
    static constexpr std::size_t kPicturesMax = 1'000;
    // The interpreter asks once for so many numbers, names and operators.
    static constexpr std::uint64_t kObjectsPerPoll = 11;
    // Every form saves the state, and has its fonts made anew.
    static constexpr std::uint64_t kStateWork = 20;
    // A state takes some 500 bytes; forms within forms save a few dozen.
    static constexpr int kStatesMax = 10'000;
    // Poppler looks through all fonts of a page for each change of the font.
    static constexpr std::size_t kPageFontsMax = 500;
    // Poppler leaves out further glyphs that are less than three points wide.
    static constexpr std::uint32_t kTinyCharsMax = 50'000;
    // A page of normal text has some hundred pieces, a full sheet of numbers a few thousand.
    static constexpr std::uint64_t kPiecesFree = 1'000;
    static constexpr std::uint64_t kPiecesMax = 6'000;

    void add_rule(double x0, double y0, double x1, double y1);
    void add_path(GfxState* state, bool filled);
    void add_disc(std::span<const double> xs, std::span<const double> ys);
    void count_piece(const GfxState& state, double x, double y, double end_x, double end_y);
    void read_slanted(const SlantedText::Glyph& glyph, const Unicode* meaning, int length);
    void copy_flows();
    void copy_content();
    void copy_word(const TextWord& word);
    void copy_letters(const TextWord& word, int begin, int end);
    void find_turn();
    void turn_rules();
    void read_brackets();
    [[nodiscard]] Box turned(const Box& box) const;
    [[nodiscard]] std::uint8_t look_of(const TextFontInfo* font);
    void note_outline(GfxState& state, int bytes);
    [[nodiscard]] bool skips(int position, const Unicode* meaning, int length);
    [[nodiscard]] static bool lies_in(const std::vector<ShownRange>& ranges, int position);
    [[nodiscard]] FontFacts facts_of(GfxFont& font) const;

    Page* page_ = nullptr;
    Gfx* interpreter_ = nullptr;
    SlantedText slanted_;
    std::vector<Box> discs_;  ///< Small ones, which may be bullets.
    std::vector<std::uint16_t> cells_;
    std::unordered_map<std::uint64_t, FontFacts> fonts_;
    const FontFacts* font_ = nullptr;
    std::unordered_map<const TextFontInfo*, std::uint8_t> looks_;  ///< Style, or kDingbat.
    std::unordered_set<const GfxFont*> page_fonts_;
    std::vector<Ref> bold_fonts_;       ///< Of the page, whatever their names say.
    std::vector<ShownRange> outlined_;  ///< Text that is made bold by its outline.
    std::vector<ShownRange> artifacts_;
    std::vector<ShownRange> invisible_;
    std::vector<ShownRange> skipped_;
    std::size_t next_skipped_ = 0;
    std::vector<bool> marks_;  ///< The open marked contents: is it an artifact?
    int open_artifacts_ = 0;
    int position_ = 0;  ///< As Poppler counts: bytes of text shown so far.
    Order order_;
    ReadBudget& budget_;
    std::uint32_t tiny_chars_ = 0;
    std::uint64_t pieces_ = 0;        ///< Of text, with white between them.
    double last_x_ = 0, last_y_ = 0;  ///< Where the last glyph ended.
    int states_ = 0;
    bool stop_ = false;
    bool scattered_ = false;
    std::vector<Unicode> turned_;
};

}  // namespace ingestor::extract::pdf

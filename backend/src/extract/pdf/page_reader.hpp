#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <TextOutputDev.h>

#include "extract/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// Listens to Poppler while it runs a page: text goes to Poppler's own layout analysis, ruling
/// lines and marks of furniture are kept beside it. Pictures are never asked for.
class PageReader : public TextOutputDev {
public:
    PageReader();

    /// Prepares for the next page, which will be written to `page`.
    void begin(Page& page);
    /// Moves what Poppler made of the page into `page`.
    void finish();
    [[nodiscard]] bool should_stop() const { return operations_ > kOperationsMax; }
    [[nodiscard]] bool poll() {
        ++operations_;
        return should_stop();
    }

    void startPage(int number, GfxState* state, XRef* xref) override;
    void endPage() override;
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
        bool unreliable = false;  ///< No glyph's meaning is known.
        bool mapped = true;       ///< `known` need not be looked at.
        std::vector<bool> known;  ///< By code, where the glyphs' names say it.
    };
    struct Interval {
        int begin = 0, end = 0;
    };
    // A word of normal text has some ten glyphs in such a cell; overprinting for effect, a hundred.
    static constexpr std::size_t kCellCharsMax = 1'500;
    static constexpr std::uint32_t kPageCharsMax = 400'000;
    static constexpr std::size_t kRulesMax = 20'000;
    static constexpr std::uint64_t kOperationsMax = 50'000'000;

    void add_rule(double x0, double y0, double x1, double y1);
    void add_path(GfxState* state, bool filled);
    void copy_word(const TextWord& word);
    void copy_letters(const TextWord& word, int begin, int end);
    void find_turn();
    [[nodiscard]] std::uint8_t look_of(const TextFontInfo* font);
    [[nodiscard]] bool is_artifact(int position) const;
    [[nodiscard]] FontFacts facts_of(GfxFont& font) const;

    Page* page_ = nullptr;
    std::vector<std::uint16_t> cells_;
    std::unordered_map<std::uint64_t, FontFacts> fonts_;
    const FontFacts* font_ = nullptr;
    std::vector<std::pair<const TextFontInfo*, std::uint8_t>> looks_;  ///< Style, or kDingbat.
    std::vector<Interval> artifacts_;
    std::vector<bool> marks_;  ///< The open marked contents: is it an artifact?
    int open_artifacts_ = 0;
    int position_ = 0;  ///< As Poppler counts: bytes of text shown so far.
    std::uint64_t operations_ = 0;
    std::vector<Unicode> turned_;
};

}  // namespace ingestor::extract::pdf

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <Gfx.h>
#include <PDFDoc.h>

#include "base/result.hpp"
#include "extract/formats/pdf/font_cache.hpp"
#include "extract/formats/pdf/page_reader.hpp"

namespace ingestor::extract::pdf {

/// Runs pages into a reader: by the interpreter of content that is here where that will do, else by
/// Poppler's. Poppler builds all fonts of a page anew for each page, which takes half of the time;
/// so neighbouring pages whose resources give the same names to the same fonts are run by one of
/// its interpreters that keeps them.
class PagePlayer {
public:
    /// `unpacked_bytes_max` bounds the content of a page.
    PagePlayer(PDFDoc& document, PageReader& reader, std::uint64_t unpacked_bytes_max);

    /// Runs page `number` (from 1) and, where they are wanted, its annotations into the reader.
    /// Errors: too_large.
    [[nodiscard]] Result<void> play(std::uint32_t number, bool annotations);

private:
    using Fonts = std::map<std::string, Ref>;  // By the name that the page's content uses.

    // More are not kept at a time: a font can hold a megabyte of tables.
    static constexpr std::size_t kFontsMax = 64;
    static constexpr std::uint32_t kPagesMax = 256;

    [[nodiscard]] Gfx& bare(::Page& page);
    [[nodiscard]] Gfx& interpreter_of(::Page& page);
    [[nodiscard]] std::unique_ptr<Gfx> make_interpreter(const ::Page& page, Dict* resources);
    void start_group(std::uint32_t number);
    // Adds the fonts of a page. False, with `fonts` as it was, where a name has another font
    // already.
    [[nodiscard]] bool add_fonts(std::uint32_t number, Fonts& fonts);
    [[nodiscard]] Result<void> show_content(::Page& page, const GfxState& start);
    void show_by_poppler(::Page& page, Object& content, const GfxState& start);
    void draw_annotations(::Page& page, const GfxState& start);

    PDFDoc& document_;
    PageReader& reader_;
    std::uint64_t unpacked_bytes_max_;
    FontCache fonts_;
    std::unique_ptr<Gfx> bare_;   // Without resources, for content that is run here.
    std::unique_ptr<Gfx> group_;  // With the fonts of a group of pages.
    std::uint32_t group_first_ = 0, group_last_ = 0;
};

}  // namespace ingestor::extract::pdf

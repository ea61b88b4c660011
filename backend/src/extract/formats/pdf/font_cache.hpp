#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include <GfxFont.h>
#include <Object.h>

namespace ingestor::extract::pdf {

/// What resources have but for the fonts, for an interpreter that has them already.
[[nodiscard]] Object without_fonts(const Dict& resources, XRef* xref);

/// Keeps the fonts of a document from page to page and from form to form: Poppler builds all fonts
/// of a page or a form anew each time, and reads the embedded files of most of them for it.
class FontCache {
public:
    explicit FontCache(XRef* xref) : xref_(xref) {}

    /// The font that `resources` have under the name, or null.
    [[nodiscard]] std::shared_ptr<GfxFont> find(const Dict& resources, const std::string& name);

private:
    // A font of 256 glyphs takes some ten kilobytes, one of Chinese signs may hold a megabyte of
    // tables. When this is full, all are let go of.
    static constexpr std::size_t kWeightMax = 512;
    static constexpr std::size_t kSimpleWeight = 1;
    static constexpr std::size_t kCompositeWeight = 8;

    XRef* xref_;
    std::size_t weight_ = 0;
    std::map<Ref, std::shared_ptr<GfxFont>> fonts_;
};

}  // namespace ingestor::extract::pdf

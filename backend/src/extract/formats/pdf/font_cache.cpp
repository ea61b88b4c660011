#include "extract/formats/pdf/font_cache.hpp"

#include <Gfx.h>

namespace ingestor::extract::pdf {
namespace {

std::shared_ptr<GfxFont> made(XRef* xref, const std::string& name, Ref id, const Object& font) {
    if (!font.isDict()) return nullptr;
    std::shared_ptr<GfxFont> out = GfxFont::makeFont(xref, name.c_str(), id, font.getDict());
    return out && out->isOk() ? out : nullptr;
}

}  // namespace

Object without_fonts(const Dict& resources, XRef* xref) {
    auto* const kept = new Dict(xref);
    for (int i = 0; i < resources.getLength(); ++i) {
        const std::string key = resources.getKey(i);
        if (key != "Font") kept->add(key.c_str(), resources.getValNF(i).copy());
    }
    return Object(kept);
}

std::shared_ptr<GfxFont> FontCache::find(const Dict& resources, const std::string& name) {
    const Object named = resources.lookup("Font");
    if (!named.isDict()) return nullptr;
    const Object& entry = named.dictLookupNF(name.c_str());
    if (!entry.isRef()) {
        if (!entry.isDict()) return nullptr;
        // A font without an object of its own gets a number from Poppler, made of what it says.
        auto* const sole = new Dict(xref_);
        sole->add(name.c_str(), entry.copy());
        auto* const holder = new Dict(xref_);
        const Object owner(holder);
        holder->add("Font", Object(sole));
        return GfxResources(xref_, holder, nullptr).lookupFont(name.c_str());
    }
    const auto found = fonts_.find(entry.getRef());
    if (found != fonts_.end()) return found->second;
    auto font = made(xref_, name, entry.getRef(), entry.fetch(xref_));
    const std::size_t weight = font && font->isCIDFont() ? kCompositeWeight : kSimpleWeight;
    if (weight_ + weight > kWeightMax) {
        fonts_.clear();
        weight_ = 0;
    }
    weight_ += weight;
    fonts_.emplace(entry.getRef(), font);
    return font;
}

}  // namespace ingestor::extract::pdf

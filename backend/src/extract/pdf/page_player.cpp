#include "extract/pdf/page_player.hpp"

#include <algorithm>
#include <vector>

#include <Annot.h>
#include <Catalog.h>
#include <OptionalContent.h>
#include <Page.h>

namespace ingestor::extract::pdf {
namespace {

bool poll_reader(void* reader) {
    return static_cast<PageReader*>(reader)->poll();
}

// The page's resources without its fonts, which the interpreter has already.
Object without_fonts(const Dict& resources, XRef* xref) {
    auto* const kept = new Dict(xref);
    for (int i = 0; i < resources.getLength(); ++i) {
        const std::string key = resources.getKey(i);
        if (key != "Font") kept->add(key.c_str(), resources.getValNF(i).copy());
    }
    return Object(kept);
}

}  // namespace

void PagePlayer::play(std::uint32_t number) {
    ::Page* const page = document_.getPage(static_cast<int>(number));
    if (page == nullptr) return;
    if (number < group_first_ || number > group_last_) start_group(number);
    if (interpreter_) {
        play_shared(*page, number);
    } else {
        play_alone(number);
    }
}

bool PagePlayer::add_fonts(std::uint32_t number, Fonts& fonts) {
    ::Page* const page = document_.getPage(static_cast<int>(number));
    Dict* const resources = page == nullptr ? nullptr : page->getResourceDict();
    if (resources == nullptr) return page != nullptr;
    const Object named = resources->lookup("Font");
    if (!named.isDict()) return true;
    std::vector<std::pair<std::string, Ref>> added;
    for (int i = 0; i < named.dictGetLength(); ++i) {
        const Object& font = named.dictGetValNF(i);
        if (!font.isRef()) return false;
        const std::string name = named.dictGetKey(i);
        const auto known = fonts.find(name);
        if (known == fonts.end()) {
            added.emplace_back(name, font.getRef());
        } else if (known->second != font.getRef()) {
            return false;
        }
    }
    if (!fonts.empty() && fonts.size() + added.size() > kFontsMax) return false;
    fonts.insert(added.begin(), added.end());
    return true;
}

void PagePlayer::start_group(std::uint32_t number) {
    interpreter_.reset();
    group_first_ = group_last_ = number;
    // What a page leaves open of hidden layers would hide the pages after it.
    const OCGs* const layers = document_.getCatalog()->getOptContentConfig();
    if (layers != nullptr && layers->hasOCGs()) return;
    Fonts fonts;
    if (!add_fonts(number, fonts)) return;
    const auto pages = static_cast<std::uint32_t>(document_.getNumPages());
    const std::uint32_t end = std::min(pages, number + kPagesMax - 1);
    while (group_last_ < end && add_fonts(group_last_ + 1, fonts)) ++group_last_;
    if (group_last_ == group_first_) return;

    auto* const named = new Dict(document_.getXRef());
    for (const auto& [name, font] : fonts) named->add(name.c_str(), Object(font));
    auto* const resources = new Dict(document_.getXRef());
    resources->add("Font", Object(named));
    const Object owner(resources);
    const PDFRectangle box = *document_.getPage(static_cast<int>(number))->getCropBox();
    interpreter_ = std::make_unique<Gfx>(&document_, &reader_, resources, &box, nullptr,
                                         poll_reader, &reader_);
}

void PagePlayer::play_shared(::Page& page, std::uint32_t number) {
    // The interpreter was made for no page in particular, so what Poppler does at the start and the
    // end of a page is done here.
    const int rotate = ((page.getRotate() % 360) + 360) % 360;
    PDFRectangle box;
    bool crop = false;
    page.makeBox(72, 72, rotate, false, reader_.upsideDown(), -1, -1, -1, -1, &box, &crop);
    GfxState start(72, 72, &box, rotate, reader_.upsideDown());
    reader_.startPage(static_cast<int>(number), &start, document_.getXRef());
    reader_.setDefaultCTM(start.getCTM());

    Gfx& gfx = *interpreter_;
    gfx.saveState();
    const double* const ctm = start.getCTM();
    gfx.getState()->setCTM(ctm[0], ctm[1], ctm[2], ctm[3], ctm[4], ctm[5]);
    Dict* const resources = page.getResourceDict();
    Object own;
    if (resources != nullptr) {
        own = without_fonts(*resources, document_.getXRef());
        gfx.pushResources(own.getDict());
    }
    Object contents = page.getContents();
    if (!contents.isNull()) {
        gfx.saveState();
        gfx.display(&contents);
        gfx.restoreState();
    }
    if (!page.getAnnotsObject().isNull()) {
        for (Annot* const annotation : page.getAnnots()->getAnnots()) annotation->draw(&gfx, false);
    }
    if (resources != nullptr) gfx.popResources();
    gfx.restoreState();
    reader_.endPage();
}

void PagePlayer::play_alone(std::uint32_t number) {
    document_.displayPage(&reader_, static_cast<int>(number), 72, 72, 0, false, false, false,
                          poll_reader, &reader_);
}

}  // namespace ingestor::extract::pdf

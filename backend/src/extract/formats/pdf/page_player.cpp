#include "extract/formats/pdf/page_player.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <Annot.h>
#include <Catalog.h>
#include <OptionalContent.h>
#include <Page.h>

#include "extract/formats/pdf/form_buttons.hpp"
#include "extract/formats/pdf/page_contents.hpp"

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

Result<void> PagePlayer::play(std::uint32_t number, bool annotations) {
    ::Page* const page = document_.getPage(static_cast<int>(number));
    if (page == nullptr) return {};
    if (number < group_first_ || number > group_last_) start_group(number);

    // The interpreter was made for no page in particular, so what Poppler does at the start and the
    // end of a page is done here.
    const int rotate = ((page->getRotate() % 360) + 360) % 360;
    PDFRectangle box;
    bool crop = false;
    page->makeBox(72, 72, rotate, false, reader_.upsideDown(), -1, -1, -1, -1, &box, &crop);
    GfxState start(72, 72, &box, rotate, reader_.upsideDown());
    reader_.startPage(static_cast<int>(number), &start, document_.getXRef());
    reader_.setDefaultCTM(start.getCTM());

    Gfx& gfx = *interpreter_;
    reader_.listen_to(&gfx);
    gfx.saveState();
    const double* const ctm = start.getCTM();
    gfx.getState()->setCTM(ctm[0], ctm[1], ctm[2], ctm[3], ctm[4], ctm[5]);
    Dict* const resources = page->getResourceDict();
    Object own;
    if (resources != nullptr) {
        // Pages may share resources of any size, which are gone through for each of them.
        reader_.spend_work(static_cast<std::uint64_t>(resources->getLength()));
        own = without_fonts(*resources, document_.getXRef());
        gfx.pushResources(own.getDict());
    }
    auto shown = show_content(*page);
    if (shown && annotations && !page->getAnnotsObject().isNull()) {
        for (Annot* const annotation : page->getAnnots()->getAnnots()) {
            if (!is_state_button(*annotation)) annotation->draw(&gfx, false);
        }
    }
    if (resources != nullptr) gfx.popResources();
    gfx.restoreState();
    reader_.listen_to(nullptr);
    reader_.endPage();
    return shown;
}

// Most content is packed with flate, which zlib unpacks several times faster than Poppler; and its
// size is known before it is interpreted.
Result<void> PagePlayer::show_content(::Page& page) {
    Object contents = page.getContents();
    if (contents.isNull()) return {};
    std::optional<std::string> unpacked;
    if (!document_.isEncrypted()) {
        auto bytes = unpacked_contents(contents, unpacked_bytes_max_);
        if (!bytes) return std::unexpected(bytes.error());
        unpacked = std::move(*bytes);
    }
    interpreter_->saveState();
    if (unpacked) {
        show_unpacked(*unpacked, page.getResourceDict());
    } else {
        interpreter_->display(&contents);
    }
    interpreter_->restoreState();
    return {};
}

void PagePlayer::show_unpacked(const std::string& content, Dict* resources) {
    const bool layered = document_.getCatalog()->getOptContentConfig() != nullptr;
    if (layered || ContentInterpreter::may_have_inline_image(content)) {
        Object stream(static_cast<Stream*>(new MemStream(content.data(), 0,
                                                         static_cast<Goffset>(content.size()),
                                                         Object(new Dict(document_.getXRef())))));
        interpreter_->display(&stream);
    } else {
        ContentInterpreter(*interpreter_, reader_, fonts_, resources).run(content);
    }
}

bool PagePlayer::add_fonts(std::uint32_t number, Fonts& fonts) {
    ::Page* const page = document_.getPage(static_cast<int>(number));
    Dict* const resources = page == nullptr ? nullptr : page->getResourceDict();
    if (resources == nullptr) return page != nullptr;
    const Object named = resources->lookup("Font");
    if (!named.isDict()) return true;
    std::vector<std::pair<std::string, Ref>> added;
    reader_.spend_work(static_cast<std::uint64_t>(named.dictGetLength()));
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
    fonts_.clear();
    group_first_ = group_last_ = number;
    // What a page leaves open of hidden layers would hide the pages after it.
    const OCGs* const layers = document_.getCatalog()->getOptContentConfig();
    const bool layered = layers != nullptr && layers->hasOCGs();
    XRef* const xref = document_.getXRef();
    ::Page* const page = document_.getPage(static_cast<int>(number));
    auto* const resources = new Dict(xref);
    const Object owner(resources);
    Fonts fonts;
    if (!layered && add_fonts(number, fonts)) {
        const auto pages = static_cast<std::uint32_t>(document_.getNumPages());
        const std::uint32_t end = std::min(pages, number + kPagesMax - 1);
        while (group_last_ < end && add_fonts(group_last_ + 1, fonts)) ++group_last_;
        auto* const named = new Dict(xref);
        for (const auto& [name, font] : fonts) named->add(name.c_str(), Object(font));
        resources->add("Font", Object(named));
    } else if (page->getResourceDict() != nullptr) {
        resources->add("Font", page->getResourceDict()->lookupNF("Font").copy());
    }
    const PDFRectangle box = *page->getCropBox();
    interpreter_ = std::make_unique<Gfx>(&document_, &reader_, resources, &box, nullptr,
                                         poll_reader, &reader_);
}

}  // namespace ingestor::extract::pdf

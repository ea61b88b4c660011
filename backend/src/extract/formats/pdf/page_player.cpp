#include "extract/formats/pdf/page_player.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <Annot.h>
#include <Catalog.h>
#include <OptionalContent.h>
#include <Page.h>

#include "extract/formats/pdf/content_interpreter.hpp"
#include "extract/formats/pdf/form_buttons.hpp"
#include "extract/formats/pdf/page_contents.hpp"

namespace ingestor::extract::pdf {
namespace {

bool poll_reader(void* reader) {
    return static_cast<PageReader*>(reader)->poll();
}

// While it lives, an interpreter stands at the start of a page and tells the reader what it does.
class Turn {
public:
    Turn(Gfx& gfx, PageReader& reader, const GfxState& start) : gfx_(gfx), reader_(reader) {
        reader_.listen_to(&gfx_);
        gfx_.saveState();
        const double* const ctm = start.getCTM();
        gfx_.getState()->setCTM(ctm[0], ctm[1], ctm[2], ctm[3], ctm[4], ctm[5]);
    }
    ~Turn() {
        gfx_.restoreState();
        reader_.listen_to(nullptr);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    Gfx& gfx_;
    PageReader& reader_;
};

// The page's resources but for the fonts, which are the interpreter's own.
class Resources {
public:
    Resources(Gfx& gfx, ::Page& page) : gfx_(gfx), pushed_(page.getResourceDict() != nullptr) {
        if (pushed_)
            gfx_.pushResources(without_fonts(*page.getResourceDict(), gfx.getXRef()).getDict());
    }
    ~Resources() {
        if (pushed_) gfx_.popResources();
    }
    Resources(const Resources&) = delete;
    Resources& operator=(const Resources&) = delete;

private:
    Gfx& gfx_;
    bool pushed_;
};

}  // namespace

PagePlayer::PagePlayer(PDFDoc& document, PageReader& reader, std::uint64_t unpacked_bytes_max)
    : document_(document),
      reader_(reader),
      unpacked_bytes_max_(unpacked_bytes_max),
      fonts_(document.getXRef()) {}

// The interpreters were made for no page in particular, so what Poppler does at the start and the
// end of a page is done here.
Result<void> PagePlayer::play(std::uint32_t number, bool annotations) {
    ::Page* const page = document_.getPage(static_cast<int>(number));
    if (page == nullptr) return {};
    const int rotate = ((page->getRotate() % 360) + 360) % 360;
    PDFRectangle box;
    bool crop = false;
    page->makeBox(72, 72, rotate, false, reader_.upsideDown(), -1, -1, -1, -1, &box, &crop);
    GfxState start(72, 72, &box, rotate, reader_.upsideDown());
    reader_.startPage(static_cast<int>(number), &start, document_.getXRef());
    reader_.setDefaultCTM(start.getCTM());
    // Pages may share resources of any size, which are gone through for each of them.
    if (const Dict* const resources = page->getResourceDict(); resources != nullptr)
        reader_.spend_work(static_cast<std::uint64_t>(resources->getLength()));
    auto shown = show_content(*page, start);
    if (shown && annotations && !page->getAnnotsObject().isNull()) draw_annotations(*page, start);
    reader_.listen_to(nullptr);
    reader_.endPage();
    return shown;
}

// Most content is packed with flate, which zlib unpacks several times faster than Poppler; and its
// size is known before it is interpreted.
Result<void> PagePlayer::show_content(::Page& page, const GfxState& start) {
    Object contents = page.getContents();
    if (contents.isNull()) return {};
    std::optional<std::string> unpacked;
    if (!document_.isEncrypted()) {
        auto bytes = unpacked_contents(contents, unpacked_bytes_max_);
        if (!bytes) return std::unexpected(bytes.error());
        unpacked = std::move(*bytes);
    }
    if (!unpacked) {
        show_by_poppler(page, contents, start);
        return {};
    }
    const bool layered = document_.getCatalog()->getOptContentConfig() != nullptr;
    if (layered || ContentInterpreter::may_have_inline_image(*unpacked)) {
        Object stream(static_cast<Stream*>(new MemStream(unpacked->data(), 0,
                                                         static_cast<Goffset>(unpacked->size()),
                                                         Object(new Dict(document_.getXRef())))));
        show_by_poppler(page, stream, start);
        return {};
    }
    const Turn turn(bare(page), reader_, start);
    ContentInterpreter(*bare_, reader_, fonts_, page.getResourceDict()).run(*unpacked);
    return {};
}

void PagePlayer::show_by_poppler(::Page& page, Object& content, const GfxState& start) {
    Gfx& gfx = interpreter_of(page);
    const Turn turn(gfx, reader_, start);
    const Resources resources(gfx, page);
    gfx.display(&content);
}

// Appearances may use the fonts of the page; links have none, but a border.
void PagePlayer::draw_annotations(::Page& page, const GfxState& start) {
    const auto& annotations = page.getAnnots()->getAnnots();
    const bool links = std::ranges::all_of(annotations, [](const Annot* annotation) {
        return annotation->getType() == Annot::typeLink;
    });
    Gfx& gfx = links ? bare(page) : interpreter_of(page);
    const Turn turn(gfx, reader_, start);
    const Resources resources(gfx, page);
    for (Annot* const annotation : annotations) {
        if (!is_state_button(*annotation)) annotation->draw(&gfx, false);
    }
}

Gfx& PagePlayer::bare(::Page& page) {
    if (!bare_) bare_ = make_interpreter(page, nullptr);
    return *bare_;
}

Gfx& PagePlayer::interpreter_of(::Page& page) {
    const auto number = static_cast<std::uint32_t>(page.getNum());
    if (!group_ || number < group_first_ || number > group_last_) start_group(number);
    return *group_;
}

std::unique_ptr<Gfx> PagePlayer::make_interpreter(const ::Page& page, Dict* resources) {
    const PDFRectangle box = *page.getCropBox();
    return std::make_unique<Gfx>(&document_, &reader_, resources, &box, nullptr, poll_reader,
                                 &reader_);
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
    group_.reset();
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
    group_ = make_interpreter(*page, resources);
}

}  // namespace ingestor::extract::pdf

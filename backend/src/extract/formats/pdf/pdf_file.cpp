#include "extract/formats/pdf/pdf_file.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include <DateInfo.h>
#include <Error.h>
#include <ErrorCodes.h>
#include <GlobalParams.h>
#include <Link.h>
#include <Outline.h>
#include <PDFDoc.h>
#include <UTF.h>
#include <fmt/format.h>

#include "base/program_directory.hpp"
#include "base/time.hpp"
#include "extract/formats/pdf/character_maps.hpp"
#include "extract/formats/pdf/form_buttons.hpp"
#include "extract/formats/pdf/hidden_copies.hpp"
#include "extract/formats/pdf/page_player.hpp"
#include "extract/formats/pdf/page_reader.hpp"
#include "extract/formats/pdf/text.hpp"
#include "extract/formats/pdf/xref_stream.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr std::size_t kOutlineEntriesMax = 20'000;
constexpr int kOutlineDepthMax = 16;
constexpr std::size_t kLinksMax = 5'000;
// A link is written once for each piece of text in it.
constexpr std::size_t kUriBytesMax = 2'048;

std::string text_string(const GooString* text) {
    if (text == nullptr) return {};
    Unicode* units = nullptr;
    const int length = TextStringToUCS4(text->toStr(), &units);
    std::u32string folded;
    for (int i = 0; i < length; ++i) append_folded(folded, units[i]);
    gfree(units);
    const auto first = folded.find_first_not_of(U' ');
    if (first == std::u32string::npos) return {};
    return to_utf8(folded.substr(first, folded.find_last_not_of(U' ') + 1 - first));
}

// What programs write where nobody said anything is nothing.
std::string stated(std::string text) {
    static constexpr std::string_view kWord = "Microsoft Word - ";
    if (text.starts_with(kWord)) text.erase(0, kWord.size());
    for (const std::string_view nothing : {"(anonymous)", "(unspecified)", "anonymous", "untitled",
                                           "Untitled", "unknown", "Unknown"}) {
        if (text == nothing) return {};
    }
    return text;
}

std::string rfc3339_of(const GooString* date) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, tz_hour = 0, tz_minute = 0;
    char tz = 'Z';
    if (date == nullptr || !parseDateString(date, &year, &month, &day, &hour, &minute, &second, &tz,
                                            &tz_hour, &tz_minute)) {
        return {};
    }
    using namespace std::chrono;
    const year_month_day ymd{std::chrono::year(year),
                             std::chrono::month(static_cast<unsigned>(month)),
                             std::chrono::day(static_cast<unsigned>(day))};
    if (!ymd.ok() || year < 1 || year > 9999 || hour > 23 || minute > 59 || second > 60) return {};
    auto at = sys_days(ymd) + hours(hour) + minutes(minute) + seconds(second);
    const auto offset = hours(tz_hour) + minutes(tz_minute);
    if (tz == '+') at -= offset;
    if (tz == '-') at += offset;
    return to_rfc3339_seconds(time_point_cast<milliseconds>(at));
}

void collect(const std::vector<OutlineItem*>* items, int level, std::vector<OutlineEntry>& out) {
    if (items == nullptr || level > kOutlineDepthMax) return;
    for (OutlineItem* const item : *items) {
        if (out.size() >= kOutlineEntriesMax) return;
        std::u32string title;
        for (int i = 0; i < item->getTitleLength(); ++i) append_folded(title, item->getTitle()[i]);
        out.push_back({.skeleton = skeleton_of(title), .level = level});
        if (item->hasKids()) {
            item->open();
            collect(item->getKids(), level + 1, out);
        }
    }
}

void read_links(::Page& source, const double* matrix, Page& page) {
    if (source.getAnnotsObject().isNull()) return;
    const std::unique_ptr<Links> links = source.getLinks();
    if (!links) return;
    for (AnnotLink* const link : links->getLinks()) {
        if (page.links.size() >= kLinksMax) return;
        const LinkAction* const action = link->getAction();
        if (action == nullptr || !action->isOk() || action->getKind() != actionURI) continue;
        const std::string& uri = static_cast<const LinkURI*>(action)->getURI();
        if (uri.size() > kUriBytesMax) continue;
        double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
        link->getRect(&x0, &y0, &x1, &y1);
        const auto at = [matrix](double x, double y) {
            return std::pair{matrix[0] * x + matrix[2] * y + matrix[4],
                             matrix[1] * x + matrix[3] * y + matrix[5]};
        };
        const auto [ax, ay] = at(x0, y0);
        const auto [bx, by] = at(x1, y1);
        page.links.push_back(
            {.box = {std::min(ax, bx), std::min(ay, by), std::max(ax, bx), std::max(ay, by)},
             .uri = uri});
    }
}

// A full stop or a comma behind a link is in one word with it.
std::uint32_t unlinked_of(std::u32string_view text, const Word& word, const Box& link) {
    static constexpr std::u32string_view kPunctuation = U".,;:!?";
    if (word.box.right - link.right < 0.1 * word.size) return 0;
    const auto end = text.find_last_not_of(kPunctuation);
    return end == text.npos ? 0 : static_cast<std::uint32_t>(text.size() - end - 1);
}

void attach_links(Page& page) {
    for (std::size_t i = 0; i < page.links.size(); ++i) {
        const Box& box = page.links[i].box;
        for (const Line& line : page.lines) {
            const Word& lead = page.words[line.first];
            if (!lead.aside && (lead.box.bottom < box.top - 20 || lead.box.top > box.bottom + 20)) {
                continue;
            }
            for (std::uint32_t w = line.first; w < line.last; ++w) {
                Word& word = page.words[w];
                const double x = (word.box.left + word.box.right) / 2;
                const double y = (word.box.top + word.box.bottom) / 2;
                if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) {
                    word.link = static_cast<std::int32_t>(i);
                    word.unlinked = unlinked_of(page.text_of(word), word, box);
                }
            }
        }
    }
}

bool holds_picture(Dict* resources, std::set<int>& seen, int depth) {
    if (resources == nullptr || depth > 8) return false;
    const Object pictures = resources->lookup("XObject");
    if (!pictures.isDict()) return false;
    for (int i = 0; i < std::min(pictures.dictGetLength(), 1'000); ++i) {
        const Object& reference = pictures.dictGetValNF(i);
        if (reference.isRef() && !seen.insert(reference.getRefNum()).second) continue;
        const Object drawn = pictures.getDict()->getVal(i);
        if (!drawn.isStream()) continue;
        Dict* const dict = drawn.streamGetDict();
        const Object kind = dict->lookup("Subtype");
        if (kind.isName("Image")) return true;
        if (!kind.isName("Form")) continue;
        const Object inner = dict->lookup("Resources");
        if (inner.isDict() && holds_picture(inner.getDict(), seen, depth + 1)) return true;
    }
    return false;
}

std::unique_ptr<PDFDoc> open_bytes(std::string_view bytes) {
    auto* const stream =
        new MemStream(bytes.data(), 0, static_cast<Goffset>(bytes.size()), Object(objNull));
    return std::make_unique<PDFDoc>(stream);
}

// A file that was cut off has lost its trailer, without which Poppler does not look for the objects
// that are there. Names the catalog, if it can be found, in a trailer at the end.
std::string with_trailer(std::string_view bytes) {
    for (std::size_t at = bytes.rfind("/Catalog"); at != std::string_view::npos && at > 0;
         at = bytes.rfind("/Catalog", at - 1)) {
        static constexpr std::size_t kNear = 4'096;
        const std::size_t from = at - std::min(at, kNear);
        const std::size_t found = bytes.substr(from, at - from).rfind(" obj");
        if (found == std::string_view::npos) continue;
        const std::size_t keyword = from + found;
        std::size_t generation = keyword;
        while (generation > 0 && std::isdigit(static_cast<unsigned char>(bytes[generation - 1]))) {
            --generation;
        }
        if (generation == keyword || generation < 2 || bytes[generation - 1] != ' ') continue;
        std::size_t number = generation - 1;
        while (number > 0 && std::isdigit(static_cast<unsigned char>(bytes[number - 1]))) --number;
        if (number == generation - 1) continue;
        return fmt::format("{}\ntrailer\n<< /Root {} R >>\nstartxref\n0\n%%EOF\n", bytes,
                           bytes.substr(number, keyword - number));
    }
    return {};
}

// What the root of the page tree says: Poppler counts no pages where that is beyond belief.
std::int64_t claimed_pages(PDFDoc& document) {
    const Object catalog = document.getXRef()->getCatalog();
    if (!catalog.isDict()) return 0;
    const Object tree = catalog.dictLookup("Pages");
    if (!tree.isDict()) return 0;
    const Object count = tree.dictLookup("Count");
    return count.isInt() ? count.getInt() : 0;
}

}  // namespace

std::string poppler_data(const std::filesystem::path& program_directory) {
    const auto directory = program_directory / "share" / "poppler";
    std::error_code error;
    return std::filesystem::is_directory(directory, error) ? directory.string() : std::string();
}

void start_poppler() {
    static std::once_flag once;
    std::call_once(once, [] {
        setErrorCallback([](ErrorCategory, Goffset, const char*) {});
        // Poppler keeps the pointer.
        static const std::string kData = poppler_data(program_directory());
        if (!globalParams) {
            globalParams = std::make_unique<GlobalParams>(kData.empty() ? nullptr : kData.c_str());
        }
        globalParams->setErrQuiet(true);
    });
}

PdfFile::PdfFile(std::unique_ptr<std::string> repaired, std::unique_ptr<PDFDoc> document,
                 std::size_t document_bytes, const ParseLimits& limits)
    : repaired_(std::move(repaired)),
      document_(std::move(document)),
      budget_(std::make_unique<ReadBudget>(document_bytes)),
      character_maps_(std::make_unique<CharacterMaps>()),
      reader_(std::make_unique<PageReader>(PageReader::Order::layout, *budget_)),
      player_(std::make_unique<PagePlayer>(*document_, *reader_, limits.unpacked_bytes_max)),
      unpacked_bytes_max_(limits.unpacked_bytes_max) {}
PdfFile::PdfFile(PdfFile&&) noexcept = default;
PdfFile& PdfFile::operator=(PdfFile&&) noexcept = default;
PdfFile::~PdfFile() = default;

Result<PdfFile> PdfFile::open(std::string_view bytes, const ParseLimits& limits) {
    if (bytes.empty()) return fail(Errc::empty, "the PDF has no bytes");
    if (declares_too_many_objects(bytes)) {
        return fail(Errc::too_large, "the PDF declares more objects than its bytes can hold");
    }
    start_poppler();
    std::unique_ptr<std::string> repaired;
    auto document = open_bytes(bytes);
    if (!document->isOk() && document->getErrorCode() != errEncrypted) {
        repaired = std::make_unique<std::string>(with_trailer(bytes));
        if (!repaired->empty()) document = open_bytes(*repaired);
    }
    if (!document->isOk()) {
        if (document->getErrorCode() == errEncrypted) {
            return fail(Errc::encrypted, "the PDF needs a password to open");
        }
        return fail(Errc::corrupt, "the PDF is damaged beyond repair");
    }
    const int pages = std::max(document->getNumPages(), 0);
    const auto most = std::max<std::int64_t>(pages, pages == 0 ? claimed_pages(*document) : 0);
    if (most > std::int64_t{limits.pages_max}) {
        return fail(Errc::too_large, fmt::format("the PDF has {} pages, more than pages_max ({})",
                                                 most, limits.pages_max));
    }
    if (pages == 0) return fail(Errc::corrupt, "the PDF has no pages");
    PdfFile file(std::move(repaired), std::move(document), bytes.size(), limits);
    file.pages_ = static_cast<std::uint32_t>(pages);
    return file;
}

Metadata PdfFile::metadata() const {
    Metadata out;
    out.title = stated(text_string(document_->getDocInfoTitle().get()));
    out.author = stated(text_string(document_->getDocInfoAuthor().get()));
    out.created = rfc3339_of(document_->getDocInfoCreatDate().get());
    const Object catalog = document_->getXRef()->getCatalog();
    if (catalog.isDict()) {
        const Object language = catalog.dictLookup("Lang");
        if (language.isString()) out.language = text_string(language.getString());
    }
    return out;
}

std::vector<OutlineEntry> PdfFile::outline() const {
    std::vector<OutlineEntry> entries;
    Outline* const outline = document_->getOutline();
    if (outline != nullptr) collect(outline->getItems(), 1, entries);
    return entries;
}

bool PdfFile::spend_annotations(const Object& annotations) {
    if (!annotations.isArray()) return true;
    for (int i = 0; i < annotations.arrayGetLength(); ++i) {
        const Object& one = annotations.arrayGetNF(i);
        if (one.isRef() && annotations_seen_.insert(one.getRefNum()).second) continue;
        std::uint64_t& left =
            one.isRef() ? budget_->repeated_annotations_left : budget_->direct_annotations_left;
        if (!ReadBudget::spend(left, 1)) return false;
    }
    return true;
}

Result<void> PdfFile::read(std::uint32_t number, Page& page) {
    page.number = number;
    reader_->begin(page);
    const auto index = static_cast<int>(number);
    ::Page* const source = document_->getPage(index);
    if (source == nullptr) return {};
    if (!character_maps_->are_affordable(source->getResourceDict())) {
        return fail(Errc::too_large,
                    fmt::format("a font of page {} declares more codes than fonts have", number));
    }
    const bool annotations = spend_annotations(source->getAnnotsObject());
    PageReader* reader = reader_.get();
    if (auto played = player_->play(number, annotations); !played) return played;
    if (!reader->scattered() && !reader->should_stop()) {
        reader->finish();
        if (auto copies = hidden_copies(page); !copies.empty()) {
            // They stand among the words that they repeat, so the page is laid out anew without
            // them.
            reader->begin(page);
            reader->skip(std::move(copies));
            if (auto played = player_->play(number, annotations); !played) return played;
            if (!reader->scattered() && !reader->should_stop()) reader->finish();
        }
    }
    if (reader->scattered() && !reader->should_stop()) {
        if (!content_reader_) {
            content_reader_ = std::make_unique<PageReader>(PageReader::Order::content, *budget_);
            content_player_ =
                std::make_unique<PagePlayer>(*document_, *content_reader_, unpacked_bytes_max_);
        }
        reader = content_reader_.get();
        reader->begin(page);
        if (auto played = content_player_->play(number, annotations); !played) return played;
        if (!reader->should_stop()) reader->finish();
    }
    if (reader->should_stop()) {
        return fail(Errc::too_large,
                    fmt::format("page {} draws too much for the size of the PDF", number));
    }
    page.annotations_skipped = !annotations;
    if (page.turn == 0 && annotations) {
        const std::vector<FormButton> buttons = buttons_of(*source, reader->getDefCTM());
        // Each looks for its label among all words.
        if (!ReadBudget::spend(budget_->layout_left,
                               std::uint64_t{buttons.size()} * page.words.size())) {
            return fail(
                Errc::too_large,
                fmt::format("page {} has too many buttons for the size of the PDF", number));
        }
        place_buttons(buttons, page);
        read_links(*source, reader->getDefCTM(), page);
        attach_links(page);
    }
    return {};
}

bool PdfFile::has_picture(std::uint32_t number) const {
    ::Page* const source = document_->getPage(static_cast<int>(number));
    if (source == nullptr) return false;
    std::set<int> seen;
    return holds_picture(source->getResourceDict(), seen, 0);
}

}  // namespace ingestor::extract::pdf

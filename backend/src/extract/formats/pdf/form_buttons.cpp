#include "extract/formats/pdf/form_buttons.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

#include <Annot.h>
#include <Array.h>
#include <Dict.h>
#include <Page.h>

namespace ingestor::extract::pdf {
namespace {

constexpr int kParentsMax = 8;
constexpr std::size_t kButtonsMax = 5'000;
constexpr char32_t kEmpty = U'\u2610';
constexpr char32_t kTicked = U'\u2611';

// A field's entry, which its parents may have in its place.
Object inherited(const Dict& widget, const char* key) {
    Object value = widget.lookup(key);
    Object parent = widget.lookup("Parent");
    for (int depth = 0; value.isNull() && parent.isDict() && depth < kParentsMax; ++depth) {
        value = parent.dictLookup(key);
        parent = parent.dictLookup("Parent");
    }
    return value;
}

// A widget's appearance state; where it names none, it is on if the field's value is the name of
// its look when it is on.
bool is_on(const Dict& widget) {
    const Object state = widget.lookup("AS");
    if (state.isName()) return std::string_view(state.getName()) != "Off";
    const Object value = inherited(widget, "V");
    if (!value.isName() || value.isName("Off")) return false;
    const Object looks = widget.lookup("AP");
    const Object normal = looks.isDict() ? looks.dictLookup("N") : Object(objNull);
    if (!normal.isDict()) return true;
    return normal.getDict()->hasKey(value.getName());
}

// The place of a box among the words: before or behind one of them, or the end.
struct Place {
    std::uint32_t line = 0;
    std::uint32_t word = 0;  // That the box comes before.
    double gap = std::numeric_limits<double>::max();
    std::uint32_t beside = 0;  // The word whose looks the box takes.
};

// The word next to the button on its row; labels stand close to their buttons.
Place place_of(const FormButton& button, const Page& page) {
    static constexpr double kFarthest = 4;  // Of the size of the letters.
    Place best;
    const double middle = (button.box.top + button.box.bottom) / 2;
    const double centre = (button.box.left + button.box.right) / 2;
    for (std::uint32_t i = 0; i < page.lines.size(); ++i) {
        const Line& line = page.lines[i];
        for (std::uint32_t w = line.first; w < line.last; ++w) {
            const Word& word = page.words[w];
            if (word.aside || middle < word.box.top - 2 || middle > word.box.bottom + 2) continue;
            const bool right = (word.box.left + word.box.right) / 2 > centre;
            const double gap = std::max(
                0.0, right ? word.box.left - button.box.right : button.box.left - word.box.right);
            if (gap > kFarthest * word.size) continue;
            // Where both are as near, the label is the one behind the button.
            if (gap < best.gap - 0.01 || (right && gap < best.gap + 0.01)) {
                best = {.line = i, .word = right ? w : w + 1, .gap = gap, .beside = w};
            }
        }
    }
    return best;
}

}  // namespace

bool is_state_button(const Annot& annotation) {
    static constexpr int kPushButton = 1 << 16;
    if (annotation.getType() != Annot::typeWidget || !annotation.getAnnotObj().isDict())
        return false;
    const Dict& widget = *annotation.getAnnotObj().getDict();
    if (!inherited(widget, "FT").isName("Btn")) return false;
    const Object flags = inherited(widget, "Ff");
    return !flags.isInt() || (flags.getInt() & kPushButton) == 0;
}

std::vector<FormButton> buttons_of(::Page& source, const double* matrix) {
    std::vector<FormButton> out;
    if (source.getAnnotsObject().isNull()) return out;
    for (Annot* const annotation : source.getAnnots()->getAnnots()) {
        if (out.size() >= kButtonsMax) break;
        if (!is_state_button(*annotation)) continue;
        const Dict& widget = *annotation->getAnnotObj().getDict();
        const Object flags = widget.lookup("F");
        if (flags.isInt() && (flags.getInt() & (Annot::flagHidden | Annot::flagNoView)) != 0)
            continue;
        const Object rectangle = widget.lookup("Rect");
        if (!rectangle.isArray() || rectangle.arrayGetLength() != 4) continue;
        double edges[4] = {};
        bool numbers = true;
        for (int k = 0; k < 4; ++k) {
            const Object edge = rectangle.arrayGet(k);
            numbers = numbers && edge.isNum();
            edges[k] = edge.isNum() ? edge.getNum() : 0;
        }
        if (!numbers) continue;
        const auto at = [matrix](double x, double y) {
            return std::pair{matrix[0] * x + matrix[2] * y + matrix[4],
                             matrix[1] * x + matrix[3] * y + matrix[5]};
        };
        const auto [ax, ay] = at(edges[0], edges[1]);
        const auto [bx, by] = at(edges[2], edges[3]);
        const Box box = {std::min(ax, bx), std::min(ay, by), std::max(ax, bx), std::max(ay, by)};
        if (!(box.right >= 0 && box.bottom >= 0 && box.left <= 1e6 && box.top <= 1e6)) continue;
        out.push_back({.box = box, .on = is_on(widget)});
    }
    return out;
}

void place_buttons(const std::vector<FormButton>& buttons, Page& page) {
    if (buttons.empty()) return;
    struct Inserted {
        Place place;
        Word word;
    };
    std::vector<Inserted> inserted;
    std::vector<Word> alone;
    for (const FormButton& button : buttons) {
        Word word{.box = button.box, .baseline = button.box.bottom};
        word.size = std::clamp(button.box.bottom - button.box.top, 6.0, 12.0);
        word.begin = static_cast<std::uint32_t>(page.text.size());
        page.text += button.on ? kTicked : kEmpty;
        word.end = static_cast<std::uint32_t>(page.text.size());
        word.space_after = true;
        const Place place = place_of(button, page);
        if (place.gap == std::numeric_limits<double>::max()) {
            alone.push_back(word);
            continue;
        }
        const Word& beside = page.words[place.beside];
        word.size = beside.size;
        word.baseline = beside.baseline;
        word.box.top = beside.box.top;
        word.box.bottom = beside.box.bottom;
        inserted.push_back({.place = place, .word = word});
    }
    std::ranges::stable_sort(inserted, [](const Inserted& a, const Inserted& b) {
        return std::tuple(a.place.line, a.place.word, a.word.box.left) <
               std::tuple(b.place.line, b.place.word, b.word.box.left);
    });
    std::vector<Word> words;
    words.reserve(page.words.size() + buttons.size());
    auto next = inserted.begin();
    for (std::uint32_t i = 0; i < page.lines.size(); ++i) {
        Line& line = page.lines[i];
        const auto first = static_cast<std::uint32_t>(words.size());
        for (std::uint32_t w = line.first; w <= line.last; ++w) {
            for (; next != inserted.end() && next->place.line == i && next->place.word == w;
                 ++next) {
                if (words.size() > first) words.back().space_after = true;
                words.push_back(next->word);
            }
            if (w < line.last) words.push_back(page.words[w]);
        }
        line.first = first;
        line.last = static_cast<std::uint32_t>(words.size());
    }
    for (const Word& word : alone) {
        const auto at = static_cast<std::uint32_t>(words.size());
        const std::uint32_t number = page.lines.empty() ? 0 : page.lines.back().block + 1;
        const std::uint32_t flow = page.lines.empty() ? 0 : page.lines.back().flow + 1;
        words.push_back(word);
        page.lines.push_back({.first = at, .last = at + 1, .block = number, .flow = flow});
    }
    page.words = std::move(words);
}

}  // namespace ingestor::extract::pdf

#include "extract/formats/pdf/content_interpreter.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <GfxFont.h>
#include <GfxState.h>
#include <Stream.h>

#include "extract/formats/pdf/page_contents.hpp"

namespace ingestor::extract::pdf {
namespace {

constexpr std::uint32_t code_of(std::string_view keyword) {
    std::uint32_t code = 0;
    for (const char c : keyword) code = code << 8 | static_cast<unsigned char>(c);
    return code;
}

constexpr std::size_t kKeywordMax = 3;

// What leaves no trace that a reader of text would see, and how many operands each has.
constexpr std::optional<std::size_t> operands_of_ignored(std::uint32_t code) {
    switch (code) {
        case code_of("BX"):
        case code_of("EX"):
            return 0;
        case code_of("w"):
        case code_of("J"):
        case code_of("j"):
        case code_of("M"):
        case code_of("i"):
        case code_of("ri"):
        case code_of("MP"):
            return 1;
        case code_of("d"):
        case code_of("DP"):
        case code_of("d0"):
            return 2;
        case code_of("d1"):
            return 6;
        default:
            return std::nullopt;
    }
}

// What a name stands for in the page's resources is asked for once.
template <class Find>
bool remembered(std::map<std::string, bool, std::less<>>& known, std::string_view name, Find find) {
    const auto found = known.find(name);
    return found != known.end() ? found->second : known.emplace(name, find()).first->second;
}

}  // namespace

bool ContentInterpreter::may_have_inline_image(std::string_view content) {
    static constexpr std::string_view kEnds = " \t\r\n\f()<>[]{}/%";
    for (std::size_t at = content.find("BI"); at != content.npos; at = content.find("BI", at + 2)) {
        if (at + 2 == content.size() || content[at + 2] == '\0' ||
            kEnds.find(content[at + 2]) != kEnds.npos)
            return true;
    }
    return false;
}

ContentInterpreter::ContentInterpreter(ContentInterpreter& outer, Dict* resources, int form)
    : gfx_(outer.gfx_),
      reader_(outer.reader_),
      fonts_(outer.fonts_),
      resources_(resources),
      outer_(&outer),
      form_(form),
      depth_(outer.depth_ + 1),
      colours_(outer.colours_),
      marks_(outer.marks_),
      font_changed_(outer.font_changed_) {}

ContentInterpreter::~ContentInterpreter() {
    if (resources_pushed_) gfx_.popResources();
}

void ContentInterpreter::run(std::string_view content) {
    ContentLexer lexer(content);
    std::size_t begin = 0;
    gfx_.pushStateGuard();
    while (!stop_) {
        const Token token = lexer.next();
        if (token.kind == Token::Kind::end) break;
        if (operand_count_ == 0) begin = token.begin;
        if (token.kind != Token::Kind::keyword) {
            add_operand(lexer, token);
            continue;
        }
        operation_ = content.substr(begin, lexer.position() - begin);
        execute(token.text);
        operand_count_ = 0;
        if (should_stop()) break;
    }
    gfx_.popStateGuard();
}

void ContentInterpreter::add_operand(ContentLexer& lexer, const Token& token) {
    Operand operand{
        .kind = token.kind, .integer = token.integer, .number = token.number, .text = token.text};
    // An array within an array, or a dictionary, is no operand of text or a path.
    int depth = 1;
    if (token.kind == Token::Kind::array_begin) {
        elements_.clear();
        while (depth > 0) {
            const Token element = lexer.next();
            if (element.kind == Token::Kind::end) break;
            if (element.kind == Token::Kind::array_begin) ++depth;
            if (element.kind == Token::Kind::array_end) --depth;
            if (depth == 1 &&
                (element.kind == Token::Kind::number || element.kind == Token::Kind::string))
                elements_.push_back(
                    {.kind = element.kind, .number = element.number, .text = element.text});
        }
    } else if (token.kind == Token::Kind::dictionary_begin) {
        while (depth > 0) {
            const Token inner = lexer.next();
            if (inner.kind == Token::Kind::end) break;
            if (inner.kind == Token::Kind::dictionary_begin) ++depth;
            if (inner.kind == Token::Kind::dictionary_end) --depth;
            if (inner.kind == Token::Kind::name && inner.text == "ActualText")
                operand.actual_text = true;
        }
    }
    if (operand_count_ < kOperandsMax) operands_[operand_count_++] = operand;
}

// The last operands count. Poppler ends a page's content where there are too few.
bool ContentInterpreter::take(std::size_t count) {
    stop_ = operand_count_ < count;
    if (stop_) return false;
    taken_ = std::span(operands_).subspan(operand_count_ - count, count);
    return true;
}

bool ContentInterpreter::take_numbers(std::size_t count) {
    return take(count) && std::ranges::all_of(taken_, [](const Operand& operand) {
               return operand.kind == Token::Kind::number;
           });
}

bool ContentInterpreter::take(Token::Kind kind) {
    return take(1) && taken_[0].kind == kind;
}

void ContentInterpreter::execute(std::string_view keyword) {
    if (keyword.size() > kKeywordMax) return;
    const std::uint32_t code = code_of(keyword);
    if (execute_text(code) || execute_path(code) || execute_colour(code)) return;
    switch (code) {
        case code_of("q"):
            save();
            return;
        case code_of("Q"):
            restore();
            return;
        case code_of("cm"):
            if (!take_numbers(6)) return;
            state().concatCTM(number(0), number(1), number(2), number(3), number(4), number(5));
            font_changed_ = true;
            return;
        case code_of("gs"):
            if (take(Token::Kind::name)) set_graphics_state();
            return;
        case code_of("Do"):
            if (take(Token::Kind::name)) draw_object();
            return;
        case code_of("sh"):
            if (take(Token::Kind::name)) delegate();
            return;
        case code_of("BMC"):
            if (take(Token::Kind::name)) begin_mark(false);
            return;
        case code_of("BDC"):
            if (take(2) && taken_[0].kind == Token::Kind::name) begin_mark(true);
            return;
        case code_of("EMC"):
            end_mark();
            return;
        default:
            if (const auto operands = operands_of_ignored(code)) take(*operands);
            return;
    }
}

bool ContentInterpreter::execute_text(std::uint32_t code) {
    switch (code) {
        case code_of("BT"):
            state().setTextMat(1, 0, 0, 1, 0, 0);
            state().textMoveTo(0, 0);
            in_text_ = font_changed_ = true;
            return true;
        case code_of("ET"):
            in_text_ = false;
            return true;
        case code_of("Tf"):
            if (take(2) && taken_[0].kind == Token::Kind::name &&
                taken_[1].kind == Token::Kind::number)
                set_font();
            return true;
        case code_of("Td"):
            if (take_numbers(2)) move_text(number(0), number(1));
            return true;
        case code_of("TD"):
            if (!take_numbers(2)) return true;
            state().setLeading(-number(1));
            move_text(number(0), number(1));
            return true;
        case code_of("Tm"):
            if (!take_numbers(6)) return true;
            state().setTextMat(number(0), number(1), number(2), number(3), number(4), number(5));
            state().textMoveTo(0, 0);
            font_changed_ = true;
            return true;
        case code_of("T*"):
            next_line();
            return true;
        case code_of("Tc"):
            if (take_numbers(1)) state().setCharSpace(number(0));
            return true;
        case code_of("Tw"):
            if (take_numbers(1)) state().setWordSpace(number(0));
            return true;
        case code_of("Tz"):
            if (!take_numbers(1)) return true;
            state().setHorizScaling(number(0));
            font_changed_ = true;
            return true;
        case code_of("TL"):
            if (take_numbers(1)) state().setLeading(number(0));
            return true;
        case code_of("Ts"):
            if (take_numbers(1)) state().setRise(number(0));
            return true;
        case code_of("Tr"):
            if (take_numbers(1) && taken_[0].integer)
                state().setRender(static_cast<int>(number(0)));
            return true;
        case code_of("Tj"):
            if (take(Token::Kind::string) && prepares_text()) show(taken_[0].text);
            return true;
        case code_of("TJ"):
            if (take(Token::Kind::array_begin) && prepares_text()) show_array();
            return true;
        case code_of("'"):
            if (!take(Token::Kind::string) || !prepares_text()) return true;
            next_line();
            show(taken_[0].text);
            return true;
        case code_of("\""):
            if (!take(3) || taken_[0].kind != Token::Kind::number ||
                taken_[1].kind != Token::Kind::number || taken_[2].kind != Token::Kind::string ||
                !prepares_text())
                return true;
            state().setWordSpace(number(0));
            state().setCharSpace(number(1));
            next_line();
            show(taken_[2].text);
            // Poppler counts the bytes of this operator twice.
            reader_.incCharCount(static_cast<int>(taken_[2].text.size()));
            return true;
        default:
            return false;
    }
}

bool ContentInterpreter::execute_path(std::uint32_t code) {
    switch (code) {
        case code_of("m"):
            if (take_numbers(2)) state().moveTo(number(0), number(1));
            return true;
        case code_of("l"):
            if (take_numbers(2) && state().isCurPt()) state().lineTo(number(0), number(1));
            return true;
        case code_of("c"):
            if (take_numbers(6) && state().isCurPt())
                state().curveTo(number(0), number(1), number(2), number(3), number(4), number(5));
            return true;
        case code_of("v"):
            if (take_numbers(4) && state().isCurPt())
                state().curveTo(state().getCurX(), state().getCurY(), number(0), number(1),
                                number(2), number(3));
            return true;
        case code_of("y"):
            if (take_numbers(4) && state().isCurPt())
                state().curveTo(number(0), number(1), number(2), number(3), number(2), number(3));
            return true;
        case code_of("re"):
            if (take_numbers(4)) draw_rectangle();
            return true;
        case code_of("h"):
            if (state().isCurPt()) state().closePath();
            return true;
        case code_of("n"):
            end_path();
            return true;
        case code_of("W"):
            clip_ = 'W';
            return true;
        case code_of("W*"):
            clip_ = '*';
            return true;
        case code_of("S"):
            paint(kStroke);
            return true;
        case code_of("s"):
            paint(kStroke | kClose);
            return true;
        case code_of("f"):
        case code_of("F"):
            paint(kFill);
            return true;
        case code_of("f*"):
            paint(kFill | kEvenOdd);
            return true;
        case code_of("B"):
            paint(kFill | kStroke);
            return true;
        case code_of("B*"):
            paint(kFill | kEvenOdd | kStroke);
            return true;
        case code_of("b"):
            paint(kFill | kStroke | kClose);
            return true;
        case code_of("b*"):
            paint(kFill | kEvenOdd | kStroke | kClose);
            return true;
        default:
            return false;
    }
}

bool ContentInterpreter::execute_colour(std::uint32_t code) {
    static constexpr std::size_t kComponentsMax = 4;
    switch (code) {
        case code_of("g"):
            set_device_colour(colours_.fill, 1);
            return true;
        case code_of("G"):
            set_device_colour(colours_.stroke, 1);
            return true;
        case code_of("rg"):
            set_device_colour(colours_.fill, 3);
            return true;
        case code_of("RG"):
            set_device_colour(colours_.stroke, 3);
            return true;
        case code_of("k"):
            set_device_colour(colours_.fill, 4);
            return true;
        case code_of("K"):
            set_device_colour(colours_.stroke, 4);
            return true;
        case code_of("cs"):
            if (take(Token::Kind::name)) set_colour_space(colours_.fill);
            return true;
        case code_of("CS"):
            if (take(Token::Kind::name)) set_colour_space(colours_.stroke);
            return true;
        case code_of("sc"):
            set_components(colours_.fill, *state().getFillColorSpace(), kComponentsMax);
            return true;
        case code_of("SC"):
            set_components(colours_.stroke, *state().getStrokeColorSpace(), kComponentsMax);
            return true;
        case code_of("scn"):
            set_components(colours_.fill, *state().getFillColorSpace(), kOperandsMax);
            return true;
        case code_of("SCN"):
            set_components(colours_.stroke, *state().getStrokeColorSpace(), kOperandsMax);
            return true;
        default:
            return false;
    }
}

bool ContentInterpreter::should_stop() {
    static constexpr int kLevelMax = 20'000;
    if (++level_ >= kLevelMax) level_ = polled_level_ = 0;
    if (stop_) return true;
    if (level_ - polled_level_ <= kPollEach) return false;
    polled_level_ = level_;
    return reader_.poll();
}

void ContentInterpreter::delegate(std::string_view before) {
    if (before.empty()) {
        run_by_poppler(operation_);
    } else {
        run_by_poppler(std::string(before).append(operation_));
    }
}

void ContentInterpreter::run_by_poppler(std::string_view content) {
    push_resources();
    Object stream(static_cast<Stream*>(
        new MemStream(content.data(), 0, static_cast<Goffset>(content.size()), Object(objNull))));
    gfx_.display(&stream, false);
}

// Poppler builds all that resources have, for which few pages have a use.
void ContentInterpreter::push_resources() {
    if (resources_pushed_) return;
    if (outer_ != nullptr) outer_->push_resources();
    if (resources_ == nullptr) return;
    // Fonts are set here.
    gfx_.pushResources(without_fonts(*resources_, gfx_.getXRef()).getDict());
    resources_pushed_ = true;
}

Object ContentInterpreter::resource(const char* kind, std::string_view name, int* number) const {
    const std::string meant = name_of(name);
    for (const ContentInterpreter* level = this; level != nullptr; level = level->outer_) {
        if (level->resources_ == nullptr) continue;
        const Object named = level->resources_->lookup(kind);
        if (!named.isDict()) continue;
        Object found = named.dictLookup(meant.c_str());
        if (found.isNull()) continue;
        const Object& entry = named.dictLookupNF(meant.c_str());
        if (number != nullptr && entry.isRef()) *number = entry.getRefNum();
        return found;
    }
    return Object(objNull);
}

void ContentInterpreter::save() {
    gfx_.saveState();
    saved_colours_.push_back(colours_);
}

// Poppler ends a page's content where there is nothing to restore.
void ContentInterpreter::restore() {
    stop_ = saved_colours_.empty();
    if (stop_) return;
    gfx_.restoreState();
    colours_ = saved_colours_.back();
    saved_colours_.pop_back();
}

// Of all that a graphics state can set, a soft mask alone may hold text.
void ContentInterpreter::set_graphics_state() {
    const auto has_mask = [this] {
        const Object parameters = resource("ExtGState", taken_[0].text);
        return !parameters.isDict() || parameters.dictLookup("SMask").isDict();
    };
    if (!remembered(masking_states_, taken_[0].text, has_mask)) return;
    apply_colours();
    delegate();
}

void ContentInterpreter::draw_object() {
    const std::string_view name = taken_[0].text;
    const auto image = images_.find(name);
    if (image != images_.end()) {
        (void)reader_.needNonText();
        return;
    }
    int number = -1;
    const Object object = resource("XObject", name, &number);
    const Object kind = object.isStream() ? object.streamGetDict()->lookup("Subtype") : Object();
    if (kind.isName("Image")) {
        images_.emplace(name);
        (void)reader_.needNonText();
    } else if (!kind.isName("Form") || !draw_form(object, number)) {
        apply_colours();
        delegate();
        font_changed_ = true;
    }
}

bool ContentInterpreter::is_drawing(int form) const {
    for (const ContentInterpreter* level = this; level != nullptr; level = level->outer_) {
        if (level->form_ == form) return true;
    }
    return false;
}

// False where Poppler must draw it. Where a form is drawn amid a text or a path, which no program
// does, more would have to be kept of the state than saving it keeps.
bool ContentInterpreter::draw_form(const Object& form, int number) {
    static constexpr std::uint64_t kBytesMax = 4'000'000;
    if (in_text_ || state().isCurPt() || depth_ >= kFormsMax) return false;
    if (number >= 0 && is_drawing(number)) return true;
    Dict& dict = *form.streamGetDict();
    std::array<double, 4> box{};
    std::array<double, 6> matrix{1, 0, 0, 1, 0, 0};
    const Object box_object = dict.lookup("BBox");
    if (!box_object.isArray()) return false;
    for (std::size_t i = 0; i < box.size(); ++i) {
        const Object corner = box_object.arrayGet(static_cast<int>(i));
        if (!corner.isNum()) return false;
        box[i] = corner.getNum();
    }
    const Object matrix_object = dict.lookup("Matrix");
    if (matrix_object.isArray()) {
        for (std::size_t i = 0; i < matrix.size(); ++i) {
            const Object element = matrix_object.arrayGet(static_cast<int>(i));
            matrix[i] = element.isNum() ? element.getNum() : 0;
        }
    }
    const auto content = unpacked_contents(form, kBytesMax);
    if (!content || !*content || may_have_inline_image(**content)) return false;
    // Names of spaces mean what the form's resources say.
    if (!colours_.fill.space.empty() || !colours_.stroke.space.empty()) apply_colours();

    gfx_.saveState();
    state().clearPath();
    state().concatCTM(matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5]);
    state().moveTo(box[0], box[1]);
    state().lineTo(box[2], box[1]);
    state().lineTo(box[2], box[3]);
    state().lineTo(box[0], box[3]);
    state().closePath();
    state().clip();
    state().clearPath();
    const Object resources = dict.lookup("Resources");
    ContentInterpreter inner(*this, resources.isDict() ? resources.getDict() : nullptr, number);
    inner.run(**content);
    font_changed_ = inner.font_changed_;
    gfx_.restoreState();
    return true;
}

void ContentInterpreter::set_device_colour(Colour& colour, std::size_t components) {
    if (take_numbers(components)) colour = {.space = {}, .value = operation_};
}

// Poppler ignores what is no space, so that a pattern may stay.
void ContentInterpreter::set_colour_space(Colour& colour) {
    const std::string_view name = taken_[0].text;
    const auto is_pattern_or_none = [&] {
        if (name == "DeviceGray" || name == "DeviceRGB" || name == "DeviceCMYK") return false;
        const Object space = resource("ColorSpace", name);
        return !space.isArray() || space.arrayGetLength() == 0 ||
               space.arrayGet(0).isName("Pattern");
    };
    if (remembered(pattern_spaces_, name, is_pattern_or_none)) {
        apply(colour);
        delegate();
    } else {
        colour = {.space = operation_, .value = {}};
    }
}

void ContentInterpreter::set_components(Colour& colour, GfxColorSpace& space,
                                        std::size_t components_max) {
    if (operand_count_ > components_max) return;
    if (is_pattern(colour, space) || !take_numbers(operand_count_)) {
        apply(colour);
        delegate();
        return;
    }
    if (colour.space.empty()) colour.space = colour.value;
    colour.value = operation_;
}

void ContentInterpreter::apply(Colour& colour) {
    for (const std::string_view operation : {colour.space, colour.value}) {
        if (!operation.empty()) run_by_poppler(operation);
    }
    colour = {};
}

void ContentInterpreter::apply_colours() {
    apply(colours_.fill);
    apply(colours_.stroke);
}

// No pattern is put off.
bool ContentInterpreter::is_pattern(const Colour& colour, GfxColorSpace& space) const {
    return !colour.is_put_off() && space.getMode() == csPattern;
}

void ContentInterpreter::set_font() {
    auto found = named_fonts_.find(taken_[0].text);
    if (found == named_fonts_.end()) {
        const std::string name = name_of(taken_[0].text);
        std::shared_ptr<GfxFont> font;
        for (const ContentInterpreter* level = this; level != nullptr && !font;
             level = level->outer_) {
            if (level->resources_ != nullptr) font = fonts_.find(*level->resources_, name);
        }
        found = named_fonts_.emplace(taken_[0].text, std::move(font)).first;
    }
    state().setFont(found->second, number(1));
    font_changed_ = true;
}

void ContentInterpreter::move_text(double x, double y) {
    state().textMoveTo(state().getLineX() + x, state().getLineY() + y);
}

void ContentInterpreter::next_line() {
    state().textMoveTo(state().getLineX(), state().getLineY() - state().getLeading());
}

// False where there is nothing to show with, or Poppler shows it.
bool ContentInterpreter::prepares_text() {
    if (!state().getFont()) return false;
    const int render = state().getRender();
    const bool fills = (render & 1) == 0;
    if (fills && is_pattern(colours_.fill, *state().getFillColorSpace())) {
        apply_colours();
        // Has Poppler look at the font, which it does after a change of the matrix.
        delegate("1 0 0 1 0 0 cm ");
        font_changed_ = true;
        return false;
    }
    static constexpr int kFillAndStroke = 2;
    if ((render & 3) == kFillAndStroke) apply_colours();
    if (font_changed_) reader_.updateFont(&state());
    font_changed_ = false;
    return true;
}

void ContentInterpreter::show_array() {
    GfxState& state = this->state();
    const bool vertical = state.getFont()->getWMode() != 0;
    for (const Element& element : elements_) {
        if (element.kind == Token::Kind::string) {
            show(element.text);
        } else if (vertical) {
            state.textShift(0, -element.number * 0.001 * state.getFontSize());
        } else {
            state.textShift(-element.number * 0.001 * state.getFontSize() * state.getHorizScaling(),
                            0);
        }
    }
}

void ContentInterpreter::show(std::string_view text) {
    GfxState& state = this->state();
    GfxFont& font = *state.getFont();
    const bool vertical = font.getWMode() != 0;
    double rise_x = 0, rise_y = 0;
    state.textTransformDelta(0, state.getRise(), &rise_x, &rise_y);
    const char* at = text.data();
    auto left =
        static_cast<int>(std::min<std::size_t>(text.size(), std::numeric_limits<int>::max()));
    level_ += kLettersPerOperator * left;
    while (left > 0) {
        CharCode code = 0;
        const Unicode* meaning = nullptr;
        int length = 0;
        double dx = 0, dy = 0, origin_x = 0, origin_y = 0;
        const int bytes =
            font.getNextChar(at, left, &code, &meaning, &length, &dx, &dy, &origin_x, &origin_y);
        const bool blank = bytes == 1 && *at == ' ';
        if (vertical) {
            dx *= state.getFontSize();
            dy = dy * state.getFontSize() + state.getCharSpace();
            if (blank) dy += state.getWordSpace();
        } else {
            dx = dx * state.getFontSize() + state.getCharSpace();
            if (blank) dx += state.getWordSpace();
            dx *= state.getHorizScaling();
            dy *= state.getFontSize();
        }
        double step_x = 0, step_y = 0;
        state.textTransformDelta(dx, dy, &step_x, &step_y);
        reader_.drawChar(&state, state.getCurX() + rise_x, state.getCurY() + rise_y, step_x, step_y,
                         origin_x, origin_y, code, bytes, meaning, length);
        state.shift(step_x, step_y);
        at += bytes;
        left -= bytes;
    }
}

void ContentInterpreter::draw_rectangle() {
    GfxState& state = this->state();
    const double x = number(0), y = number(1), width = number(2), height = number(3);
    state.moveTo(x, y);
    state.lineTo(x + width, y);
    state.lineTo(x + width, y + height);
    state.lineTo(x, y + height);
    state.closePath();
}

void ContentInterpreter::paint(std::uint8_t how) {
    GfxState& state = this->state();
    if (!state.isCurPt()) return;
    if (state.isPath()) {
        const bool fills = (how & kFill) != 0;
        const bool strokes = (how & kStroke) != 0;
        if ((fills && is_pattern(colours_.fill, *state.getFillColorSpace())) ||
            (strokes && is_pattern(colours_.stroke, *state.getStrokeColorSpace()))) {
            apply_colours();
            delegate(clip_ == '\0' ? "" : clip_ == 'W' ? "W " : "W* ");
            clip_ = '\0';
            return;
        }
        if ((how & kClose) != 0) state.closePath();
        if (fills && (how & kEvenOdd) != 0) {
            reader_.eoFill(&state);
        } else if (fills) {
            reader_.fill(&state);
        }
        if (strokes) reader_.stroke(&state);
    }
    end_path();
}

void ContentInterpreter::end_path() {
    if (state().isCurPt() && clip_ != '\0') state().clip();
    clip_ = '\0';
    state().clearPath();
}

void ContentInterpreter::begin_mark(bool properties) {
    const Operand& tag = taken_[0];
    const bool dictionary = properties && taken_[1].kind == Token::Kind::dictionary_begin;
    if (properties && !dictionary && taken_[1].kind != Token::Kind::name) return;
    // A name may be spelt with numbers, and the text in place of the marked one is Poppler's to
    // read.
    if (tag.text.find('#') != tag.text.npos || (dictionary && taken_[1].actual_text)) {
        delegate();
        marks_->push_back(Mark::delegated);
        return;
    }
    if (!properties || dictionary) reader_.beginMarkedContent(name_of(tag.text).c_str(), nullptr);
    marks_->push_back(Mark::own);
}

void ContentInterpreter::end_mark() {
    if (marks_->empty()) {
        // A form that Poppler drew may have left one open.
        delegate();
        return;
    }
    if (marks_->back() == Mark::delegated) {
        delegate();
    } else {
        reader_.endMarkedContent(&state());
    }
    marks_->pop_back();
}

}  // namespace ingestor::extract::pdf

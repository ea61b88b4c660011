#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Gfx.h>

#include "extract/formats/pdf/content_lexer.hpp"
#include "extract/formats/pdf/font_cache.hpp"
#include "extract/formats/pdf/page_reader.hpp"

namespace ingestor::extract::pdf {

/// Runs the content of a page on the graphics state of Poppler's interpreter. Text, paths and
/// states are done here, without an object for each number and operator; what is rare is handed to
/// Poppler operator by operator; what a reader of text never looks at (line styles, colours,
/// opacity) is left out. The reader is told what Poppler would tell it. Not for documents with
/// optional content, which Poppler's interpreter alone knows to hide.
class ContentInterpreter {
public:
    /// The bytes of an inline image cannot be told from operators here.
    [[nodiscard]] static bool may_have_inline_image(std::string_view content);

    /// All must outlive the interpreter; `resources`, of the page, may be null.
    ContentInterpreter(Gfx& gfx, PageReader& reader, FontCache& fonts, Dict* resources)
        : gfx_(gfx), reader_(reader), fonts_(fonts), resources_(resources) {}
    ~ContentInterpreter();
    ContentInterpreter(const ContentInterpreter&) = delete;
    ContentInterpreter& operator=(const ContentInterpreter&) = delete;

    void run(std::string_view content);

private:
    struct Operand {
        Token::Kind kind = Token::Kind::other;  ///< array_begin and dictionary_begin for the whole.
        bool integer = false;
        bool actual_text = false;  ///< Of a dictionary: it has this key.
        double number = 0;
        std::string_view text;
    };
    struct Element {
        Token::Kind kind = Token::Kind::other;
        double number = 0;
        std::string_view text;
    };
    /// Operators that were put off: the one that set the colour's space, and the one that set its
    /// components, or both with one.
    struct Colour {
        std::string_view space, value;
        [[nodiscard]] bool is_put_off() const { return !space.empty() || !value.empty(); }
    };
    struct Colours {
        Colour fill, stroke;
    };
    enum Paint : std::uint8_t { kStroke = 1, kFill = 2, kEvenOdd = 4, kClose = 8 };
    enum class Mark : std::uint8_t { own, delegated };

    // As Poppler has them.
    static constexpr int kFormsMax = 100;
    static constexpr std::size_t kOperandsMax = 33;
    static constexpr int kPollEach = 10;
    static constexpr int kLettersPerOperator = 10;

    // Of a form that is drawn by `outer`.
    ContentInterpreter(ContentInterpreter& outer, Dict* resources, int form);

    [[nodiscard]] GfxState& state() { return *gfx_.getState(); }
    void add_operand(ContentLexer& lexer, const Token& token);
    void execute(std::string_view keyword);
    bool execute_text(std::uint32_t code);
    bool execute_path(std::uint32_t code);
    bool execute_colour(std::uint32_t code);
    [[nodiscard]] bool should_stop();

    bool take(std::size_t count);
    bool take_numbers(std::size_t count);
    bool take(Token::Kind kind);
    [[nodiscard]] double number(std::size_t index) const { return taken_[index].number; }

    void delegate(std::string_view before = {});
    void run_by_poppler(std::string_view content);
    void push_resources();
    /// What the resources, or those around them, have under the name; `number` of its object, if it
    /// has one.
    [[nodiscard]] Object resource(const char* kind, std::string_view name,
                                  int* number = nullptr) const;

    void save();
    void restore();
    void set_graphics_state();
    void draw_object();
    [[nodiscard]] bool draw_form(const Object& form, int number);
    [[nodiscard]] bool is_drawing(int form) const;

    void set_device_colour(Colour& colour, std::size_t components);
    void set_colour_space(Colour& colour);
    void set_components(Colour& colour, GfxColorSpace& space, std::size_t components_max);
    void apply(Colour& colour);
    void apply_colours();
    [[nodiscard]] bool is_pattern(const Colour& colour, GfxColorSpace& space) const;

    void set_font();
    void move_text(double x, double y);
    void next_line();
    [[nodiscard]] bool prepares_text();
    void show(std::string_view text);
    void show_array();

    void draw_rectangle();
    void paint(std::uint8_t how);
    void end_path();

    void begin_mark(bool properties);
    void end_mark();

    Gfx& gfx_;
    PageReader& reader_;
    FontCache& fonts_;
    Dict* resources_;
    ContentInterpreter* outer_ = nullptr;  ///< That draws this form.
    int form_ = -1;                        ///< The number of its object.
    int depth_ = 0;
    bool resources_pushed_ = false;  ///< Poppler's interpreter has them as well.
    std::string_view operation_;     ///< The operator with its operands, as written.
    std::array<Operand, kOperandsMax> operands_;
    std::size_t operand_count_ = 0;
    std::span<const Operand> taken_;
    std::vector<Element> elements_;  ///< Of the array that was read last.
    Colours colours_;
    std::vector<Colours> saved_colours_;
    std::vector<Mark> page_marks_;
    std::vector<Mark>* marks_ = &page_marks_;  ///< Of the page: what a form leaves open stays open.
    std::map<std::string, std::shared_ptr<GfxFont>, std::less<>> named_fonts_;
    std::map<std::string, bool, std::less<>> pattern_spaces_, masking_states_;
    std::set<std::string, std::less<>> images_;
    char clip_ = '\0';  ///< `W` or `*`, until the path ends.
    bool in_text_ = false;
    bool font_changed_ = false;
    bool stop_ = false;
    int level_ = 1, polled_level_ = 0;
};

}  // namespace ingestor::extract::pdf

#include "extract/formats/docx/paragraph.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "extract/formats/docx/math.hpp"
#include "extract/formats/docx/symbols.hpp"
#include "extract/formats/docx/wordml.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {
namespace {

using namespace std::string_view_literals;

/// Fields within fields, beyond which a document only pretends.
constexpr std::size_t kFieldsMax = 64;
/// As much of a field's instruction as is read: more than any address has.
constexpr std::size_t kInstructionMax = 4'096;

/// What is about the paragraph rather than in it.
constexpr std::array kSkipped = {"pPr"sv,          "rPr"sv,        "instrText"sv, "delText"sv,
                                 "delInstrText"sv, "sdtPr"sv,      "sdtEndPr"sv,  "annotationRef"sv,
                                 "footnoteRef"sv,  "endnoteRef"sv, "rt"sv,        "rubyPr"sv};

/// The URL of `HYPERLINK "url"`; empty for other instructions and for places in the document.
std::string hyperlink_of(std::string_view instruction) {
    instruction = text::trim(instruction);
    if (!text::to_lower_ascii(instruction.substr(0, 9)).starts_with("hyperlink")) return {};
    instruction = text::trim(instruction.substr(9));
    if (!instruction.starts_with('"')) {
        return instruction.starts_with('\\')
                   ? std::string()
                   : std::string(instruction.substr(0, instruction.find(' ')));
    }
    const std::size_t close = instruction.find('"', 1);
    return close == std::string_view::npos ? std::string()
                                           : std::string(instruction.substr(1, close - 1));
}

/// What a field of a form shows that has no text of its own: the state of a box, the chosen one of
/// a list.
std::string form_field(const xmlNode* mark) {
    const xmlNode* data = child(mark, "ffData");
    if (const xmlNode* box = child(data, "checkBox")) {
        const bool checked =
            on_off(box, "checked").value_or(on_off(box, "default").value_or(false));
        return checked ? "\u2612" : "\u2610";
    }
    const xmlNode* list = child(data, "ddList");
    if (list == nullptr) return {};
    const auto standard = int_attribute(child(list, "default"), "val");
    int left = int_attribute(child(list, "result"), "val").value_or(standard.value_or(0));
    for (const xmlNode* at = list->children; at != nullptr; at = at->next) {
        if (is_word(at, "listEntry") && left-- == 0) return attribute(at, "val");
    }
    return {};
}

}  // namespace

void ParagraphReader::read(const xmlNode* paragraph, const ParagraphStyle& style) {
    style_ = style;
    walk_children(paragraph, {});
}

model::Inlines ParagraphReader::take() {
    raw_.clear();
    fixed_letters_ = other_letters_ = 0;
    return inline_.take();
}

std::vector<const xmlNode*> ParagraphReader::take_text_boxes() {
    return std::exchange(text_boxes_, {});
}

bool ParagraphReader::in_instruction() const {
    return std::ranges::any_of(context_.fields,
                               [](const Field& field) { return !field.in_result; });
}

std::string ParagraphReader::field_url() const {
    for (auto field = context_.fields.rbegin(); field != context_.fields.rend(); ++field) {
        if (!field->url.empty()) return field->url;
    }
    return {};
}

void ParagraphReader::put(std::string_view text, const model::Style& style) {
    if (in_instruction()) return;
    context_.count_text(text.size());
    inline_.text(text, style);
    raw_ += text;
    if (!text::trim(text).empty()) (run_is_fixed_ ? fixed_letters_ : other_letters_) += text.size();
}

void ParagraphReader::math(const xmlNode* node) {
    if (in_instruction()) return;
    if (local_name(node) == "oMathPara") {
        for (const xmlNode* at = node->children; at != nullptr; at = at->next) {
            if (local_name(at) != "oMath") continue;
            if (!inline_.blank()) put_break('\n');
            math(at);
        }
        return;
    }
    std::string latex = math_latex(node);
    if (latex.empty()) return;
    context_.count_text(latex.size());
    raw_ += latex;
    // Formulas side by side are two.
    if (inline_.ends_in(model::InlineKind::formula)) inline_.text(" ", {});
    inline_.put({.kind = model::InlineKind::formula, .text = std::move(latex)});
}

void ParagraphReader::put_break(char raw) {
    if (in_instruction()) return;
    inline_.line_break();
    raw_ += raw;
}

void ParagraphReader::walk_children(const xmlNode* node, const std::string& url) {
    for (const xmlNode* at = node->children; at != nullptr && !context_.error; at = at->next)
        walk(at, url);
}

void ParagraphReader::walk(const xmlNode* node, const std::string& url) {
    const std::string_view name = local_name(node);
    if (name.empty()) return;
    switch (vocabulary_of(node)) {
        case Vocabulary::word:
            break;
        case Vocabulary::math:
            math(node);
            return;
        case Vocabulary::compatibility:
            if (const xmlNode* branch = chosen_branch(node)) walk_children(branch, url);
            return;
        case Vocabulary::other:
            return;
    }
    if (name == "del" || name == "moveFrom") {
        context_.leave_out(model::LeftOutReason::deleted_revision, spaced_text(node));
        return;
    }
    if (std::ranges::find(kSkipped, name) != kSkipped.end()) return;
    if (name == "r") {
        run(node, url);
    } else if (name == "hyperlink") {
        const std::string target = context_.relationships->url_of_id(attribute(node, "id"));
        walk_children(node, target.empty() ? url : target);
    } else if (name == "drawing" || name == "pict" || name == "object") {
        drawing(node);
    } else {
        walk_children(node, url);
    }
}

void ParagraphReader::run(const xmlNode* node, const std::string& url) {
    const xmlNode* properties = child(node, "rPr");
    RunProperties look = RunProperties::read(properties);
    if (const std::string style = attribute(child(properties, "rStyle"), "val"); !style.empty()) {
        look = look.over(context_.styles.character(style));
    }
    if (look.hidden.value_or(style_.run.hidden.value_or(false))) {
        context_.leave_out(model::LeftOutReason::hidden, spaced_text(node));
        // Marks of fields count even where they are hidden.
        for (const xmlNode* at = node->children; at != nullptr; at = at->next) {
            if (is_word(at, "fldChar")) field_mark(at);
        }
        return;
    }
    std::string linked = field_url();
    if (linked.empty()) linked = url;
    const model::Style style{
        .bold = look.bold.value_or(false) && style_.heading == 0,
        .italic = look.italic.value_or(false),
        .struck = look.struck.value_or(false),
        .script = look.script.value_or(style_.run.script.value_or(model::Script::normal)),
        .link = context_.affordable_url(std::move(linked))};
    run_is_fixed_ = look.fixed_pitch.value_or(style_.run.fixed_pitch.value_or(false));
    for (const xmlNode* at = node->children; at != nullptr && !context_.error; at = at->next) {
        run_content(at, style);
    }
    run_is_fixed_ = false;
}

void ParagraphReader::run_content(const xmlNode* node, const model::Style& style) {
    const std::string_view name = local_name(node);
    if (name.empty()) return;
    if (vocabulary_of(node) == Vocabulary::compatibility) {
        const xmlNode* branch = chosen_branch(node);
        for (const xmlNode* at = branch == nullptr ? nullptr : branch->children; at != nullptr;
             at = at->next) {
            run_content(at, style);
        }
        return;
    }
    if (vocabulary_of(node) != Vocabulary::word) return;
    if (name == "t") {
        const std::string text = text_of(node);
        // Without this attribute, blanks at the ends are layout of the file.
        put(attribute(node, "space") == "preserve" ? std::string_view(text) : text::trim(text),
            style);
    } else if (name == "tab" || name == "ptab") {
        if (!in_instruction()) {
            inline_.text(" ", style);
            raw_ += '\t';
        }
    } else if (name == "br") {
        const std::string type = attribute(node, "type");
        if (type.empty() || type == "textWrapping") {
            put_break('\n');
        } else {
            put(" ", style);
        }
    } else if (name == "cr") {
        put_break('\n');
    } else if (name == "noBreakHyphen") {
        put("\u2011", style);
    } else if (name == "sym") {
        const std::string code = attribute(node, "char");
        std::uint32_t value = 0;
        (void)std::from_chars(code.data(), code.data() + code.size(), value, 16);
        put(symbol_text(attribute(node, "font"), value), style);
    } else if (name == "fldChar") {
        field_mark(node);
    } else if (name == "instrText") {
        if (!context_.fields.empty() && !context_.fields.back().in_result) {
            std::string& instruction = context_.fields.back().instruction;
            instruction += text_of(node).substr(0, kInstructionMax - instruction.size());
        }
    } else if (name == "footnoteReference") {
        note(node, NoteKind::footnote);
    } else if (name == "endnoteReference") {
        note(node, NoteKind::endnote);
    } else if (name == "drawing" || name == "pict" || name == "object") {
        drawing(node);
    } else if (name == "ruby") {
        if (const xmlNode* base = child(node, "rubyBase")) walk_children(base, style.link);
        if (const xmlNode* reading = child(node, "rt"); reading != nullptr) {
            put("(", {});
            walk_children(reading, style.link);
            put(")", {});
        }
    }
}

void ParagraphReader::field_mark(const xmlNode* mark) {
    const std::string type = attribute(mark, "fldCharType");
    if (type == "begin") {
        if (context_.fields.size() < kFieldsMax) context_.fields.emplace_back();
        if (const std::string shown = form_field(mark); !shown.empty()) {
            context_.fields.back().in_result = true;
            put(shown, {});
            context_.fields.back().in_result = false;
        }
    } else if (type == "separate" && !context_.fields.empty()) {
        Field& field = context_.fields.back();
        field.in_result = true;
        field.url = hyperlink_of(field.instruction);
    } else if (type == "end" && !context_.fields.empty()) {
        context_.fields.pop_back();
    }
}

void ParagraphReader::note(const xmlNode* reference, NoteKind kind) {
    if (in_instruction()) return;
    const std::size_t number = context_.notes.number_of(kind, attribute(reference, "id"));
    inline_.put({.kind = model::InlineKind::footnote_reference, .text = std::to_string(number)});
}

void ParagraphReader::drawing(const xmlNode* node) {
    if (in_instruction()) return;
    const xmlNode* at = node->children;
    const auto next_after = [&](const xmlNode* done) {
        while (done != node && done->next == nullptr) done = done->parent;
        return done == node ? nullptr : done->next;
    };
    while (at != nullptr) {
        const std::string_view name = local_name(at);
        if (name == "AlternateContent") {
            if (const xmlNode* branch = chosen_branch(at)) drawing(branch);
            at = next_after(at);
            continue;
        }
        if (name == "txbxContent") {
            text_boxes_.push_back(at);
            at = next_after(at);
            continue;
        }
        if (name == "docPr") {
            const std::string words = attribute(at, "descr");
            if (!text::trim(words).empty() && !on_off(at->parent, "hidden").value_or(false)) {
                inline_.put(
                    {.kind = model::InlineKind::picture, .text = model::plain(words).front().text});
                inline_.text(" ", {});
            }
        } else if (name == "chart") {
            if (std::string id = attribute(at, "id"); !id.empty())
                context_.embedded.push_back({EmbeddedPart::Kind::chart, std::move(id)});
        } else if (name == "relIds") {
            if (std::string id = attribute(at, "dm"); !id.empty())
                context_.embedded.push_back({EmbeddedPart::Kind::diagram, std::move(id)});
        } else if (name == "textpath") {
            put(attribute(at, "string"), {});
        }
        at =
            at->type == XML_ELEMENT_NODE && at->children != nullptr ? at->children : next_after(at);
    }
}

}  // namespace ingestor::extract::docx

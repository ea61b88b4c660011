#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <libxml/tree.h>

#include "extract/formats/docx/context.hpp"
#include "extract/model/inline_builder.hpp"

namespace ingestor::extract::docx {

/// Reads what stands in a paragraph's line: runs, links, fields, notes, math, symbols.
class ParagraphReader {
public:
    explicit ParagraphReader(DocxContext& context) : context_(context) {}

    /// Appends the content of a `w:p` to what was read before and not taken yet: a paragraph whose
    /// mark was deleted runs on into the next.
    void read(const xmlNode* paragraph, const ParagraphStyle& style);
    /// The same for an `m:oMathPara` or `m:oMath` that stands outside of paragraphs.
    void read_math(const xmlNode* math) { this->math(math); }

    [[nodiscard]] bool blank() const { return inline_.blank(); }
    [[nodiscard]] model::Inlines take();
    /// True where all letters of the paragraph are of fixed pitch.
    [[nodiscard]] bool fixed_pitch() const { return fixed_letters_ > 0 && other_letters_ == 0; }
    /// The same text with its blanks, tabs and line breaks, for code. Call before `take`.
    [[nodiscard]] const std::string& raw() const { return raw_; }
    /// The `w:txbxContent` elements met, which come after the paragraph.
    [[nodiscard]] std::vector<const xmlNode*> take_text_boxes();

private:
    void walk(const xmlNode* node, const std::string& url);
    void walk_children(const xmlNode* node, const std::string& url);
    void run(const xmlNode* node, const std::string& url);
    void run_content(const xmlNode* node, const model::Style& style);
    void field_mark(const xmlNode* mark);
    void drawing(const xmlNode* node);
    void note(const xmlNode* reference, NoteKind kind);
    void math(const xmlNode* node);
    void put(std::string_view text, const model::Style& style);
    void put_break(char raw);
    /// True where text is a field's instruction, not its result.
    [[nodiscard]] bool in_instruction() const;
    [[nodiscard]] std::string field_url() const;

    DocxContext& context_;
    ParagraphStyle style_;
    model::InlineBuilder inline_;
    std::string raw_;
    bool run_is_fixed_ = false;
    std::size_t fixed_letters_ = 0, other_letters_ = 0;
    std::vector<const xmlNode*> text_boxes_;
};

}  // namespace ingestor::extract::docx

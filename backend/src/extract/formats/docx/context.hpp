#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "extract/document.hpp"
#include "extract/formats/docx/numbering.hpp"
#include "extract/formats/docx/relationships.hpp"
#include "extract/formats/docx/styles.hpp"

namespace ingestor::extract::docx {

enum class NoteKind { footnote, endnote };

/// The notes that the text refers to, in the order in which it does.
struct Notes {
    struct Reference {
        NoteKind kind = NoteKind::footnote;
        std::string id;
    };
    std::vector<Reference> references;
    std::map<std::pair<NoteKind, std::string>, std::size_t> numbers;

    /// The number of a note, from 1: a new one at its first reference.
    std::size_t number_of(NoteKind kind, const std::string& id) {
        const auto [at, is_new] = numbers.try_emplace({kind, id}, references.size() + 1);
        if (is_new) references.push_back({.kind = kind, .id = id});
        return at->second;
    }
};

/// A field under way (`w:fldChar`): its instruction is dropped, its result is text.
struct Field {
    std::string instruction;
    std::string url;
    bool in_result = false;
};

/// A part of its own whose content stands in the text.
struct EmbeddedPart {
    enum class Kind { chart, diagram, alternative };
    Kind kind = Kind::chart;
    std::string id;  ///< Of its relationship.
};

/// What reading the parts of one document shares. Fields may run over several paragraphs, and
/// limits hold for all parts together.
struct DocxContext {
    const Styles& styles;
    Numbering& numbering;
    const Relationships* relationships;  ///< Of the part being read.
    Notes& notes;
    const ParseLimits& limits;
    std::vector<EmbeddedPart> embedded = {};  ///< Met and not read yet.
    std::vector<model::LeftOut> left_out = {};
    std::vector<Field> fields = {};
    std::optional<Error> error = {};
    std::uint64_t text_bytes = 0;
    std::uint64_t blocks = 0;
    std::size_t span_cells_left = 200'000;  ///< Columns that cells may span, all together.
    std::size_t link_bytes_left = std::size_t{4} << 20;  ///< Of long addresses, once for each run.
    bool spans_cut = false;
    bool links_cut = false;

    /// A cell's span, or one column where the rows would grow out of proportion.
    std::size_t affordable_span(std::size_t columns) {
        const bool cut = columns - 1 > span_cells_left;
        spans_cut = spans_cut || cut;
        span_cells_left -= cut ? 0 : columns - 1;
        return cut ? 1 : columns;
    }
    /// A run's address, or none where a long one is put around too many runs.
    std::string affordable_url(std::string url) {
        constexpr std::size_t kAlwaysKept = 256;
        if (url.size() <= kAlwaysKept) return url;
        const bool cut = url.size() > link_bytes_left;
        links_cut = links_cut || cut;
        link_bytes_left -= cut ? 0 : url.size();
        return cut ? std::string() : url;
    }
    void count_text(std::size_t bytes) {
        text_bytes += bytes;
        if (text_bytes > limits.text_bytes_max)
            fail_with("the document has more text than text_bytes_max");
    }
    void count_block() {
        if (++blocks > limits.blocks_max) fail_with("the document has more than blocks_max blocks");
    }
    void leave_out(model::LeftOutReason reason, std::string text) {
        if (!text.empty()) left_out.push_back({.reason = reason, .text = std::move(text)});
    }
    void fail_with(std::string message) {
        if (!error) error = Error{.code = Errc::too_large, .message = std::move(message)};
    }
};

}  // namespace ingestor::extract::docx

#include "extract/formats/markdown/reading_cost.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include <cmark-gfm-extension_api.h>

#include "extract/formats/markdown/commonmark.hpp"

namespace ingestor::extract::markdown {
namespace {

/// A container that a line goes through.
constexpr std::uint64_t kContainerSteps = 16;
/// A node of the tree for a cell that is missing, in steps: it costs memory more than time.
constexpr std::uint64_t kMissingCellSteps = 1'000;
/// Per byte of a link's target that a reference repeats.
constexpr std::uint64_t kRepeatedByteSteps = 4;
/// CommonMark's own bound of a link's label.
constexpr std::size_t kLabelMax = 1'000;
/// An inline text with no more marks than these is read however long it is: that is linear.
constexpr std::uint64_t kMarksAlwaysRead = 1'000;

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// What stands before a line's text: indentation and the marks of quotes and lists.
struct LineStart {
    std::size_t columns = 0;  ///< Of white space before the first mark.
    std::size_t marks = 0;
    bool blank = false;
};

LineStart start_of(std::string_view line) {
    LineStart start;
    std::size_t at = 0;
    while (at < line.size()) {
        const char c = line[at];
        if (is_blank(c)) {
            if (start.marks == 0)
                start.columns += c == '\t' ? 4 - start.columns % 4 : std::size_t{1};
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        if (is_digit(c)) {
            while (end < line.size() && is_digit(line[end])) ++end;
            if (end - at > 9 || end == line.size() || (line[end] != '.' && line[end] != ')')) break;
            ++end;
        } else if (c != '>' && c != '-' && c != '+' && c != '*') {
            break;
        }
        if (c != '>' && end < line.size() && !is_blank(line[end])) break;
        ++start.marks;
        at = end;
    }
    start.blank = at >= line.size() && start.marks == 0;
    return start;
}

/// The columns that a line sets if it is the rule of a table; 0 if it is none.
std::size_t ruled_columns(std::string_view line) {
    const std::size_t begin = line.find_first_not_of("> \t");
    if (begin == std::string_view::npos) return 0;
    line.remove_prefix(begin);
    if (line.find_first_not_of("|:- \t\r") != std::string_view::npos) return 0;
    if (line.find('-') == std::string_view::npos) return 0;
    if (line.find_first_of("|:") == std::string_view::npos) return 0;
    return static_cast<std::size_t>(std::ranges::count(line, '|')) + 1;
}

class BlockCost {
public:
    std::uint64_t of(std::string_view text) {
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            add(text.substr(begin, end - begin));
            begin = end + 1;
        }
        return steps_;
    }

private:
    void add(std::string_view line) {
        const LineStart start = start_of(line);
        if (start.blank) {
            // A blank line goes through all that is open, lists first of all.
            steps_ += kContainerSteps * open_;
            columns_ = 0;
            since_blank_ = 0;
            return;
        }
        // A line without marks may go on with a paragraph however deep that stands.
        const bool may_go_on = start.marks == 0 && since_blank_ > 0;
        if (!may_go_on) open_ = std::min(open_, start.columns / 2 + start.marks) + start.marks;
        steps_ += kContainerSteps * open_ + std::uint64_t{start.marks} * start.marks;
        const auto cells = static_cast<std::size_t>(std::ranges::count(line, '|')) + 1;
        // The cells of a row are a list, to whose end each new one has to find its way.
        steps_ += cells * cells;
        if (columns_ > 1) steps_ += kMissingCellSteps * (columns_ - std::min(columns_, cells));
        if (const std::size_t columns = ruled_columns(line); columns > 0) {
            // The paragraph above is read again to find the table's head in it.
            steps_ += since_blank_;
            columns_ = std::max(columns_, columns);
        }
        since_blank_ += line.size() + 1;
    }

    std::uint64_t steps_ = 0;
    std::size_t open_ = 0;         ///< Containers that may be open.
    std::size_t columns_ = 0;      ///< Of the widest table that may be open.
    std::size_t since_blank_ = 0;  ///< Bytes since the last blank line.
};

/// Labels that CommonMark takes for the same give the same; some others do, too.
std::string folded_label(std::string_view label) {
    std::string out;
    for (const char c : label) {
        if (static_cast<unsigned char>(c) >= 0x80) {
            if (!out.ends_with('?')) out += '?';
        } else if (is_blank(c) || c == '\n' || c == '\r') {
            if (!out.empty() && !out.ends_with(' ')) out += ' ';
        } else {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        }
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

/// The size of a definition's target and title, which may follow on the next lines.
std::size_t definition_size(std::string_view text) {
    constexpr std::string_view kWhite = " \t\n";
    const std::size_t target = std::min(text.find_first_not_of(kWhite), text.size());
    const std::size_t end = std::min(text.find_first_of(kWhite, target), text.size());
    const std::size_t title = text.find_first_not_of(kWhite, end);
    if (title == std::string_view::npos) return end;
    const char open = text[title];
    if (open != '"' && open != '\'' && open != '(') return end;
    return std::min(text.find(open == '(' ? ')' : open, title + 1), text.size());
}

std::uint64_t repeated_bytes(std::string_view text) {
    struct Label {
        std::uint64_t uses = 0;
        std::size_t size = 0;  ///< Of the first definition, which counts.
    };
    std::unordered_map<std::string, Label> labels;
    for (std::size_t open = text.find('['); open != std::string_view::npos;
         open = text.find('[', open + 1)) {
        const std::size_t close = text.substr(open + 1, kLabelMax).find_first_of("[]");
        if (close == std::string_view::npos || text[open + 1 + close] != ']') continue;
        Label& label = labels[folded_label(text.substr(open + 1, close))];
        const std::size_t after = open + close + 2;
        ++label.uses;
        if (label.size == 0 && after < text.size() && text[after] == ':') {
            label.size = definition_size(text.substr(after + 1));
        }
    }
    std::uint64_t bytes = 0;
    for (const auto& [name, label] : labels) bytes += label.uses * label.size;
    return bytes;
}

bool holds_inlines(cmark_node* node) {
    const cmark_node_type type = cmark_node_get_type(node);
    return type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING ||
           view_of(cmark_node_get_type_string(node)) == "table_cell";
}

}  // namespace

std::uint64_t block_steps(std::string_view text) {
    return BlockCost().of(text) + kRepeatedByteSteps * repeated_bytes(text);
}

std::vector<bool> costly_lines(cmark_node* blocks, std::size_t lines, std::size_t bytes) {
    std::vector<bool> costly;
    std::uint64_t left = reading_steps_max(bytes);
    cmark_iter* walk = cmark_iter_new(blocks);
    while (cmark_iter_next(walk) != CMARK_EVENT_DONE) {
        cmark_node* node = cmark_iter_get_node(walk);
        if (!holds_inlines(node)) continue;
        const std::string_view text = view_of(cmark_node_get_string_content(node));
        const auto marks = static_cast<std::uint64_t>(std::ranges::count_if(text, [](char c) {
            return c == '[' || c == ']' || c == '*' || c == '_' || c == '`' || c == '<';
        }));
        // Each mark may look once at everything before or after it, and no more.
        const std::uint64_t steps = marks * text.size();
        if (steps <= left) {
            left -= steps;
            continue;
        }
        if (marks <= kMarksAlwaysRead) continue;
        costly.resize(std::max<std::size_t>(lines + 2, costly.size()));
        const auto first = static_cast<std::size_t>(std::max(cmark_node_get_start_line(node), 1));
        const auto last = static_cast<std::size_t>(std::max(cmark_node_get_end_line(node), 1));
        for (std::size_t line = first; line <= last && line < costly.size(); ++line) {
            costly[line] = true;
        }
    }
    cmark_iter_free(walk);
    return costly;
}

}  // namespace ingestor::extract::markdown

#include "extract/formats/plain_text/plain_text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unicode/uchar.h>

#include "extract/model/inline_builder.hpp"
#include "extract/model/lists.hpp"
#include "extract/text/encoding.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::plain_text {
namespace {

/// Text narrower than this was not wrapped but broken by its author, as verses are.
constexpr std::size_t kWidthMin = 40;
/// Text wider than this was not wrapped at all.
constexpr std::size_t kWidthMax = 160;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// On screen: an ideographic character is two wide.
std::size_t width_of(std::string_view line) {
    std::size_t width = 0;
    for (std::size_t at = 0; at < line.size();) {
        const text::CodePoint c = text::code_point_at(line, at);
        width += text::is_ideographic(c.value) || (c.value >= 0xFF00 && c.value <= 0xFF60) ? 2 : 1;
        at += c.size;
    }
    return width;
}

/// The width at which the text was wrapped; 0 where it was not.
std::size_t wrap_width(const std::vector<std::string_view>& lines) {
    std::vector<std::size_t> widths;
    for (const std::string_view line : lines) {
        if (const std::string_view shown = text::trim(line); !shown.empty())
            widths.push_back(width_of(shown));
    }
    if (widths.empty()) return 0;
    std::ranges::sort(widths);
    const std::size_t widest = widths.back();
    return widest >= kWidthMin && widest <= kWidthMax ? widest : 0;
}

struct Marker {
    std::size_t size = 0;  ///< Of the mark and the blanks behind it.
    int number = 0;
};

std::optional<Marker> list_marker(std::string_view line) {
    for (const std::string_view bullet :
         {"- ", "* ", "\u2022 ", "\u25E6 ", "\u25CF ", "\u2023 ", "\u2022\t"}) {
        if (line.starts_with(bullet)) return Marker{.size = bullet.size(), .number = 0};
    }
    std::size_t digits = 0;
    int number = 0;
    while (digits < line.size() && digits < 3 && line[digits] >= '0' && line[digits] <= '9') {
        number = number * 10 + (line[digits] - '0');
        ++digits;
    }
    const bool marks = digits > 0 && digits + 1 < line.size() &&
                       (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
    if (!marks || number == 0) return std::nullopt;
    return Marker{.size = digits + 2, .number = number};
}

bool is_underline(std::string_view line) {
    return line.size() >= 3 && (line.find_first_not_of('=') == std::string_view::npos ||
                                line.find_first_not_of('-') == std::string_view::npos);
}

bool is_rule(std::string_view line) {
    return line.size() >= 3 &&
           std::string_view("-_*=~#").find(line.front()) != std::string_view::npos &&
           line.find_first_not_of(line.front()) == std::string_view::npos;
}

/// What the beginning of a line looks like, for lines that are entries of a log or a list: its
/// first words with all digits and all letters alike. Empty where there is no number among them.
std::string shape_of(std::string_view line) {
    constexpr std::size_t kWords = 3;
    std::string shape;
    std::size_t words = 0;
    bool number = false;
    for (const char c : line.substr(0, 40)) {
        const auto byte = static_cast<unsigned char>(c);
        char kind = c;
        if (c >= '0' && c <= '9') kind = '9';
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || byte >= 0x80) kind = 'a';
        number = number || kind == '9';
        if (kind == ' ' && !shape.ends_with(' ') && ++words == (number ? 1 : kWords)) break;
        if (shape.empty() || shape.back() != kind) shape += kind;
    }
    return number ? shape : std::string();
}

bool begins_with_capital(std::string_view line) {
    return !line.empty() &&
           u_isupper(static_cast<UChar32>(text::code_point_at(line, 0).value)) != 0;
}

std::size_t indent_of(std::string_view line) {
    return std::min(line.find_first_not_of(" \t"), line.size());
}

/// A line as programs and their traces have them.
bool looks_like_code(std::string_view line) {
    line = text::trim(line);
    return line.ends_with('{') || line.ends_with('}') || line.ends_with(';') ||
           line.ends_with("):") || line.ends_with(')') || line.starts_with("at ") ||
           line.starts_with("File \"") || line.find("()") != std::string_view::npos ||
           line.find(" = ") != std::string_view::npos || line.starts_with("</");
}

/// Tabs or wide gaps within a line: columns, or a drawing.
bool has_columns(std::string_view line) {
    const std::string_view shown = text::trim(line);
    return shown.find('\t') != std::string_view::npos ||
           shown.find("   ") != std::string_view::npos;
}

class TextReader {
public:
    TextReader(std::vector<std::string_view> lines, std::size_t width)
        : lines_(std::move(lines)), width_(width) {}

    model::Blocks read() {
        std::size_t at = 0;
        while (at < lines_.size()) {
            if (text::trim(lines_[at]).empty()) {
                ++at;
                continue;
            }
            std::size_t end = at;
            while (end < lines_.size() && !text::trim(lines_[end]).empty()) ++end;
            paragraph(at, end);
            at = end;
        }
        return std::move(blocks_);
    }

private:
    void paragraph(std::size_t begin, std::size_t end) {
        while (end - begin >= 2 && is_underline(text::trim(lines_[begin + 1])) &&
               !is_rule(text::trim(lines_[begin]))) {
            blocks_.push_back({.content = model::Heading{
                                   .level = text::trim(lines_[begin + 1]).front() == '=' ? 1 : 2,
                                   .text = model::plain(lines_[begin])}});
            begin += 2;
            if (begin == end) return;
        }
        if (end - begin == 1 && is_rule(text::trim(lines_[begin]))) {
            blocks_.push_back({.content = model::Rule{}});
            return;
        }
        if (is_drawn(begin, end) || is_program(begin, end)) {
            std::string text;
            for (std::size_t i = begin; i < end; ++i) text.append(lines_[i]).append("\n");
            blocks_.push_back({.content = model::Code{.text = std::move(text)}});
            return;
        }
        if (is_list(begin, end)) {
            items(begin, end);
            return;
        }
        if (const std::size_t list = list_behind(begin, end); list < end) {
            paragraph(begin, list);
            items(list, end);
            return;
        }
        blocks_.push_back({.content = model::Paragraph{.text = joined(begin, end, 0)}});
    }

    [[nodiscard]] bool is_drawn(std::size_t begin, std::size_t end) const {
        const auto drawn =
            std::count_if(lines_.begin() + static_cast<std::ptrdiff_t>(begin),
                          lines_.begin() + static_cast<std::ptrdiff_t>(end), has_columns);
        return end - begin >= 2 && static_cast<std::size_t>(drawn) * 2 >= end - begin;
    }

    /// Lines that are set in from the first, most of which are a program's.
    [[nodiscard]] bool is_program(std::size_t begin, std::size_t end) const {
        if (end - begin < 2 || list_marker(text::trim(lines_[begin]))) return false;
        const auto first = lines_.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last = lines_.begin() + static_cast<std::ptrdiff_t>(end);
        const bool set_in = std::any_of(first, last, [&](std::string_view line) {
            return indent_of(line) > indent_of(*first);
        });
        const auto code = std::count_if(first, last, looks_like_code);
        return set_in && static_cast<std::size_t>(code) * 2 >= end - begin;
    }

    /// Where a list of bullets begins behind the lines that lead to it; `end` where none does.
    [[nodiscard]] std::size_t list_behind(std::size_t begin, std::size_t end) const {
        std::size_t first = end, bullets = 0;
        for (std::size_t i = begin + 1; i < end; ++i) {
            const auto marker = list_marker(text::trim(lines_[i]));
            if (!marker || marker->number != 0) continue;
            ++bullets;
            first = std::min(first, i);
        }
        return bullets >= 2 ? first : end;
    }

    /// Entries and verses: lines that their author ended, however wide they are.
    [[nodiscard]] bool keeps_lines(std::size_t begin, std::size_t end) const {
        const auto first = lines_.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last = lines_.begin() + static_cast<std::ptrdiff_t>(end);
        if (const std::string shape = shape_of(text::trim(*first)); !shape.empty()) {
            const auto alike = std::count_if(first, last, [&](std::string_view line) {
                return shape_of(text::trim(line)) == shape;
            });
            if (alike >= 2 && static_cast<std::size_t>(alike) * 2 >= end - begin) return true;
        }
        constexpr std::size_t kVerses = 4;
        return end - begin >= kVerses && std::all_of(first, last, [](std::string_view line) {
                   return begins_with_capital(text::trim(line));
               });
    }

    /// One number alone may be a date or a verse; a bullet may not.
    [[nodiscard]] bool is_list(std::size_t begin, std::size_t end) {
        const auto first = list_marker(text::trim(lines_[begin]));
        if (!first) return false;
        if (first->number == 0) return true;
        const model::ListItem* const open = model::last_item(blocks_);
        if (open != nullptr && open->number + 1 == first->number) return true;
        for (std::size_t i = begin + 1; i < end; ++i) {
            const auto next = list_marker(text::trim(lines_[i]));
            if (next && next->number == first->number + 1) return true;
        }
        return false;
    }

    void items(std::size_t begin, std::size_t end) {
        std::size_t at = begin;
        while (at < end) {
            const Marker marker = list_marker(text::trim(lines_[at])).value_or(Marker{});
            std::size_t next = at + 1;
            while (next < end && !list_marker(text::trim(lines_[next]))) ++next;
            model::ListItem item{.number = marker.number};
            item.blocks.push_back(
                {.content = model::Paragraph{.text = joined(at, next, marker.size)}});
            model::add_item(blocks_, 0, std::move(item));
            at = next;
        }
    }

    /// True where the line ended because the next word did not fit.
    [[nodiscard]] bool was_wrapped(std::string_view line, std::string_view next) const {
        if (width_ == 0) return false;
        const std::string_view word = next.substr(0, next.find(' '));
        const bool ideographic =
            !word.empty() && text::is_ideographic(text::code_point_at(word, 0).value);
        const std::size_t need = ideographic ? 2 : width_of(word) + 1;
        // Some slack, for text that was wrapped unevenly or by another measure.
        return width_of(line) + need + width_ / 10 > width_;
    }

    [[nodiscard]] model::Inlines joined(std::size_t begin, std::size_t end,
                                        std::size_t skip) const {
        model::InlineBuilder out;
        const bool keeps = keeps_lines(begin, end);
        for (std::size_t i = begin; i < end; ++i) {
            std::string_view line = text::trim(lines_[i]);
            if (i == begin) line.remove_prefix(std::min(skip, line.size()));
            out.text(line, {});
            if (i + 1 == end) break;
            const std::string_view next = text::trim(lines_[i + 1]);
            if (keeps || !was_wrapped(text::trim(lines_[i]), next)) {
                out.line_break();
            } else if (needs_blank(line, next)) {
                out.text(" ", {});
            }
        }
        return out.take();
    }

    /// Ideographic text has no blanks to lose at a line's end, and a hyphen there joins.
    static bool needs_blank(std::string_view line, std::string_view next) {
        if (line.empty() || next.empty()) return false;
        std::size_t at = line.size() - 1;
        while (at > 0 && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80) --at;
        const char32_t last = text::code_point_at(line, at).value;
        const char32_t first = text::code_point_at(next, 0).value;
        const auto dense = [](char32_t c) {
            return text::is_ideographic(c) || (c >= 0x3000 && c <= 0x303F);
        };
        if (dense(last) || dense(first)) return !(dense(last) && dense(first));
        const bool letter_before =
            at > 0 && !text::is_space(text::code_point_at(line, at - 1).value);
        return !(last == '-' && letter_before && line.size() > 1 && line[at - 1] != '-');
    }

    std::vector<std::string_view> lines_;
    std::size_t width_;
    model::Blocks blocks_;
};

}  // namespace

Result<Document> parse_text(std::string_view bytes, const ParseLimits& limits) {
    if (bytes.size() > limits.text_bytes_max) {
        return fail(Errc::too_large, "the text is larger than text_bytes_max");
    }
    const auto decoded = text::decode_text(bytes);
    if (!decoded) return std::unexpected(decoded.error());
    if (text::trim(decoded->text).empty())
        return fail(Errc::empty, "the file holds nothing but blanks");
    std::vector<std::string_view> lines = lines_of(decoded->text);
    const std::size_t width = wrap_width(lines);
    Document document;
    document.blocks = TextReader(std::move(lines), width).read();
    document.source_text = decoded->text;
    if (document.blocks.size() > limits.blocks_max) {
        return fail(Errc::too_large, "the text has more than blocks_max paragraphs");
    }
    if (!decoded->warning.empty()) document.warnings.push_back(decoded->warning);
    return document;
}

}  // namespace ingestor::extract::plain_text

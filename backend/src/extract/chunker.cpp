#include "extract/chunker.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "extract/tokens.hpp"
#include "extract/utf8.hpp"

namespace ingestor::extract {

using render::Piece;
using render::PieceKind;

namespace {

constexpr std::uint32_t kTokensMin = 16;
/// Bytes of a heading that go into each chunk below it; the whole of it stands in its own.
constexpr std::size_t kHeadingBytesMax = 1'000;

bool ends_sentence(char32_t c) {
    return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 ||
           c == 0xFF1F || c == 0x061F || c == 0x0964;
}

/// The length of the longest prefix within `budget` tokens that ends at a good place: a line break
/// for code, the end of a sentence for prose if that is not too early, else of a word, else of a
/// character. At least one character.
std::size_t take(std::string_view text, std::uint32_t budget, PieceKind kind) {
    TokenCounter counter;
    std::size_t line = 0, sentence = 0, word = 0, fits = 0;
    char32_t before = 0, before_blank = 0;
    bool escapes = false;
    std::size_t at = 0;
    while (at < text.size()) {
        const CodePoint c = code_point_at(text, at);
        counter.add(c.value);
        if (counter.tokens() > budget && fits > 0) break;
        at += c.size;
        // A backslash stays with the character that it escapes, which may be another one.
        escapes = c.value == '\\' && !escapes;
        if (!escapes) fits = at;
        if (c.value == '\n') line = at;
        if (is_space(c.value)) {
            word = at;
            if (ends_sentence(before_blank) || c.value == '\n') sentence = at;
        } else {
            before_blank = c.value;
        }
        if (is_ideographic(c.value) || is_ideographic(before)) {
            word = at;
            if (ends_sentence(c.value)) sentence = at;
        }
        before = c.value;
    }
    if (at >= text.size()) return text.size();
    if (kind == PieceKind::code || kind == PieceKind::table) {
        if (line > 0) return line;
    } else if (sentence * 2 >= fits) {
        return sentence;
    }
    if (word * 8 >= fits && word > 0) return word;
    return std::max<std::size_t>(fits, 1);
}

/// A block with the blank lines behind it.
struct Unit {
    std::size_t begin = 0, end = 0;
    const Piece* piece = nullptr;
};

std::vector<Unit> units_of(const render::Markdown& markdown) {
    std::vector<Unit> units;
    for (const Piece& piece : markdown.pieces) {
        if (piece.begin == piece.end) continue;
        if (!units.empty()) units.back().end = piece.begin;
        units.push_back({.begin = units.empty() ? 0 : piece.begin,
                         .end = markdown.text.size(),
                         .piece = &piece});
    }
    return units;
}

/// The lines that a table written as HTML begins with: its head, all rows of it.
std::size_t html_header_size(std::string_view table) {
    constexpr std::string_view kEnd = "</thead>\n";
    if (!table.starts_with("<table>\n<thead>\n")) return 0;
    const std::size_t end = table.find(kEnd);
    return end == std::string_view::npos ? 0 : end + kEnd.size();
}

/// What to repeat of a table that is split: the first two lines of a GFM table (header row and
/// rule), or an HTML table's head.
std::size_t header_size(std::string_view table) {
    const std::size_t first = table.find('\n');
    if (first == std::string_view::npos || !table.starts_with('|')) return html_header_size(table);
    const std::size_t second = table.find('\n', first + 1);
    const std::string_view rule = table.substr(first + 1, second - first - 1);
    const bool is_rule = rule.find_first_not_of("|-: ") == std::string_view::npos;
    return second == std::string_view::npos || !is_rule ? 0 : second + 1;
}

class Chunker {
public:
    Chunker(std::string_view text, std::uint32_t tokens_max)
        : text_(text), tokens_max_(std::max(tokens_max, kTokensMin)) {}

    std::vector<Chunk> run(const std::vector<Unit>& units) {
        for (const Unit& unit : units) {
            if (unit.piece->kind == PieceKind::heading) {
                if (has_body_) close();
                enter(*unit.piece);
            }
            add(unit);
        }
        close();
        return std::move(chunks_);
    }

private:
    [[nodiscard]] std::string_view slice(std::size_t begin, std::size_t end) const {
        return text_.substr(begin, end - begin);
    }

    /// Levels below the new heading's end; the trail above it stays.
    void enter(const Piece& heading) {
        while (!trail_.empty() && trail_.back().first >= heading.level) trail_.pop_back();
        trail_.emplace_back(heading.level, prefix(heading.title, kHeadingBytesMax));
    }

    void add(const Unit& unit) {
        const std::uint32_t tokens = estimate_tokens(slice(unit.begin, unit.end));
        if (current_tokens_ + tokens <= tokens_max_) {
            extend(unit, unit.end, tokens);
            return;
        }
        const PieceKind kind = unit.piece->kind;
        const bool whole = kind == PieceKind::table || kind == PieceKind::code;
        const bool crowded = current_tokens_ * 4 > tokens_max_ * 3;
        // A heading prefers to stay with the beginning of its text.
        if (has_body_ || crowded || (whole && tokens <= tokens_max_)) close();
        if (current_tokens_ + tokens <= tokens_max_) {
            extend(unit, unit.end, tokens);
        } else if (const std::size_t header = header_size(slice(unit.begin, unit.end));
                   kind == PieceKind::table && header > 0) {
            split_table(unit, header);
        } else {
            split(unit, unit.begin, unit.end);
        }
    }

    void extend(const Unit& unit, std::size_t end, std::uint32_t tokens) {
        if (pieces_.empty() || pieces_.back() != unit.piece) pieces_.push_back(unit.piece);
        end_ = end;
        current_tokens_ += tokens;
        if (unit.piece->kind != PieceKind::heading) has_body_ = true;
    }

    void split(const Unit& unit, std::size_t begin, std::size_t end) {
        while (begin < end) {
            const std::uint32_t budget = tokens_max_ - current_tokens_;
            const std::size_t size = take(slice(begin, end), budget, unit.piece->kind);
            extend(unit, begin + size, estimate_tokens(slice(begin, begin + size)));
            begin += size;
            if (begin < end) close();
        }
    }

    void split_table(const Unit& unit, std::size_t header_bytes) {
        const std::size_t rows_begin = unit.begin + header_bytes;
        const std::string_view header = slice(unit.begin, rows_begin);
        const std::uint32_t header_tokens = estimate_tokens(header);
        const std::string_view shown = trim(slice(unit.begin, unit.end));
        const auto shown_end = static_cast<std::size_t>(shown.data() + shown.size() - text_.data());
        // A header that leaves no room for rows is not worth repeating.
        const bool repeats = header_tokens * 2 <= tokens_max_;
        std::size_t row = unit.begin;
        while (row < unit.end) {
            const bool first = row == unit.begin;
            std::size_t next = first ? rows_begin : text_.find('\n', row);
            if (!first) next = next == std::string_view::npos ? unit.end : next + 1;
            if (next >= shown_end) next = unit.end;
            const std::uint32_t tokens = estimate_tokens(slice(row, next));
            const bool fits = current_tokens_ + tokens <= tokens_max_;
            if (!fits && current_tokens_ > 0) {
                close();
                if (!first && repeats && header_tokens + tokens <= tokens_max_) {
                    repeated_header_ = header;
                    current_tokens_ = header_tokens;
                }
            }
            if (current_tokens_ + tokens <= tokens_max_) {
                extend(unit, next, tokens);
            } else {
                split(unit, row, next);
            }
            row = next;
        }
    }

    void close() {
        if (end_ == begin_) return;
        Chunk chunk{.begin = begin_, .end = end_};
        const std::string_view body = slice(begin_, end_);
        chunk.char_begin = characters_;
        characters_ += count_code_points(body);
        chunk.char_end = characters_;
        chunk.repeated_header = std::exchange(repeated_header_, {});
        chunk.text = chunk.repeated_header;
        chunk.text += body;
        chunk.tokens = estimate_tokens(chunk.text);
        for (const auto& [level, heading] : trail_) chunk.headings.push_back(heading);
        place(chunk);
        chunks_.push_back(std::move(chunk));
        begin_ = end_;
        current_tokens_ = 0;
        has_body_ = false;
        pieces_.clear();
    }

    void place(Chunk& chunk) const {
        for (const Piece* piece : pieces_) {
            const model::Provenance& place = piece->place;
            for (std::uint32_t page = place.page;
                 page > 0 && page <= std::max(place.page, place.last_page); ++page) {
                if (chunk.pages.empty() || chunk.pages.back() < page) chunk.pages.push_back(page);
            }
            const bool on_first = !chunk.pages.empty() && place.page == chunk.pages.front();
            if (!place.box || !on_first) continue;
            if (!chunk.box) chunk.box = place.box;
            chunk.box->left = std::min(chunk.box->left, place.box->left);
            chunk.box->top = std::min(chunk.box->top, place.box->top);
            chunk.box->right = std::max(chunk.box->right, place.box->right);
            chunk.box->bottom = std::max(chunk.box->bottom, place.box->bottom);
        }
    }

    std::string_view text_;
    std::uint32_t tokens_max_;
    std::vector<Chunk> chunks_;
    std::vector<std::pair<int, std::string>> trail_;
    std::vector<const Piece*> pieces_;
    std::string repeated_header_;
    std::size_t begin_ = 0, end_ = 0, characters_ = 0;
    std::uint32_t current_tokens_ = 0;
    bool has_body_ = false;
};

}  // namespace

std::vector<Chunk> chunk(const render::Markdown& markdown, const ChunkerSettings& settings) {
    return Chunker(markdown.text, settings.tokens_max).run(units_of(markdown));
}

}  // namespace ingestor::extract

#include "extract/pipeline/chunker.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "extract/pipeline/tokens.hpp"
#include "extract/text/language.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::pipeline {

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
std::size_t take(std::string_view text, std::uint32_t budget, PieceKind kind, Words words) {
    TokenCounter counter(words);
    std::size_t line = 0, sentence = 0, word = 0, fits = 0;
    char32_t before = 0, before_blank = 0;
    bool escapes = false;
    std::size_t at = 0;
    while (at < text.size()) {
        const text::CodePoint c = text::code_point_at(text, at);
        counter.add(c.value);
        if (counter.tokens() > budget && fits > 0) break;
        at += c.size;
        // A backslash stays with the character that it escapes, which may be another one.
        escapes = c.value == '\\' && !escapes;
        if (!escapes) fits = at;
        if (c.value == '\n') line = at;
        if (text::is_space(c.value)) {
            word = at;
            if (ends_sentence(before_blank) || c.value == '\n') sentence = at;
        } else {
            before_blank = c.value;
        }
        if (text::is_ideographic(c.value) || text::is_ideographic(before)) {
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

/// What to repeat of a table that is split: the first lines of a GFM table (header rows and the
/// rule behind the first), or an HTML table's head.
std::size_t header_size(std::string_view table, std::uint32_t header_rows) {
    const std::size_t first = table.find('\n');
    if (first == std::string_view::npos || !table.starts_with('|')) return html_header_size(table);
    std::size_t end = table.find('\n', first + 1);
    const std::string_view rule = table.substr(first + 1, end - first - 1);
    const bool is_rule = rule.find_first_not_of("|-: ") == std::string_view::npos;
    if (end == std::string_view::npos || !is_rule) return 0;
    for (std::uint32_t row = 1; row < header_rows && end != std::string_view::npos; ++row) {
        end = table.find('\n', end + 1);
    }
    return end == std::string_view::npos ? 0 : end + 1;
}

/// What the words of a document cost: as those of its language, but where a block is in another.
class WordsOfBlocks {
public:
    explicit WordsOfBlocks(std::string_view text)
        : document_(plain_words(text).value_or(Words::other)) {}

    [[nodiscard]] Words of(std::string_view block) const {
        if (block.size() < kJudgedBytes) return document_;
        if (const auto words = plain_words(block)) return *words;
        const auto letters = static_cast<std::size_t>(std::ranges::count_if(
            block, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }));
        const bool prose = block.size() >= kProseBytes && letters * 3 >= block.size() * 2;
        return prose ? Words::other : document_;
    }

private:
    /// Less may be in any language …
    static constexpr std::size_t kJudgedBytes = 64;
    /// … and this much of letters is in one that is not known, if it is in none that is.
    static constexpr std::size_t kProseBytes = 256;
    static constexpr int kPercentMin = 70;

    static std::optional<Words> plain_words(std::string_view text) {
        const text::LanguageGuess guess = text::judge_language(text);
        if (!guess.reliable || guess.percent < kPercentMin) return std::nullopt;
        return words_of(guess.tag);
    }

    Words document_;
};

class Chunker {
public:
    Chunker(std::string_view text, std::uint32_t tokens_max)
        : text_(text), words_of_blocks_(text), tokens_max_(std::max(tokens_max, kTokensMin)) {}

    std::vector<Chunk> run(const std::vector<Unit>& units) {
        for (const Unit& unit : units) {
            if (unit.piece->kind == PieceKind::heading) {
                if (has_body_) close();
                enter(*unit.piece);
            }
            words_ = words_of_blocks_.of(slice(unit.begin, unit.end));
            add(unit);
        }
        if (has_body_ || !joins_last()) close();
        return std::move(chunks_);
    }

private:
    [[nodiscard]] std::string_view slice(std::size_t begin, std::size_t end) const {
        return text_.substr(begin, end - begin);
    }

    [[nodiscard]] std::uint32_t count(std::size_t begin, std::size_t end) const {
        return estimate_tokens(slice(begin, end), words_);
    }

    /// Levels below the new heading's end; the trail above it stays.
    void enter(const Piece& heading) {
        while (!trail_.empty() && trail_.back().first >= heading.level) trail_.pop_back();
        trail_.emplace_back(heading.level, text::prefix(heading.title, kHeadingBytesMax));
    }

    void add(const Unit& unit) {
        const std::uint32_t tokens = count(unit.begin, unit.end);
        const PieceKind kind = unit.piece->kind;
        const bool crowded = current_tokens_ * 4 > tokens_max_ * 3;
        // A heading stays with the beginning of its text, even where that has to be split for it.
        const bool parts = has_body_ || crowded || kind == PieceKind::heading;
        if (current_tokens_ + tokens > tokens_max_ && parts) close();
        if (current_tokens_ + tokens <= tokens_max_) {
            extend(unit, unit.end, tokens);
            return;
        }
        const std::size_t header =
            kind == PieceKind::table
                ? header_size(slice(unit.begin, unit.end), unit.piece->header_rows)
                : 0;
        if (header > 0) {
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
            const std::size_t size = take(slice(begin, end), budget, unit.piece->kind, words_);
            extend(unit, begin + size, count(begin, begin + size));
            begin += size;
            if (begin < end) close();
        }
    }

    void split_table(const Unit& unit, std::size_t header_bytes) {
        const std::size_t rows_begin = unit.begin + header_bytes;
        const std::string_view header = slice(unit.begin, rows_begin);
        const std::uint32_t header_tokens = count(unit.begin, rows_begin);
        const std::string_view shown = text::trim(slice(unit.begin, unit.end));
        const auto shown_end = static_cast<std::size_t>(shown.data() + shown.size() - text_.data());
        // A header that leaves no room for rows is not worth repeating.
        const bool repeats = header_tokens * 2 <= tokens_max_;
        const auto behind_row = [&](std::size_t begin) {
            const std::size_t end = text_.find('\n', begin);
            return end == std::string_view::npos || end + 1 >= shown_end ? unit.end : end + 1;
        };
        std::size_t row = unit.begin;
        while (row < unit.end) {
            const bool first = row == unit.begin;
            std::size_t next = first ? rows_begin : behind_row(row);
            if (first && rows_begin < unit.end) {
                // The header comes with a row, where there is room for both.
                const std::size_t both = behind_row(rows_begin);
                if (current_tokens_ + count(row, both) <= tokens_max_) next = both;
            }
            const std::uint32_t tokens = count(row, next);
            const bool fits = current_tokens_ + tokens <= tokens_max_;
            if (!fits && has_body_) {
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

    /// Headings at the end of a document that nothing follows go to the chunk before them, if it
    /// has room.
    bool joins_last() {
        if (chunks_.empty() || end_ == begin_) return false;
        Chunk& last = chunks_.back();
        if (last.tokens + current_tokens_ > tokens_max_) return false;
        const std::string_view body = slice(begin_, end_);
        last.end = end_;
        last.char_end += text::count_code_points(body);
        last.text += body;
        last.tokens += current_tokens_;
        place(last);
        return true;
    }

    void close() {
        if (end_ == begin_) return;
        Chunk chunk{.begin = begin_, .end = end_};
        const std::string_view body = slice(begin_, end_);
        chunk.char_begin = characters_;
        characters_ += text::count_code_points(body);
        chunk.char_end = characters_;
        chunk.repeated_header = std::exchange(repeated_header_, {});
        chunk.text = chunk.repeated_header;
        chunk.text += body;
        chunk.tokens = current_tokens_;
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
    WordsOfBlocks words_of_blocks_;
    Words words_ = Words::other;
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

}  // namespace ingestor::extract::pipeline

#include "extract/formats/pdf/layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "extract/formats/pdf/boxes.hpp"
#include "extract/formats/pdf/inline_text.hpp"
#include "extract/formats/pdf/reading_order.hpp"
#include "extract/formats/pdf/text.hpp"

namespace ingestor::extract::pdf {
namespace {

bool is_bullet(char32_t c) {
    static constexpr std::u32string_view kBullets =
        U"\u2022\u2023\u25E6\u25CF\u25CB\u25AA\u25AB\u25A0\u25FC\u2043\u2219\u27A2\u27A4\u25B6"
        U"\u25B8"
        U"\u2713\u2714\u2756\u25C6\u25C7\u2605\u00B7\u203A\u25BA\u26AB\u2B25";
    return kBullets.find(c) != std::u32string_view::npos;
}

bool is_dash(char32_t c) {
    return c == U'-' || c == U'*' || c == U'\u2013' || c == U'\u2014';
}

// A line before its text is written.
struct Piece {
    std::vector<std::uint32_t> words;
    std::uint32_t block = 0, flow = 0;
    Box box{1e9, 1e9, -1e9, -1e9};
    double baseline = 0, size = 0;
    std::int32_t table = -1;  // The table that stands here instead of text.
    bool aside = false;
    bool joined = false;  // Its words went to another piece.
    bool leader = false;
    bool marked = false;  // A mark that stood apart has been put before it.
    bool equation_number = false;
};

// A number or mark that is nothing without the text beside it: "1.4", "(a)", a bullet.
bool stands_for_more(const Page& page, const Piece& piece) {
    if (piece.words.size() != 1) return false;
    const auto text = page.text_of(page.words[piece.words.front()]);
    if (text.empty() || text.size() > 8) return false;
    if (text.size() == 1 &&
        (is_bullet(text[0]) || box_state(text[0]) || is_dash(text[0]) || text[0] == U'o'))
        return true;
    std::size_t letters = 0;
    for (const char32_t c : text) {
        if (is_letter(c)) {
            ++letters;
        } else if (!is_digit(c) && c != U'.' && c != U'(' && c != U')' && c != U'[' && c != U']') {
            return false;
        }
    }
    return letters <= 1 || (letters <= 4 && (text.back() == U'.' || text.back() == U')'));
}

void measure(const Page& page, Piece& piece) {
    // Most letters decide, so that a large initial or a raised figure does not.
    std::array<std::pair<double, std::size_t>, 4> sizes{};
    std::size_t most = 0;
    for (const std::uint32_t index : piece.words) {
        const Word& word = page.words[index];
        piece.box = {std::min(piece.box.left, word.box.left), std::min(piece.box.top, word.box.top),
                     std::max(piece.box.right, word.box.right),
                     std::max(piece.box.bottom, word.box.bottom)};
        for (auto& [size, count] : sizes) {
            if (count != 0 && std::fabs(size - word.size) > 0.25) continue;
            size = word.size;
            count += word.end - word.begin;
            if (count > most) {
                most = count;
                piece.size = size;
                piece.baseline = word.baseline;
            }
            break;
        }
        piece.aside = piece.aside || word.aside;
    }
}

void put_beside(const Page& page, Piece& from, Piece& into) {
    const auto place = std::upper_bound(
        into.words.begin(), into.words.end(), from.box.left,
        [&](double left, std::uint32_t word) { return left < page.words[word].box.left; });
    into.words.insert(place, from.words.begin(), from.words.end());
    into.box = {std::min(into.box.left, from.box.left), std::min(into.box.top, from.box.top),
                std::max(into.box.right, from.box.right),
                std::max(into.box.bottom, from.box.bottom)};
    from.joined = true;
}

// Pieces of text by their baselines, to find what stands beside what.
class Beside {
public:
    explicit Beside(std::vector<Piece>& pieces) : pieces_(pieces) {
        for (std::uint32_t i = 0; i < pieces.size(); ++i) {
            if (pieces[i].table < 0 && !pieces[i].aside) order_.push_back(i);
        }
        std::stable_sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
            return pieces_[a].baseline < pieces_[b].baseline;
        });
    }

    /// Calls `visit` with each piece whose baseline is within [above, below] of that of `of`,
    /// itself and joined ones left out.
    template <class Visit>
    void each(const Piece& of, double above, double below, Visit visit) const {
        auto at = std::lower_bound(order_.begin(), order_.end(), of.baseline - above,
                                   [&](std::uint32_t piece, double baseline) {
                                       return pieces_[piece].baseline < baseline;
                                   });
        // Whatever a page does, a piece has no more neighbours than these.
        for (int seen = 0; at != order_.end() && seen < 256; ++at, ++seen) {
            Piece& piece = pieces_[*at];
            if (piece.baseline > of.baseline + below) return;
            if (&piece != &of && !piece.joined) visit(piece);
        }
    }

private:
    std::vector<Piece>& pieces_;
    std::vector<std::uint32_t> order_;
};

// "(4)", "(2.1)": what stands beside an equation, or begins an item.
bool is_number_in_brackets(std::u32string_view text) {
    return text.size() >= 3 && text.size() <= 8 && text.front() == U'(' && text.back() == U')' &&
           std::any_of(text.begin(), text.end(), is_digit) &&
           text.find_first_not_of(U"0123456789.", 1) == text.size() - 1;
}

// Numbers of equations end where the lines of their column end, and belong to what stands before
// them; those of items stand before their text.
void join_equation_numbers(const Page& page, std::vector<Piece>& pieces, const Beside& beside) {
    static constexpr double kSameEdge = 2.5;  // Points.
    static constexpr std::size_t kWordsOfALine = 4;
    std::vector<const Piece*> lines;
    for (const Piece& piece : pieces) {
        if (piece.table < 0 && !piece.aside && piece.words.size() >= kWordsOfALine)
            lines.push_back(&piece);
    }
    std::sort(lines.begin(), lines.end(),
              [](const Piece* a, const Piece* b) { return a->box.right < b->box.right; });
    for (Piece& number : pieces) {
        if (number.joined || number.table >= 0 || number.aside || number.words.size() != 1 ||
            !is_number_in_brackets(page.text_of(page.words[number.words.front()]))) {
            continue;
        }
        double left = 1e9;  // Of the column.
        std::size_t ends = 0;
        for (auto at = std::partition_point(
                 lines.begin(), lines.end(),
                 [&](const Piece* line) { return line->box.right < number.box.right - kSameEdge; });
             at != lines.end() && (*at)->box.right <= number.box.right + kSameEdge; ++at) {
            if ((*at)->box.left > number.box.left - 4 * number.size) continue;
            left = std::min(left, (*at)->box.left);
            ++ends;
        }
        if (ends < 2) continue;
        number.equation_number = true;
        Piece* best = nullptr;
        beside.each(number, 0.6 * number.size, 0.6 * number.size, [&](Piece& piece) {
            if (piece.box.right > number.box.left || piece.box.left < left - kSameEdge) return;
            if (best == nullptr || piece.box.right > best->box.right) best = &piece;
        });
        if (best != nullptr) put_beside(page, number, *best);
    }
}

void join_markers(const Page& page, std::vector<Piece>& pieces, const Beside& beside) {
    for (Piece& marker : pieces) {
        if (marker.joined || marker.table >= 0 || marker.aside || marker.equation_number ||
            !stands_for_more(page, marker)) {
            continue;
        }
        Piece* best = nullptr;
        const double size = std::max(marker.size, 6.0);
        beside.each(marker, 0.35 * size, 1.0 * size, [&](Piece& piece) {
            const double gap = piece.box.left - marker.box.right;
            if (gap < 0 || gap > 5 * size) return;
            // The mark of a note is small, raised and close to it.
            const double rise = piece.baseline - marker.baseline;
            const bool is_note = marker.size < 0.85 * piece.size && rise < 0.6 * piece.size &&
                                 gap < 0.6 * piece.size;
            if (rise > 0.35 * size && !is_note) return;
            if (best == nullptr || piece.box.left < best->box.left) best = &piece;
        });
        if (best == nullptr) continue;
        put_beside(page, marker, *best);
        best->marked = true;
    }
}

// Raised figures and marks that Poppler set apart go back into the line that they stand in.
void join_raised(const Page& page, std::vector<Piece>& pieces, const Beside& beside) {
    static constexpr std::u32string_view kMarks = U"*\u2020\u2021\u00A7\u2217";
    for (Piece& raised : pieces) {
        if (raised.joined || raised.table >= 0 || raised.aside || raised.words.size() != 1)
            continue;
        const auto text = page.text_of(page.words[raised.words.front()]);
        const bool figure =
            text.size() <= 3 && std::all_of(text.begin(), text.end(), [](char32_t c) {
                return is_digit(c) || kMarks.find(c) != kMarks.npos;
            });
        if (!figure) continue;
        Piece* best = nullptr;
        beside.each(raised, 0.5 * raised.size, 1.2 * raised.size, [&](Piece& piece) {
            if (piece.size * 0.85 < raised.size || best != nullptr) return;
            if (raised.box.left < piece.box.left - 1.5 ||
                raised.box.right > piece.box.right + raised.size) {
                return;
            }
            best = &piece;
        });
        if (best != nullptr) put_beside(page, raised, *best);
    }
}

bool is_fixed(const Page& page, const Piece& piece) {
    return std::all_of(piece.words.begin(), piece.words.end(),
                       [&](std::uint32_t word) { return (page.words[word].style & kMono) != 0; });
}

// Listings that Poppler took for columns of text are read row by row.
void join_fixed(const Page& page, std::vector<Piece>& pieces, const Beside& beside) {
    for (Piece& right : pieces) {
        if (right.joined || right.table >= 0 || right.aside || !is_fixed(page, right)) continue;
        Piece* best = nullptr;
        beside.each(right, 0.2 * right.size, 0.2 * right.size, [&](Piece& piece) {
            const double gap = right.box.left - piece.box.right;
            if (gap < 0 || gap > 20 * right.size || std::fabs(piece.size - right.size) > 0.5)
                return;
            if (best != nullptr && piece.box.right < best->box.right) return;
            if (is_fixed(page, piece)) best = &piece;
        });
        if (best != nullptr) put_beside(page, right, *best);
    }
}

bool has_leader(const Page& page, const Piece& piece) {
    std::size_t dots = 0;
    for (auto word = piece.words.rbegin(); word != piece.words.rend(); ++word) {
        for (const char32_t c : page.text_of(page.words[*word])) {
            if (c == U'.' || c == U'\u00B7') {
                ++dots;
            } else if (!is_letter(c) && !is_digit(c) && c != U'-') {
                dots = 0;
            }
        }
        if (dots >= 4) return true;
        if (piece.words.rend() - word < 2 || word - piece.words.rbegin() > 8) return false;
    }
    return false;
}

bool is_page_number(std::u32string_view text) {
    return text.size() <= 6 && text.find_first_not_of(U"0123456789ivxlcIVXLC") == text.npos;
}

// Long titles leave room for few dots before the number.
bool ends_in_number(const Page& page, const Piece& piece) {
    if (piece.words.size() < 4 || piece.table >= 0) return false;
    const auto last = page.text_of(page.words[piece.words.back()]);
    const auto before = page.text_of(page.words[piece.words[piece.words.size() - 2]]);
    return is_page_number(last) && before.find_first_not_of(U'.') == before.npos;
}

bool is_lone_number(const Page& page, const Piece& piece) {
    return !piece.joined && piece.table < 0 && !piece.aside && piece.words.size() == 1 &&
           is_page_number(page.text_of(page.words[piece.words.front()]));
}

// A list of contents without dots: numbers below each other at one edge that never go down, most
// of them beside a text.
std::vector<Piece*> rising_numbers(const Page& page, std::vector<Piece>& pieces,
                                   const Beside& beside) {
    static constexpr double kSameEdge = 2;  // Points.
    static constexpr std::size_t kEntriesMin = 4;
    std::vector<Piece*> numbers;
    for (Piece& piece : pieces) {
        if (!is_lone_number(page, piece)) continue;
        const auto text = page.text_of(page.words[piece.words.front()]);
        if (std::all_of(text.begin(), text.end(), is_digit)) numbers.push_back(&piece);
    }
    std::stable_sort(numbers.begin(), numbers.end(),
                     [](const Piece* a, const Piece* b) { return a->box.right < b->box.right; });
    std::vector<Piece*> found;
    for (auto begin = numbers.begin(); begin != numbers.end();) {
        const auto end = std::find_if(begin, numbers.end(), [&](const Piece* piece) {
            return piece->box.right - (*begin)->box.right > kSameEdge;
        });
        std::stable_sort(begin, end,
                         [](const Piece* a, const Piece* b) { return a->baseline < b->baseline; });
        const auto value = [&](const Piece* piece) {
            long out = 0;
            for (const char32_t c : page.text_of(page.words[piece->words.front()]))
                out = out * 10 + static_cast<long>(c - U'0');
            return out;
        };
        std::size_t titled = 0;
        for (auto at = begin; at != end; ++at) {
            bool title = false;
            beside.each(**at, 0.3 * (*at)->size, 0.3 * (*at)->size, [&](const Piece& piece) {
                title = title || piece.box.right < (*at)->box.left;
            });
            titled += title ? 1 : 0;
        }
        const auto count = static_cast<std::size_t>(end - begin);
        const bool rises = std::is_sorted(
            begin, end, [&](const Piece* a, const Piece* b) { return value(a) < value(b); });
        if (count >= kEntriesMin && rises && titled * 10 >= count * 9 &&
            value(*begin) < value(*std::prev(end))) {
            found.insert(found.end(), begin, end);
        }
        begin = end;
    }
    return found;
}

// Entries of a list of contents: the number at the page's edge belongs to the title before it.
void join_contents(const Page& page, std::vector<Piece>& pieces, const Beside& beside) {
    std::size_t leaders = 0;
    for (Piece& piece : pieces) {
        if (piece.table >= 0 || piece.aside || piece.joined) continue;
        piece.leader = has_leader(page, piece);
        leaders += piece.leader ? 1 : 0;
    }
    std::vector<Piece*> numbers;
    if (leaders >= 3) {
        for (Piece& piece : pieces) {
            piece.leader = piece.leader || ends_in_number(page, piece);
            if (is_lone_number(page, piece)) numbers.push_back(&piece);
        }
    } else {
        numbers = rising_numbers(page, pieces, beside);
    }
    for (Piece* const number : numbers) {
        if (number->joined) continue;
        Piece* best = nullptr;
        beside.each(*number, 0.3 * number->size, 0.3 * number->size, [&](Piece& piece) {
            if (piece.box.right > number->box.left) return;
            if (best == nullptr || piece.box.right > best->box.right) best = &piece;
        });
        if (best == nullptr) continue;
        put_beside(page, *number, *best);
        best->leader = true;
    }
}

Direction direction_of(const Page& page) {
    std::size_t right_to_left = 0;
    std::size_t left_to_right = 0;
    for (const char32_t c : page.text) {
        if (c < 0x0590) {
            left_to_right += is_letter(c) ? 1 : 0;
        } else {
            right_to_left += is_right_to_left(c) ? 1 : 0;
        }
    }
    return right_to_left > left_to_right ? Direction::right_to_left : Direction::left_to_right;
}

// Single lines that follow each other on one row are one line: a term and what is said of it.
void join_rows(const Page& page, std::vector<Piece>& pieces) {
    const auto is_alone = [&](std::size_t i) {
        const auto same_block = [&](std::size_t other) {
            return pieces[other].block == pieces[i].block && pieces[other].table < 0;
        };
        return (i == 0 || !same_block(i - 1)) && (i + 1 >= pieces.size() || !same_block(i + 1));
    };
    std::vector<bool> alone(pieces.size());
    for (std::size_t i = 0; i < pieces.size(); ++i) alone[i] = pieces[i].table < 0 && is_alone(i);
    std::size_t into = 0;
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        Piece& left = pieces[into];
        Piece& right = pieces[i];
        const double gap = right.box.left - left.box.right;
        if (alone[into] && alone[i] && !left.leader && !right.leader &&
            std::fabs(left.baseline - right.baseline) < 0.3 * left.size && gap >= -1 &&
            gap < 4 * left.size && std::fabs(left.size - right.size) < 0.2 * left.size) {
            put_beside(page, right, left);
        } else {
            into = i;
        }
    }
    std::erase_if(pieces, [](const Piece& piece) { return piece.joined; });
}

// Poppler's blocks are kept whole; the order of blocks is found anew, with tables among them.
void order_pieces(const Page& page, const std::vector<Table>& tables, std::vector<Piece>& pieces) {
    std::vector<Unit> units;
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    std::vector<Piece> aside;
    std::erase_if(pieces, [&](Piece& piece) {
        if (piece.joined) return true;
        if (!piece.aside) return false;
        aside.push_back(std::move(piece));
        return true;
    });
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const Piece& piece = pieces[i];
        const bool table = piece.table >= 0;
        const bool goes_on =
            !table && !units.empty() && !units.back().table && pieces[i - 1].block == piece.block;
        if (!goes_on) {
            units.push_back({.box = {1e9, 1e9, -1e9, -1e9}, .table = table});
            ranges.emplace_back(i, i);
        }
        Unit& unit = units.back();
        ranges.back().second = i + 1;
        Box box = table ? tables[static_cast<std::size_t>(piece.table)].box : piece.box;
        // Boxes of text have room for accents and tails, which reach into the lines beside them.
        const double slack = table ? 0 : 0.2 * (box.bottom - box.top);
        unit.box = {std::min(unit.box.left, box.left), std::min(unit.box.top, box.top + slack),
                    std::max(unit.box.right, box.right),
                    std::max(unit.box.bottom, box.bottom - slack)};
        ++unit.lines;
        unit.words += piece.words.size();
        if (!table) unit.baselines.push_back(piece.baseline);
    }
    std::vector<Piece> ordered;
    ordered.reserve(pieces.size() + aside.size());
    for (const Placed& placed : reading_order(units, direction_of(page))) {
        const auto [begin, end] = ranges[placed.unit];
        for (std::size_t i = begin; i < end; ++i) {
            pieces[i].flow = placed.column;
            ordered.push_back(std::move(pieces[i]));
        }
    }
    join_rows(page, ordered);
    std::move(aside.begin(), aside.end(), std::back_inserter(ordered));
    pieces = std::move(ordered);
}

// The direction of most letters of a table: its first column stands where its lines begin.
Direction direction_of(const Page& page, const Table& table) {
    std::ptrdiff_t turned = 0;
    for (const auto& row : table.rows) {
        for (const Cell& cell : row) {
            for (const std::uint32_t word : cell) {
                for (const char32_t c : page.text_of(page.words[word])) {
                    if (is_letter(c)) turned += is_right_to_left(c) ? 1 : -1;
                }
            }
        }
    }
    return turned > 0 ? Direction::right_to_left : Direction::left_to_right;
}

DraftTable write_table(const Page& page, const Table& table, std::int32_t link_base,
                       const std::vector<std::string>& links) {
    DraftTable out;
    out.box = table.box;
    const Direction direction = direction_of(page, table);
    std::u32string text;
    std::vector<Run> runs;
    for (const auto& row : table.rows) {
        auto& cells = out.rows.emplace_back();
        cells.reserve(row.size());
        for (const Cell& cell : row) {
            text.clear();
            runs.clear();
            append_words(page, cell, link_base, text, runs);
            // A table's first row is its head, which every reader sets apart anyway.
            const std::uint8_t ignored = out.rows.size() == 1 ? kBold : kPlain;
            cells.push_back(to_inlines(text, runs, links, ignored));
            out.bytes += text.size();
        }
        if (direction == Direction::right_to_left) std::reverse(cells.begin(), cells.end());
    }
    return out;
}

// False where the piece has nothing to read.
bool write_line(const Page& page, const Piece& piece, std::int32_t link_base, Draft& draft) {
    DraftLine line;
    line.begin = static_cast<std::uint32_t>(draft.text.size());
    line.first_run = static_cast<std::uint32_t>(draft.runs.size());
    append_words(page, piece.words, link_base, draft.text, draft.runs, piece.marked);
    line.end = static_cast<std::uint32_t>(draft.text.size());
    line.last_run = static_cast<std::uint32_t>(draft.runs.size());
    if (line.end == line.begin) return false;
    line.page = page.number;
    line.block = piece.block;
    line.flow = piece.flow;
    line.box = piece.box;
    line.baseline = piece.baseline;
    line.size = piece.size;
    line.aside = piece.aside;
    line.leader = piece.leader;
    line.style = kBold | kItalic | kMono;
    line.artifact = true;
    // The number before a title is often set in another font.
    bool words = false;
    std::uint8_t all = kBold | kItalic | kMono;
    for (const std::uint32_t index : piece.words) {
        const Word& word = page.words[index];
        const auto content = page.text_of(word);
        const bool lead = !words && std::none_of(content.begin(), content.end(), is_letter);
        words = words || !lead;
        all = static_cast<std::uint8_t>(all & style_of(page, word));
        const std::uint8_t style = style_of(page, word);
        if (!lead) line.style = static_cast<std::uint8_t>(line.style & style);
        line.artifact = line.artifact && word.artifact;
    }
    if (!words) line.style = all;
    const auto text = draft.text_of(line);
    line.marker =
        piece.equation_number ? std::uint16_t{0} : static_cast<std::uint16_t>(marker_length(text));
    draft.lines.push_back(line);
    return true;
}

// Lines end before a picture or table that they run beside.
void set_obstacles(const Page& page, const std::vector<Table>& tables, std::span<DraftLine> lines) {
    static constexpr std::size_t kObstaclesMax = 64;  // Of a page; drawings are made of more.
    std::vector<Box> obstacles;
    obstacles.reserve(tables.size() + page.pictures.size());
    for (const Table& table : tables) obstacles.push_back(table.box);
    // Pictures are noted as the page shows them.
    if (page.turn == 0)
        obstacles.insert(obstacles.end(), page.pictures.begin(), page.pictures.end());
    if (obstacles.size() > kObstaclesMax) return;
    for (DraftLine& line : lines) {
        if (line.kind != LineKind::text || line.aside) continue;
        for (const Box& box : obstacles) {
            if (box.top > line.baseline || box.bottom < line.baseline) continue;
            const double begins = line.right_to_left ? -box.right : box.left;
            if (begins > line.finish() - 1) line.blocked_at = std::min(line.blocked_at, begins);
        }
    }
}

// Blocks are read in the direction of most of their letters, and their lines measured along it.
void set_directions(const Page& page, const std::vector<const Piece*>& pieces,
                    std::span<DraftLine> lines, const Draft& draft) {
    for (std::size_t begin = 0; begin < lines.size();) {
        std::size_t end = begin;
        std::ptrdiff_t turned = 0;
        for (; end < lines.size() && lines[end].block == lines[begin].block; ++end) {
            if (lines[end].kind != LineKind::text) continue;
            for (const char32_t c : draft.text_of(lines[end])) {
                if (is_letter(c)) turned += is_right_to_left(c) ? 1 : -1;
            }
        }
        for (; begin < end; ++begin) {
            DraftLine& line = lines[begin];
            if (pieces[begin] == nullptr) continue;
            line.right_to_left = turned > 0;
            const auto& words = pieces[begin]->words;
            const Box& first = page.words[turned > 0 ? words.back() : words.front()].box;
            line.first_word = first.right - first.left;
            line.body_start = line.start();
            if (line.marker == 0 || words.size() < 2) continue;
            line.body_start = turned > 0 ? -page.words[words[words.size() - 2]].box.right
                                         : page.words[words[1]].box.left;
        }
    }
}

}  // namespace

std::size_t marker_length(std::u32string_view text) {
    if (text.size() < 2) return text.size() == 1 && is_bullet(text[0]) ? 1 : 0;
    if (is_bullet(text[0]) || is_boxed_line(text)) return 1;
    if (text[1] == U' ' && is_dash(text[0])) return 1;
    const std::size_t open = text[0] == U'(' || text[0] == U'[' ? 1 : 0;
    std::size_t end = open;
    while (end < text.size() && end - open < 3 && is_digit(text[end])) ++end;
    if (end == open && end < text.size() && is_letter(text[end])) {
        // One letter, or a small Roman number.
        ++end;
        static constexpr std::u32string_view kRoman = U"ivx";
        while (end < text.size() && end - open < 5 && kRoman.find(text[open]) != kRoman.npos &&
               kRoman.find(text[end]) != kRoman.npos) {
            ++end;
        }
        if (is_upper(text[open]) && open == 0) return 0;  // An initial, rather.
    }
    if (end == open || end >= text.size()) return 0;
    const bool closed =
        text[end] == U')' || (text[end] == U']' && open == 1) || (text[end] == U'.' && open == 0);
    if (!closed || (end + 1 < text.size() && text[end + 1] != U' ')) return 0;
    // Brackets alone hold the number of an equation.
    if (open == 1 && end + 1 == text.size()) return 0;
    return end + 1;
}

void add_page(const Page& page, const std::vector<Table>& tables, Draft& draft) {
    const auto link_base = static_cast<std::int32_t>(draft.links.size());
    for (const Link& link : page.links) draft.links.push_back(link.uri);
    draft.pages.push_back({0, 0, page.width, page.height});
    draft.turns.push_back(static_cast<std::uint8_t>(page.turn));

    const std::uint32_t block_base = draft.next_block;
    std::vector<Piece> pieces;
    pieces.reserve(page.lines.size());
    std::vector<bool> placed(tables.size(), false);
    for (const Line& line : page.lines) {
        Piece piece;
        for (std::uint32_t w = line.first; w < line.last; ++w) {
            const std::int32_t table = page.words[w].table;
            if (table < 0) {
                piece.words.push_back(w);
            } else if (!placed[static_cast<std::size_t>(table)]) {
                placed[static_cast<std::size_t>(table)] = true;
                Piece here;
                here.table = table;
                here.block = line.block;
                here.flow = line.flow;
                pieces.push_back(std::move(here));
            }
        }
        if (piece.words.empty()) continue;
        piece.block = line.block;
        piece.flow = line.flow;
        measure(page, piece);
        pieces.push_back(std::move(piece));
    }
    const Beside beside(pieces);
    join_equation_numbers(page, pieces, beside);
    join_markers(page, pieces, beside);
    join_raised(page, pieces, beside);
    join_contents(page, pieces, beside);
    join_fixed(page, pieces, beside);
    order_pieces(page, tables, pieces);
    const std::size_t first_line = draft.lines.size();
    std::vector<const Piece*> written;  // Of each line; none of a table.
    for (Piece& piece : pieces) {
        piece.block += block_base;
        draft.next_block = std::max(draft.next_block, piece.block + 1);
        if (piece.table < 0) {
            if (write_line(page, piece, link_base, draft)) written.push_back(&piece);
            continue;
        }
        const Table& table = tables[static_cast<std::size_t>(piece.table)];
        DraftLine line;
        line.kind = LineKind::table;
        line.begin = line.end = static_cast<std::uint32_t>(draft.text.size());
        line.first_run = line.last_run = static_cast<std::uint32_t>(draft.runs.size());
        line.page = page.number;
        line.block = piece.block;
        line.flow = piece.flow;
        line.box = table.box;
        line.table = static_cast<std::uint32_t>(draft.tables.size());
        draft.tables.push_back(write_table(page, table, link_base, draft.links));
        draft.table_bytes += draft.tables.back().bytes;
        draft.lines.push_back(line);
        written.push_back(nullptr);
    }
    const auto lines = std::span(draft.lines).subspan(first_line);
    set_directions(page, written, lines, draft);
    set_obstacles(page, tables, lines);
}

}  // namespace ingestor::extract::pdf

#include "extract/pipeline/ledger/ledger.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "extract/pipeline/ledger/words.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::pipeline::ledger {
namespace {

/// How many words may have been put together to one.
constexpr std::size_t kJoinMax = 8;

class Counts {
public:
    explicit Counts(const std::vector<Word>& words) {
        // Of the words of a text a fifth or so are others than those before them.
        counts_.reserve(words.size() / 4);
        for (const Word& word : words) ++counts_[word.hash];
    }
    Counts() = default;

    void add(std::uint64_t hash) { ++counts_[hash]; }
    /// Takes one off, where there is one.
    bool take(std::uint64_t hash) {
        const auto found = counts_.find(hash);
        if (found == counts_.end() || found->second == 0) return false;
        --found->second;
        return true;
    }
    [[nodiscard]] bool empty() const { return counts_.empty(); }
    [[nodiscard]] bool has(std::uint64_t hash) const {
        const auto found = counts_.find(hash);
        return found != counts_.end() && found->second > 0;
    }

private:
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> counts_;
};

/// Calls `visit(first, last, hash)` for words in a row, [first, last), that together are one of
/// `wanted`, from left to right or from right to left. Only rows with one of `pieces` in them are
/// looked at: nearly all words of nearly all documents are found as they are.
template <class Visit>
void each_join(const std::vector<Word>& words, const Counts& wanted, const Counts& pieces,
               Visit visit) {
    std::size_t piece = 0;  // The next one from `first` on.
    for (std::size_t first = 0; first < words.size(); ++first) {
        piece = std::max(piece, first);
        while (piece < words.size() && !pieces.has(words[piece].hash)) ++piece;
        if (piece == words.size()) return;
        if (piece >= first + kJoinMax) first = piece - kJoinMax + 1;
        Word right = words[first], left = words[first];
        const std::size_t end = std::min(words.size(), first + kJoinMax);
        for (std::size_t last = first + 1; last < end; ++last) {
            right.hash = joined(right.hash, words[last]);
            left.hash = joined(words[last].hash, left);
            left.letters += words[last].letters;
            if (wanted.has(right.hash)) visit(first, last + 1, right.hash);
            if (wanted.has(left.hash)) visit(first, last + 1, left.hash);
        }
    }
}

enum class Fate : std::uint8_t { missing, found, left_out };

/// Longer words, and more of them, are not looked at: the time for each grows with its square.
constexpr std::size_t kGluedLettersMax = 64;
constexpr std::size_t kGluedWordsMax = 10'000;

/// A word cut into words that were left out and words of the output, at least one of the former,
/// where no blank parts them in the source: "secret" and "two" of "secrettwo".
class Cut {
public:
    Cut(const std::vector<char32_t>& letters, const Counts& meant, const Counts& output)
        : reached_(letters.size() + 1) {
        reached_[0].any = true;
        for (std::size_t begin = 0; begin < letters.size(); ++begin) {
            if (!reached_[begin].any) continue;
            std::uint64_t hash = 0;
            for (std::size_t end = begin + 1; end <= letters.size(); ++end) {
                hash = extended(hash, letters[end - 1]);
                const bool is_meant = meant.has(hash);
                if (!is_meant && !output.has(hash)) continue;
                const bool with = is_meant || reached_[begin].meant;
                Place& place = reached_[end];
                if (place.any && (place.meant || !with)) continue;
                place = {.any = true, .meant = with, .piece = {begin, hash, is_meant}};
            }
        }
    }

    [[nodiscard]] bool found() const { return reached_.size() > 1 && reached_.back().meant; }

    /// Takes the pieces off what is left of either. True where the output has one of them.
    bool take(Counts& meant, Counts& output) const {
        bool shown = false;
        for (std::size_t end = reached_.size() - 1; end > 0; end = reached_[end].piece.begin) {
            const Piece& piece = reached_[end].piece;
            (piece.meant ? meant : output).take(piece.hash);
            shown = shown || !piece.meant;
        }
        return shown;
    }

private:
    struct Piece {
        std::size_t begin = 0;
        std::uint64_t hash = 0;
        bool meant = false;
    };
    struct Place {
        bool any = false;
        bool meant = false;
        Piece piece = {};
    };

    std::vector<Place> reached_;  ///< Behind each letter, the piece that ends there.
};

void find_glued(std::string_view text, const std::vector<Word>& source, Counts& meant,
                Counts& output, std::vector<Fate>& fate) {
    std::size_t tried = 0;
    for (std::size_t i = 0; i < source.size() && tried < kGluedWordsMax; ++i) {
        if (fate[i] != Fate::missing || source[i].letters > kGluedLettersMax) continue;
        ++tried;
        const Cut cut(letters_of(text, source[i]), meant, output);
        if (cut.found()) fate[i] = cut.take(meant, output) ? Fate::found : Fate::left_out;
    }
}

/// What became of each word of the source: those that were meant to go are taken off first, since
/// the output may have gained as many that were hyphenated in the source.
std::vector<Fate> fates(std::string_view text, const std::vector<Word>& source,
                        const std::vector<Word>& output, Counts meant) {
    std::vector<Fate> out(source.size(), Fate::missing);
    Counts of_output(output);
    Counts unfound;
    bool all = true;
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (!meant.empty() && meant.take(source[i].hash)) {
            out[i] = Fate::left_out;
        } else if (of_output.take(source[i].hash)) {
            out[i] = Fate::found;
        } else {
            unfound.add(source[i].hash);
            all = false;
        }
    }
    if (all) return out;
    Counts of_source;
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (out[i] != Fate::left_out) of_source.add(source[i].hash);
    }

    // Words of the source that the output has as one ("infor-" "mation"). What it has beyond the
    // source's own words is all that they can have become.
    Counts more;
    for (const Word& word : output) {
        if (!of_source.take(word.hash)) more.add(word.hash);
    }
    const Counts beyond = more;
    Counts credit;
    each_join(source, more, unfound, [&](std::size_t first, std::size_t last, std::uint64_t whole) {
        if (!more.take(whole)) return;
        for (std::size_t i = first; i < last; ++i) credit.add(source[i].hash);
    });
    // And one word of the source that the output has in pieces ("a**b**c").
    Counts missing;
    const auto find_in = [&](Counts& words) {
        for (std::size_t i = 0; i < source.size(); ++i) {
            if (out[i] == Fate::missing && words.take(source[i].hash)) out[i] = Fate::found;
        }
    };
    find_in(credit);
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (out[i] == Fate::missing) missing.add(source[i].hash);
    }
    Counts whole;
    each_join(output, missing, beyond, [&](std::size_t, std::size_t, std::uint64_t hash) {
        if (missing.take(hash)) whole.add(hash);
    });
    find_in(whole);
    if (!meant.empty()) find_glued(text, source, meant, more, out);
    return out;
}

/// Gathers what is shown of what was left out.
class LeftOutList {
public:
    explicit LeftOutList(Account& account) : account_(account) {}

    void add(model::LeftOutReason reason, std::uint32_t page, std::string_view text,
             std::uint64_t words) {
        text = text::trim(text);
        if (words == 0 || text.empty()) return;
        if (account_.left_out.size() >= kEntriesMax) {
            account_.words_beyond += words;
            return;
        }
        const std::string_view shown = text::prefix(text, kEntryBytesMax);
        if (shown.size() < text.size()) account_.words_beyond += words - words_of(shown).size();
        account_.left_out.push_back({.reason = reason, .page = page, .text = collapsed(shown)});
    }

private:
    static std::string collapsed(std::string_view text) {
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            const text::CodePoint c = text::code_point_at(text, at);
            if (!text::is_space(c.value) && c.value >= 0x20) {
                text::append_utf8(out, c.value);
            } else if (!out.ends_with(' ')) {
                out += ' ';
            }
            at += c.size;
        }
        return out;
    }

    Account& account_;
};

/// The pages of a text whose pages end in form feeds, asked from front to back.
class Pages {
public:
    Pages(std::string_view text, bool has_pages) : text_(text), page_(has_pages ? 1 : 0) {}

    std::uint32_t page_of(std::uint32_t at) {
        if (page_ == 0) return 0;
        for (; at_ < at; ++at_) page_ += text_[at_] == '\f' ? 1 : 0;
        return page_;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t page_;
};

}  // namespace

double Account::coverage() const {
    if (source_words == 0) return 1;
    return static_cast<double>(found_words) / static_cast<double>(source_words);
}

Account account(const model::Document& document, std::string_view markdown, Source kind) {
    const std::string_view text = document.source_text;
    const std::vector<Word> source =
        kind == Source::markdown ? words_of_markdown(text, Tags::all) : words_of(text);
    Account out{.source_words = source.size()};
    LeftOutList list(out);
    Counts meant;
    for (const model::LeftOut& entry : document.left_out) {
        const std::vector<Word> words = words_of(entry.text);
        for (const Word& word : words) meant.add(word.hash);
        list.add(entry.reason, entry.page, entry.text, words.size());
    }
    const std::vector<Fate> fate = fates(
        text, source, words_of_markdown(markdown, kind == Source::markdown ? Tags::all : Tags::own),
        std::move(meant));
    out.found_words = static_cast<std::uint64_t>(std::ranges::count(fate, Fate::found));
    Pages pages(text, document.pages.has_value());
    std::uint32_t page = 0;
    bool page_found = true;
    std::size_t run_begin = 0, run_words = 0;
    std::uint32_t run_page = 0;
    const auto end_run = [&](std::size_t end) {
        if (run_words > 0) {
            list.add(model::LeftOutReason::missing, run_page,
                     text.substr(run_begin, end - run_begin), run_words);
        }
        run_words = 0;
    };
    const auto end_page = [&] {
        if (!page_found) out.pages_missing.push_back(page);
    };
    for (std::size_t i = 0; i < source.size(); ++i) {
        const std::uint32_t now = pages.page_of(source[i].begin);
        if (now != page) {
            end_page();
            page = now;
            page_found = false;
        }
        page_found = page_found || fate[i] == Fate::found;
        if (fate[i] != Fate::missing) {
            end_run(source[i].begin);
            continue;
        }
        ++out.unaccounted_words;
        if (run_words > 0 && run_page != now) end_run(source[i].begin);
        if (run_words == 0) {
            run_begin = source[i].begin;
            run_page = now;
        }
        ++run_words;
    }
    end_run(text.size());
    end_page();
    return out;
}

}  // namespace ingestor::extract::pipeline::ledger

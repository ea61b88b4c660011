#include "extract/formats/csv/csv.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "extract/model/cells.hpp"
#include "extract/model/inline_builder.hpp"
#include "extract/text/encoding.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::csv {
namespace {

using Record = std::vector<std::string>;

/// Reads records one by one.
class RecordReader {
public:
    RecordReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

    [[nodiscard]] bool done() const { return at_ >= text_.size(); }

    Record next() {
        Record record;
        bool more = true;
        while (more) {
            record.push_back(field());
            more = at_ < text_.size() && text_[at_] == delimiter_;
            if (at_ < text_.size()) ++at_;
        }
        return record;
    }

private:
    /// Leaves `at_` on the delimiter or line break behind the field, or at the end.
    std::string field() {
        const std::size_t blanks = text_.find_first_not_of(' ', at_);
        // Blanks that stand before a quote belong to nothing.
        const std::size_t field_begin = at_;
        if (blanks != std::string_view::npos && text_[blanks] == '"') at_ = blanks;
        if (at_ < text_.size() && text_[at_] == '"' && at_ < open_quote_) {
            const std::size_t start = at_;
            std::string value;
            if (quoted(value)) return value;
            // No quote closes from here on, so none of the later ones opens anything either.
            open_quote_ = start;
            at_ = start;
        }
        at_ = field_begin;
        const std::size_t begin = at_;
        while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n') ++at_;
        return std::string(text_.substr(begin, at_ - begin));
    }

    bool quoted(std::string& value) {
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] != '"') {
                value += text_[at_];
                continue;
            }
            if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                value += text_[++at_];
                continue;
            }
            ++at_;
            // What stands between the closing quote and the delimiter is kept.
            while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n') {
                value += text_[at_++];
            }
            return true;
        }
        return false;
    }

    std::string_view text_;
    char delimiter_;
    std::size_t at_ = 0;
    std::size_t open_quote_ = std::string_view::npos;
};

bool is_blank(const Record& record) {
    return std::ranges::all_of(record,
                               [](const std::string& field) { return text::trim(field).empty(); });
}

/// How evenly a delimiter parts the first records: the share of records that have the commonest
/// number of fields, provided that it is more than one.
struct Evenness {
    double share = 0;
    std::size_t fields = 0;
};

Evenness evenness(std::string_view sample, char delimiter) {
    constexpr std::size_t kRecords = 200;
    RecordReader reader(sample, delimiter);
    std::map<std::size_t, std::size_t> counts;
    std::size_t records = 0;
    while (!reader.done() && records < kRecords) {
        const Record record = reader.next();
        if (is_blank(record)) continue;
        ++counts[record.size()];
        ++records;
    }
    Evenness best;
    for (const auto& [fields, count] : counts) {
        const double share = static_cast<double>(count) / static_cast<double>(records);
        if (fields > 1 && share > best.share) best = {.share = share, .fields = fields};
    }
    return best;
}

/// The delimiter, and the text behind a spreadsheet's `sep=` line if there is one.
char find_delimiter(std::string_view& text) {
    if (text.starts_with("sep=") && text.size() > 4) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end == 5) {
            const char named = text[4];
            text.remove_prefix(std::min(end + 1, text.size()));
            return named;
        }
    }
    const std::string_view sample = text.substr(0, std::size_t{64} << 10);
    char best = ',';
    Evenness most;
    for (const char delimiter : {',', ';', '\t', '|'}) {
        const Evenness now = evenness(sample, delimiter);
        const bool better = now.share > most.share + 0.1 ||
                            (now.share > most.share - 0.1 && now.fields > most.fields);
        if (better) {
            best = delimiter;
            most = now;
        }
    }
    return best;
}

model::Cell cell(std::string_view field) {
    model::InlineBuilder builder;
    field = text::trim(field);
    while (!field.empty()) {
        const std::size_t end = std::min(field.find('\n'), field.size());
        builder.text(field.substr(0, end), {});
        if (end < field.size()) builder.line_break();
        field.remove_prefix(std::min(end + 1, field.size()));
    }
    model::Cell out;
    model::set_text(out, builder.take());
    return out;
}

}  // namespace

Result<Document> parse_csv(std::string_view bytes, const ParseLimits& limits) {
    if (bytes.size() > limits.text_bytes_max) {
        return fail(Errc::too_large, "the table is larger than text_bytes_max");
    }
    const auto decoded = text::decode_text(bytes);
    if (!decoded) return std::unexpected(decoded.error());
    std::string_view text = decoded->text;
    if (text::trim(text).empty()) return fail(Errc::empty, "the file holds nothing but blanks");

    const char delimiter = find_delimiter(text);
    RecordReader reader(text, delimiter);
    model::Table table;
    while (!reader.done()) {
        const Record record = reader.next();
        if (is_blank(record)) continue;
        if (record.size() > limits.table_columns_max) {
            return fail(Errc::too_large, "the table has more than table_columns_max columns");
        }
        if (table.rows.size() >= limits.blocks_max) {
            return fail(Errc::too_large, "the table has more than blocks_max rows");
        }
        auto& row = table.rows.emplace_back();
        row.reserve(record.size());
        for (const std::string& field : record) row.push_back(cell(field));
    }
    if (table.rows.empty()) return fail(Errc::empty, "the table has no cells");
    Document document;
    document.blocks.push_back({.content = std::move(table)});
    document.source_text = decoded->text;
    if (!decoded->warning.empty()) document.warnings.push_back(decoded->warning);
    return document;
}

}  // namespace ingestor::extract::csv

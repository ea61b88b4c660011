#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "extract/formats/pdf/table.hpp"
#include "extract/formats/pdf/table_rows.hpp"
#include "extract/formats/pdf/text_columns.hpp"

namespace ingestor::extract::pdf {

/// What says, beside the white between its columns, that rows are a table.
enum class Bounds : std::uint8_t {
    open,    ///< Nothing.
    part,    ///< Nothing, and with the rows above they were none: it takes rows that are full.
    framed,  ///< Lines of one length above, between and below them.
};

/// Makes tables of rows whose texts stand below each other, unless they read like columns of prose.
class ColumnFinder {
public:
    /// `rows` must outlive the finder, and be of `page`.
    ColumnFinder(Page& page, const TextRows& rows, std::uint32_t columns_max);

    /// Tries the run of rows [begin, end). Adds a table and marks its words where it is one.
    bool try_run(std::size_t begin, std::size_t end, Bounds bounds, std::vector<Table>& tables);

    /// The columns that the rows [begin, end) stand in.
    [[nodiscard]] std::size_t count_columns(std::size_t begin, std::size_t end);
    /// Do most of the rows have a text in each of the columns that were counted last?
    [[nodiscard]] bool fills_columns(std::size_t begin, std::size_t end) const;

private:
    // A row's words by the column they stand in.
    struct Fitted {
        std::vector<Cell> cells;
        double baseline = 0, size = 0;
        std::size_t used = 0;
        bool crosses = false;  // A segment lies across the white between two columns.
    };

    [[nodiscard]] std::span<const Segment> segments(std::size_t row) const;
    void find_columns(std::size_t begin, std::size_t end);
    void join_columns(std::size_t begin, std::size_t end);
    [[nodiscard]] std::pair<std::size_t, std::size_t> reached_columns(const Segment& part) const;
    [[nodiscard]] std::vector<std::size_t> cuts_of(const Segment& part, double size,
                                                   std::size_t first, std::size_t last,
                                                   double blank) const;
    [[nodiscard]] bool is_prose(std::size_t column, std::size_t begin, std::size_t end) const;
    [[nodiscard]] std::optional<Box> beside_prose(std::size_t begin, std::size_t end) const;
    [[nodiscard]] bool is_head_row(std::size_t above, std::size_t row) const;
    [[nodiscard]] std::size_t column_of(std::size_t row, const Segment& part) const;
    [[nodiscard]] std::size_t nearest_column(double left, double right) const;
    void fit(std::size_t begin, std::size_t end, Bounds bounds);
    void join_labels();
    [[nodiscard]] double clear_gap(const Segment& part) const;
    [[nodiscard]] double widest_gap(const Segment& part) const;
    [[nodiscard]] bool holds_figures() const;
    [[nodiscard]] bool is_aligned(Bounds bounds) const;
    [[nodiscard]] bool is_marker(const Cell& cell) const;
    [[nodiscard]] bool is_number(const Cell& cell) const;
    [[nodiscard]] bool reads_like_cells(Bounds bounds) const;
    [[nodiscard]] bool is_rising() const;
    [[nodiscard]] bool is_close_below(std::size_t row) const;
    [[nodiscard]] bool is_further_line(std::size_t row) const;
    [[nodiscard]] bool wraps_first_cell(std::size_t row) const;
    [[nodiscard]] bool is_wrapped_row(std::size_t row) const;
    [[nodiscard]] Table build();
    void take_strays(Table& table, const std::vector<double>& baselines);

    Page& page_;
    const TextRows& rows_;
    std::uint32_t columns_max_;
    bool typewritten_ = false;                               // Nearly all of the page.
    std::vector<std::pair<double, std::uint32_t>> heights_;  // Of the words' middles, rising.
    std::vector<bool> taken_;                                // Words of the table under way.
    std::vector<TextColumn> columns_;
    std::vector<Fitted> fitted_;
    std::vector<std::uint32_t> fitted_lead_;  // Each row's first word and one, or 0.
};

}  // namespace ingestor::extract::pdf

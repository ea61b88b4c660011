#pragma once

#include <cstdint>
#include <vector>

#include "extract/formats/pdf/page.hpp"

namespace ingestor::extract::pdf {

/// A cell: the words in it, in reading order, as indices of Page::words.
using Cell = std::vector<std::uint32_t>;

/// A table found on a page. Every row has the same number of cells; a cell that spans several
/// stands in the first of them, the others are empty.
struct Table {
    Box box;
    std::vector<std::vector<Cell>> rows;
};

/// Finds tables by their ruling lines, then by lines above and below them, then by text that stands
/// in columns alone, and marks the words
/// that they take (Word::table). Linear in words and rules but for sorting.
[[nodiscard]] std::vector<Table> find_tables(Page& page, std::uint32_t columns_max);

/// The three ways, for find_tables and its tests.
void find_ruled_tables(Page& page, std::uint32_t columns_max, std::vector<Table>& tables);
void find_framed_tables(Page& page, std::uint32_t columns_max, std::vector<Table>& tables);
void find_aligned_tables(Page& page, std::uint32_t columns_max, std::vector<Table>& tables);

/// Orders the words of a cell line by line and takes columns and rows away that hold nothing. False
/// where too little is left to be a table.
[[nodiscard]] bool tidy_table(const Page& page, Table& table);

}  // namespace ingestor::extract::pdf

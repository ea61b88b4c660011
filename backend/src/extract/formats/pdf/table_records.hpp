#pragma once

#include "extract/formats/pdf/table.hpp"

namespace ingestor::extract::pdf {

/// Splits rows that hold several records one below the other without a line between. A line of
/// text begins a record where numbers stand under numbers (which nobody wraps), or where several
/// columns begin anew although their words would have had room on the line above. Columns whose
/// text is wrapped all the way stay in one piece. Linear in words but for sorting.
void split_records(const Page& page, Table& table);

}  // namespace ingestor::extract::pdf

#pragma once

#include "extract/formats/pdf/table.hpp"

namespace ingestor::extract::pdf {

/// Makes one row of the lines of a head whose cells were wrapped: those above the first line that
/// is drawn across the table, or, where there is none, the lines of words above a body of numbers.
/// A line drawn under a part of the head keeps what is above it apart, as does a text that spans
/// columns.
void join_head_lines(const Page& page, Table& table);

}  // namespace ingestor::extract::pdf

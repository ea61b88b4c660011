#pragma once

#include <string>
#include <string_view>

namespace ingestor {

/// Text from outside as a log, a terminal or a message of one line may hold it. Whatever could
/// forge a line, drive a terminal or show text in another order than it stands is written as an
/// escape (`\n`, `\u001b`, `\u202e`): control characters (C0, DEL, C1), the line and paragraph
/// separators, and the marks, embeddings, overrides and isolates of bidirectional text. A byte that
/// is not UTF-8 becomes U+FFFD. The ASCII characters in `kept` stay as they are.
///
/// Serialized JSON stays JSON with the same value: outside of its strings none of these occur.
[[nodiscard]] std::string printable(std::string_view text, std::string_view kept = {});

/// Appends the inside of a JSON string that is printable: quotes and backslashes are escaped too,
/// and a byte that is not UTF-8 is `\ufffd`.
void append_printable_json(std::string& out, std::string_view text);

}  // namespace ingestor

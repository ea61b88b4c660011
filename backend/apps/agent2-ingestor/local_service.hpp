#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "base/result.hpp"

namespace ingestor::cli {

/// Writes where the server answers into its data directory, for the commands that find it there.
Result<std::monostate> write_service_url(const std::string& data, const std::string& url);

/// Errors: not_found (no server has run with that data directory; the message says what to do).
Result<std::string> read_service_url(const std::string& data);

/// A token of the local issuer whose key is in the data directory.
/// Errors: not_found (no key there, or not ours to read).
Result<std::string> mint_local_token(const std::string& data, const std::string& user,
                                     std::chrono::seconds lifetime);

}  // namespace ingestor::cli

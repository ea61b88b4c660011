#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "base/result.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::cli {

/// What a server leaves in its data directory for the commands that look for it.
struct ServiceRecord {
    std::string url;     ///< Where it answers, without a slash at the end.
    std::string region;  ///< That its names and signatures carry.
};

/// Errors: unavailable.
Result<std::monostate> write_service_record(const std::string& data, const ServiceRecord& record);

/// Errors: not_found (no server has run with that data directory; the message says what to do).
Result<ServiceRecord> read_service_record(const std::string& data);

/// Closes a data directory that others can enter, and tells the person so, on standard error.
/// Errors: permission_denied, unavailable.
Result<std::monostate> open_data_directory(const std::string& data);

/// A token of the local issuer whose key is in the data directory.
/// Errors: not_found (no key there, or not ours to read).
Result<std::string> mint_local_token(const std::string& data, const std::string& user,
                                     std::chrono::seconds lifetime,
                                     ports::TokenScope scope = ports::TokenScope::everything);

}  // namespace ingestor::cli

#pragma once

#include <cstdint>
#include <string>

#include <boost/json/object.hpp>

#include "api_client.hpp"

namespace ingestor::cli {

[[nodiscard]] bool has_ended(const boost::json::object& job);

/// A job with its documents, as text for a person.
[[nodiscard]] std::string describe_job(const boost::json::object& job);

/// The first lines of each completed document's Markdown.
void print_previews(ApiClient& api, const boost::json::object& job, std::uint32_t lines);

}  // namespace ingestor::cli

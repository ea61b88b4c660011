#pragma once

#include <optional>
#include <string>

#include <boost/property_tree/ptree.hpp>

namespace ingestor::aws {

/// The elements of an answer by their names, without regard to namespaces; nullopt: not XML.
[[nodiscard]] std::optional<boost::property_tree::ptree> parse_xml(const std::string& text);

}  // namespace ingestor::aws

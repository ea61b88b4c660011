#include "aws/xml.hpp"

#include <sstream>

#include <boost/property_tree/xml_parser.hpp>

namespace ingestor::aws {

std::optional<boost::property_tree::ptree> parse_xml(const std::string& text) {
    boost::property_tree::ptree tree;
    std::istringstream stream(text);
    try {
        boost::property_tree::read_xml(stream, tree);
    } catch (const boost::property_tree::xml_parser_error&) {
        return std::nullopt;
    }
    return tree;
}

}  // namespace ingestor::aws

#include "aws/error_document.hpp"

#include <sstream>

#include <boost/json/parse.hpp>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <fmt/format.h>

namespace ingestor::aws {
namespace {

namespace json = boost::json;

/// `com.amazonaws.dynamodb.v20120810#Name` and `Name:http://…` are both `Name`.
std::string bare(std::string_view type) {
    if (const auto hash = type.find('#'); hash != type.npos) type.remove_prefix(hash + 1);
    return std::string(type.substr(0, type.find(':')));
}

std::string text_of(const json::object& object, std::initializer_list<const char*> names) {
    for (const auto* name : names) {
        const auto* found = object.if_contains(name);
        if (found != nullptr && found->is_string()) return std::string(found->as_string());
    }
    return {};
}

void read_json(const std::string& body, ErrorDocument& out) {
    boost::system::error_code malformed;
    const auto parsed = json::parse(body, malformed);
    if (malformed || !parsed.is_object()) return;
    const auto& object = parsed.as_object();
    if (out.code.empty()) out.code = bare(text_of(object, {"__type", "code", "Code"}));
    out.message = text_of(object, {"message", "Message"});
}

void read_xml(const std::string& body, ErrorDocument& out) {
    boost::property_tree::ptree tree;
    std::istringstream stream(body);
    try {
        boost::property_tree::read_xml(stream, tree);
    } catch (const boost::property_tree::xml_parser_error&) {
        return;
    }
    if (out.code.empty()) out.code = tree.get("Error.Code", "");
    out.message = tree.get("Error.Message", "");
}

}  // namespace

ErrorDocument read_error(const HttpReply& reply) {
    ErrorDocument out{.code = bare(reply.header("x-amzn-errortype")), .message = {}};
    if (reply.body.starts_with('{')) {
        read_json(reply.body, out);
    } else if (reply.body.starts_with('<')) {
        read_xml(reply.body, out);
    }
    if (out.message.empty()) out.message = fmt::format("status {}", reply.status);
    return out;
}

}  // namespace ingestor::aws

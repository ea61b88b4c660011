#include "aws/error_document.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "aws/xml.hpp"

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
    const auto tree = parse_xml(body);
    if (!tree) return;
    // S3 answers with the element alone; STS wraps it.
    for (const auto* place : {"Error", "ErrorResponse.Error"}) {
        const auto error = tree->get_child_optional(place);
        if (!error) continue;
        if (out.code.empty()) out.code = error->get("Code", "");
        out.message = error->get("Message", "");
    }
}

}  // namespace

ErrorDocument read_error(const httpclient::HttpReply& reply) {
    ErrorDocument out{.code = bare(reply.header("x-amzn-errortype")), .message = {}};
    if (reply.body.starts_with('{')) {
        read_json(reply.body, out);
    } else if (reply.body.starts_with('<')) {
        read_xml(reply.body, out);
    }
    if (out.message.empty()) out.message = fmt::format("status {}", reply.status);
    return out;
}

bool holds_error(const httpclient::HttpReply& reply) {
    if (!reply.body.starts_with('<')) return false;
    const auto tree = parse_xml(reply.body);
    return tree && tree->get_child_optional("Error");
}

}  // namespace ingestor::aws

#include "awsapi/sqs/query_protocol.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "awsapi/xml.hpp"
#include "http/form.hpp"

namespace ingestor::awsapi::sqs {

namespace {

constexpr std::size_t kPairsMax = 1'000;
constexpr std::size_t kDepthMax = 8;
constexpr std::string_view kNamespace = "http://queue.amazonaws.com/doc/2012-11-05/";

/// A parameter whose items are numbered, and what the JSON protocol calls it.
struct Items {
    std::string_view query;
    std::string_view json;
    enum class Kind { texts, map, objects } kind;
    std::string_view key = {};  ///< Of a map's item.
};
constexpr Items kItems[] = {
    {"Attribute", "Attributes", Items::Kind::map, "Name"},
    {"AttributeName", "AttributeNames", Items::Kind::texts},
    {"ChangeMessageVisibilityBatchRequestEntry", "Entries", Items::Kind::objects},
    {"DeleteMessageBatchRequestEntry", "Entries", Items::Kind::objects},
    {"MessageAttribute", "MessageAttributes", Items::Kind::map, "Name"},
    {"MessageAttributeName", "MessageAttributeNames", Items::Kind::texts},
    {"MessageSystemAttribute", "MessageSystemAttributes", Items::Kind::map, "Name"},
    {"MessageSystemAttributeName", "MessageSystemAttributeNames", Items::Kind::texts},
    {"SendMessageBatchRequestEntry", "Entries", Items::Kind::objects},
    {"Tag", "Tags", Items::Kind::map, "Key"},
    {"TagKey", "TagKeys", Items::Kind::texts},
};
constexpr std::string_view kNumbers[] = {
    "DelaySeconds", "MaxNumberOfMessages", "MaxNumberOfMessagesPerSecond",
    "MaxResults",   "VisibilityTimeout",   "WaitTimeSeconds"};

/// The parameters by the parts of their names.
struct Node {
    std::string text = {};
    std::map<std::string, Node, std::less<>> parts = {};
};

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// By number.
std::vector<const Node*> items_of(const Node& node) {
    std::map<std::int64_t, const Node*> ordered;
    for (const auto& [name, item] : node.parts) {
        if (const auto number = number_of(name)) ordered.emplace(*number, &item);
    }
    std::vector<const Node*> items;
    for (const auto& [number, item] : ordered) items.push_back(item);
    return items;
}

boost::json::object object_of(const Node& node);

boost::json::value value_of(const Node& node) {
    if (!node.parts.empty()) return object_of(node);
    return boost::json::value(node.text);
}

boost::json::value items_value(const Node& node, const Items& items) {
    boost::json::array list;
    boost::json::object map;
    for (const auto* item : items_of(node)) {
        if (items.kind == Items::Kind::texts) {
            list.emplace_back(item->text);
        } else if (items.kind == Items::Kind::objects) {
            list.push_back(object_of(*item));
        } else {
            const auto key = item->parts.find(items.key);
            const auto value = item->parts.find("Value");
            if (key == item->parts.end()) continue;
            map[key->second.text] =
                value == item->parts.end() ? boost::json::value("") : value_of(value->second);
        }
    }
    if (items.kind == Items::Kind::map) return map;
    return list;
}

boost::json::object object_of(const Node& node) {
    boost::json::object object;
    for (const auto& [name, part] : node.parts) {
        const auto* const items = std::ranges::find(kItems, std::string_view(name), &Items::query);
        const auto number = number_of(part.text);
        if (items != std::end(kItems)) {
            object[items->json] = items_value(part, *items);
        } else if (number &&
                   std::ranges::find(kNumbers, std::string_view(name)) != std::end(kNumbers)) {
            object[name] = *number;
        } else {
            object[name] = value_of(part);
        }
    }
    return object;
}

std::string text_of(const boost::json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_bool()) return value.get_bool() ? "true" : "false";
    if (value.is_int64()) return std::to_string(value.get_int64());
    if (value.is_uint64()) return std::to_string(value.get_uint64());
    return {};
}

/// What an item of a list is called, in answers.
std::string element_of(std::string_view list, std::string_view action) {
    if (list == "Successful") return std::string(action) + "ResultEntry";
    if (list == "Failed") return "BatchResultErrorEntry";
    if (list == "QueueUrls" || list == "queueUrls") return "QueueUrl";
    if (list == "Messages") return "Message";
    return std::string(list);
}

void append_members(std::string& out, const boost::json::object& object, std::string_view action);

void append_value(std::string& out, std::string_view name, const boost::json::value& value,
                  std::string_view action) {
    if (!value.is_object()) {
        append_element(out, name, xml_escape(text_of(value)));
        return;
    }
    out += fmt::format("<{}>", name);
    append_members(out, value.get_object(), action);
    out += fmt::format("</{}>", name);
}

void append_members(std::string& out, const boost::json::object& object, std::string_view action) {
    for (const auto& [key, value] : object) {
        const std::string_view name(key);
        const auto* const items = std::ranges::find(kItems, name, &Items::json);
        if (items != std::end(kItems) && value.is_object()) {
            for (const auto& [each, of_each] : value.get_object()) {
                out += fmt::format("<{}>", items->query);
                append_element(out, items->key, xml_escape(each));
                append_value(out, "Value", of_each, action);
                out += fmt::format("</{}>", items->query);
            }
        } else if (value.is_array()) {
            const auto element = element_of(name, action);
            for (const auto& each : value.get_array()) append_value(out, element, each, action);
        } else {
            append_value(out, name, value, action);
        }
    }
}

}  // namespace

bool is_query(const http::Request& request) {
    return request.method == boost::beast::http::verb::post &&
           request.header("x-amz-target").empty() &&
           request.header("authorization").find("/sqs/aws4_request") != std::string_view::npos;
}

Result<QueryRequest> read_query(std::string_view form) {
    const auto pairs = http::parse_form(form, kPairsMax);
    if (!pairs) return std::unexpected(pairs.error());
    Node root;
    for (const auto& [name, value] : *pairs) {
        auto* node = &root;
        std::string_view rest = name;
        for (std::size_t depth = 0; depth < kDepthMax && !rest.empty(); ++depth) {
            const auto end = std::min(rest.find('.'), rest.size());
            node = &node->parts[std::string(rest.substr(0, end))];
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        node->text = value;
    }
    QueryRequest request;
    const auto action = root.parts.find("Action");
    if (action == root.parts.end() || action->second.text.empty()) {
        return fail(Errc::invalid_argument, "The request must contain the parameter Action.");
    }
    request.action = action->second.text;
    root.parts.erase("Action");
    root.parts.erase("Version");
    request.members = object_of(root);
    return request;
}

http::Response write_query(const json::Output& output, std::string_view action,
                           std::string_view request_id) {
    http::Response response;
    response.route = "aws";
    response.set("content-type", "text/xml");
    response.set("x-amzn-requestid", std::string(request_id));
    std::string body(kXmlHead);
    if (output) {
        body += fmt::format("<{}Response xmlns=\"{}\">", action, kNamespace);
        if (*output && !(*output)->empty()) {
            body += fmt::format("<{}Result>", action);
            append_members(body, **output, action);
            body += fmt::format("</{}Result>", action);
        }
        body += "<ResponseMetadata>";
        append_element(body, "RequestId", xml_escape(request_id));
        body += fmt::format("</ResponseMetadata></{}Response>", action);
    } else {
        const auto& error = output.error();
        response.status = error.status;
        response.failure = error.failure;
        body += fmt::format("<ErrorResponse xmlns=\"{}\"><Error>", kNamespace);
        append_element(body, "Type", error.status < 500 ? "Sender" : "Receiver");
        append_element(body, "Code",
                       xml_escape(error.query_code.empty() ? error.code : error.query_code));
        append_element(body, "Message", xml_escape(error.message));
        body += "<Detail/></Error>";
        append_element(body, "RequestId", xml_escape(request_id));
        body += "</ErrorResponse>";
    }
    response.body = std::move(body);
    return response;
}

}  // namespace ingestor::awsapi::sqs

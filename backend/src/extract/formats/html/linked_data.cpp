#include "extract/formats/html/linked_data.hpp"

#include <string_view>

#include <boost/json.hpp>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

namespace json = boost::json;

/// Deeper than this, no page has its article.
constexpr int kDepthMax = 8;

std::string string_of(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    return value != nullptr && value->is_string() ? json::value_to<std::string>(*value)
                                                  : std::string();
}

/// A person or an organisation, by name or as an object that has one.
std::string author_of(const json::object& object) {
    const json::value* author = object.if_contains("author");
    if (author != nullptr && author->is_array() && !author->as_array().empty())
        author = &author->as_array().front();
    if (author == nullptr) return {};
    if (author->is_string()) return json::value_to<std::string>(*author);
    return author->is_object() ? string_of(author->as_object(), "name") : std::string();
}

std::optional<LinkedArticle> find(const json::value& value, int depth) {
    if (depth > kDepthMax) return std::nullopt;
    if (value.is_array()) {
        for (const json::value& item : value.as_array()) {
            if (auto found = find(item, depth + 1)) return found;
        }
    }
    if (!value.is_object()) return std::nullopt;
    const json::object& object = value.as_object();
    if (std::string body = string_of(object, "articleBody"); !text::trim(body).empty()) {
        return LinkedArticle{.headline = string_of(object, "headline"),
                             .body = std::move(body),
                             .author = author_of(object)};
    }
    for (const auto& member : object) {
        if (auto found = find(member.value(), depth + 1)) return found;
    }
    return std::nullopt;
}

}  // namespace

std::optional<LinkedArticle> linked_article(const Node& root) {
    std::optional<LinkedArticle> found;
    walk(&root, [&](const Node* node) {
        if (found || !node->is(Tag::script)) return !found.has_value();
        if (text::to_lower_ascii(text::trim(attribute(node, "type"))) != "application/ld+json")
            return false;
        boost::system::error_code error;
        const json::value value = json::parse(text_of(node), error);
        if (!error) found = find(value, 0);
        return false;
    });
    return found;
}

}  // namespace ingestor::extract::html

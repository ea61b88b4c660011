/// Prints what MainContent knows of the parts of web pages, a line of JSON an element; see
/// bench/train_main_content.py.
///
///     web_parts FILE…
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <boost/json.hpp>

#include "extract/formats/html/main_content.hpp"
#include "extract/formats/html/tree_builder.hpp"
#include "extract/formats/html/visibility.hpp"
#include "extract/text/encoding.hpp"
#include "formats/limits.hpp"

namespace {

using namespace ingestor::extract;

void print_parts(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const auto decoded = text::decode_text(bytes, "utf-8");
    if (!decoded) return;
    const html::ParsedPage page =
        html::build_tree(decoded->text, ingestor::formats::ParseLimits{}.nesting_max);
    html::show_noscript(*page.tree);
    const html::Node* body = html::child(&page.tree->root(), html::Tag::body);
    if (body == nullptr) return;
    const html::MainContent content(*page.tree, body);
    boost::json::array nodes;
    std::vector<boost::json::object> by_index(page.tree->size());
    std::vector<std::uint32_t> order;
    html::walk(body, [&](const html::Node* node) {
        boost::json::object& out = by_index[node->index];
        order.push_back(node->index);
        out["i"] = node->index;
        out["p"] = node == body ? -1 : static_cast<int>(node->parent->index);
        if (node->is_text()) {
            out["t"] = node->text;
            return false;
        }
        out["n"] = node->text;
        if (const auto c = html::attribute(node, "class"); !c.empty()) out["c"] = c.substr(0, 80);
        if (const auto c = html::attribute(node, "id"); !c.empty()) out["id"] = c.substr(0, 80);
        if (content.measures().hidden[node->index]) return false;
        if (content.is_boilerplate(node)) out["out"] = true;
        if (html::is_line(node)) out["l"] = true;
        return true;
    });
    html::walk(body, [&](const html::Node* node) {
        if (!node->is_element() || content.measures().hidden[node->index]) return false;
        if (!content.may_go(node) || content.measures().of(node).text == 0) return true;
        boost::json::array values;
        const html::PartFeatures features = content.shape().features(node);
        for (const float value : features.values()) values.push_back(value);
        by_index[node->index]["f"] = std::move(values);
        by_index[node->index]["asked"] = content.may_go_by_rules(node, features);
        by_index[node->index]["points"] = content.evidence(node);
        return true;
    });
    for (const std::uint32_t at : order) nodes.push_back(std::move(by_index[at]));
    std::cout << boost::json::serialize(
                     boost::json::object{{"file", path}, {"nodes", std::move(nodes)}})
              << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    boost::json::array names;
    for (const std::string_view name : html::kFeatureNames)
        names.push_back(boost::json::string(name));
    std::cout << boost::json::serialize(boost::json::object{{"features", std::move(names)}})
              << '\n';
    for (int i = 1; i < argc; ++i) print_parts(argv[i]);
    return 0;
}

#include "extract/formats/html/data_blocks.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "extract/formats/html/blocks.hpp"
#include "extract/formats/html/linked_data.hpp"
#include "extract/formats/html/page_state.hpp"
#include "extract/formats/html/source_text.hpp"
#include "extract/formats/html/tree_builder.hpp"
#include "extract/model/inline_builder.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

/// Adds blocks of plain text or HTML, and their words to the source's.
class DataBlocks {
public:
    DataBlocks(const ParseLimits& limits, HtmlBudget& budget, Document& document,
               std::string& source_text)
        : limits_(limits), budget_(budget), document_(document), source_text_(source_text) {}

    Result<std::monostate> heading(int level, std::string_view text) {
        auto title = model::plain(text);
        if (title.empty()) return std::monostate{};
        note(text);
        return put({.content = model::Heading{.level = level, .text = std::move(title)}});
    }

    Result<std::monostate> passage(std::string_view text) {
        if (text.size() > limits_.text_bytes_max - std::min(limits_.text_bytes_max, bytes_)) {
            return fail(Errc::too_large, "the page has more text than text_bytes_max");
        }
        bytes_ += text.size();
        return text.find("</") == std::string_view::npos ? lines(text) : markup(text);
    }

    [[nodiscard]] model::Blocks take() { return std::move(blocks_); }

private:
    void note(std::string_view text) { (source_text_ += '\n') += text; }

    Result<std::monostate> put(model::Block block) {
        if (blocks_.size() >= limits_.blocks_max) {
            return fail(Errc::too_large, "the page has more blocks than blocks_max");
        }
        blocks_.push_back(std::move(block));
        return std::monostate{};
    }

    Result<std::monostate> lines(std::string_view text) {
        note(text);
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            if (auto line = model::plain(text.substr(0, end)); !line.empty()) {
                auto put_in = put({.content = model::Paragraph{.text = std::move(line)}});
                if (!put_in) return put_in;
            }
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return std::monostate{};
    }

    Result<std::monostate> markup(std::string_view text) {
        const ParsedPage page = build_tree(text, limits_.nesting_max);
        const Node* const root = &page.tree->root();
        auto blocks = html_blocks(root, nullptr, limits_, budget_, document_.left_out);
        if (!blocks) return std::unexpected(blocks.error());
        note(page_text(root));
        for (auto& block : *blocks) {
            if (auto put_in = put(std::move(block)); !put_in) return put_in;
        }
        return std::monostate{};
    }

    const ParseLimits& limits_;
    HtmlBudget& budget_;
    Document& document_;
    std::string& source_text_;
    std::size_t bytes_ = 0;
    model::Blocks blocks_;
};

}  // namespace

Result<model::Blocks> data_blocks(const Node& root, const ParseLimits& limits, HtmlBudget& budget,
                                  Document& document, std::string& source_text) {
    DataBlocks out(limits, budget, document, source_text);
    if (const auto article = linked_article(root)) {
        if (document.author.empty()) {
            document.author = std::string(text::trim(article->author));
        }
        auto put = out.heading(1, article->headline);
        if (put) put = out.passage(article->body);
        if (!put) return std::unexpected(put.error());
        return out.take();
    }
    int level = 1;
    for (const StatePassage& passage : page_state(root)) {
        if (!passage.title.empty()) {
            if (auto put = out.heading(level, passage.title); !put) {
                return std::unexpected(put.error());
            }
            level = 2;
        }
        if (auto put = out.passage(passage.text); !put) return std::unexpected(put.error());
    }
    auto blocks = out.take();
    if (!blocks.empty()) {
        document.warnings.emplace_back(
            "a script builds this page: its text was taken from the data that the page brings for "
            "the script, in the data's order; print the page to PDF for what a browser shows");
    }
    return blocks;
}

}  // namespace ingestor::extract::html

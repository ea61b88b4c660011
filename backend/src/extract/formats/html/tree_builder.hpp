#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "extract/formats/html/active_formatting.hpp"
#include "extract/formats/html/dom.hpp"
#include "extract/formats/html/open_elements.hpp"
#include "extract/formats/html/tokenizer.hpp"

namespace ingestor::extract::html {

struct ParsedPage {
    std::unique_ptr<Tree> tree;
    bool flattened = false;             ///< Elements beyond the depth stand beside one another.
    bool attributes_cut = false;        ///< Of a tag with more than kAttributesMax.
    std::size_t bytes_in_open_tag = 0;  ///< At the page's end; browsers do not show them.
};

/// Builds the tree that browsers build of a page (HTML, 13.2.6 "Tree construction"), which has to
/// outlive it. Different from the letter, so that every page takes linear time and memory: no tree
/// is deeper than `depth_max`, and formatting that was left open is put around what follows from a
/// budget. Frames are passed over and `noframes` and, in the body, `noscript` are elements as
/// others, for who reads a page runs no script and shows no frames.
[[nodiscard]] ParsedPage build_tree(std::string_view page, std::size_t depth_max);

/// The state of the construction; a function for each insertion mode of the standard.
class TreeBuilder {
public:
    TreeBuilder(std::string_view page, std::size_t depth_max);
    [[nodiscard]] ParsedPage build();

private:
    enum class Mode : std::uint8_t {
        before_head,
        in_head,
        after_head,
        in_body,
        text,
        in_table,
        in_caption,
        in_column_group,
        in_table_body,
        in_row,
        in_cell,
        in_template,
        after_body,
    };

    void process(const Token& token);
    void process_by_mode(const Token& token);
    void reprocess(Mode mode, const Token& token);

    // tree_builder.cpp: what stands before and around the body.
    void before_head(const Token& token);
    void in_head(const Token& token);
    void after_head(const Token& token);
    void in_template(const Token& token);
    void end_template();
    void text(const Token& token);

    // body_rules.cpp
    void in_body(const Token& token);
    void body_start(const Token& token);
    void body_end(const Token& token);
    template <class Test>
    void start_item(const Token& token, Test is_item);
    void start_link(const Token& token);
    void start_raw(const Token& token, TextMode mode);
    void end_block(Tag tag);
    void end_form();
    void end_other(Tag tag, std::string_view name);
    void reconstruct_formatting();
    void adopt(const Token& token);
    bool adopt_once(Tag tag, std::string_view name);

    // table_rules.cpp
    void in_table(const Token& token);
    void in_caption(const Token& token);
    void in_column_group(const Token& token);
    void in_table_body(const Token& token);
    void in_row(const Token& token);
    void in_cell(const Token& token);
    void table_other(const Token& token);
    void close_cell();
    void reset_mode();

    // foreign_rules.cpp
    [[nodiscard]] bool takes_html_rules(const Token& token) const;
    void in_foreign(const Token& token);

    // Insertion.
    struct Place {
        Node* parent;
        Node* before;
    };
    Place place_for(Node& target);
    Node& insert_element(const Token& token, Namespace space = Namespace::html);
    Node& insert_implied(Tag tag);
    void insert_void(const Token& token, Namespace space = Namespace::html);
    void insert_text(std::string_view text);
    Node& clone(const Node& node);
    void make_room();
    void merge_attributes(Node& node, const Token& token);
    void close_p();
    void generate_implied_end_tags(Tag except = Tag::other);

    std::unique_ptr<Tree> tree_ = std::make_unique<Tree>();
    Tokenizer tokenizer_;
    OpenElements open_;
    ActiveFormatting formatting_;
    std::vector<Mode> template_modes_;
    Mode mode_ = Mode::before_head;
    Mode original_mode_ = Mode::in_body;
    Node* head_ = nullptr;
    Node* body_ = nullptr;
    Node* form_ = nullptr;
    std::size_t depth_max_;
    std::size_t clones_left_;
    bool foster_parenting_ = false;
    bool skip_line_feed_ = false;
    bool flattened_ = false;
};

}  // namespace ingestor::extract::html

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "extract/model/inline.hpp"

/// A document as a structure: blocks of inline runs, each with the place it was read from. Parsers
/// make it, renderers (extract/render) write it in the languages that readers want; neither knows
/// the other.
namespace ingestor::extract::model {

/// A box on a page in PDF points (1/72 inch), origin at the page's top left.
struct Box {
    double left = 0, top = 0, right = 0, bottom = 0;
};

/// Where a block was read.
struct Provenance {
    /// From 1; 0 where the format has no pages.
    std::uint32_t page = 0;
    std::uint32_t last_page = 0;
    std::optional<Box> box = {};  ///< On the first of its pages.
};

struct Block;

/// A vector of blocks, which may stand in a block. Its members are defined once a block is: a
/// plain vector of a type that is not known yet cannot be a member with an initializer.
class Blocks : public std::vector<Block> {
public:
    Blocks();
    using std::vector<Block>::vector;
    Blocks(const Blocks&);
    Blocks(Blocks&&) noexcept;
    Blocks& operator=(const Blocks&);
    Blocks& operator=(Blocks&&) noexcept;
    ~Blocks();
};

struct Heading {
    int level = 1;  ///< 1..6.
    Inlines text = {};
};

struct Paragraph {
    Inlines text = {};
};

struct ListItem {
    int number = 0;                    ///< Of an ordered list; 0 in an unordered one.
    std::optional<bool> checked = {};  ///< A task's box, where there is one.
    Blocks blocks = {};                ///< Lists within it among them.
};

struct List {
    bool ordered = false;
    std::vector<ListItem> items = {};
};

enum class CellType : std::uint8_t { text, number, date, boolean };

struct Cell {
    /// Plain text on one line, as nearly all cells of large tables have it, or blocks.
    std::variant<std::string, Blocks> content = {};
    std::uint16_t columns = 1;  ///< That it spans, from 1.
    std::uint16_t rows = 1;
    bool header = false;
    CellType type = CellType::text;
};

/// Rows hold the cells that begin in them, from left to right, past the places that cells from
/// above reach into, as HTML has it.
struct Table {
    std::vector<std::vector<Cell>> rows = {};
    std::uint32_t header_rows = 1;  ///< May be 0.
};

struct Code {
    std::string text = {};      ///< Lines as they stand.
    std::string language = {};  ///< Empty: not said.
};

struct Quote {
    Blocks blocks = {};
};

/// A picture on its own, with its caption below.
struct Picture {
    std::string words = {};  ///< What stands for it where it cannot be seen.
    std::string source = {};
    Inlines caption = {};
};

/// A formula on its own line.
struct Formula {
    std::string text = {};
};

struct Footnote {
    std::string label = {};
    Blocks blocks = {};
};

/// A line across the page between parts of a text.
struct Rule {};

struct Block {
    std::variant<Paragraph, Heading, List, Table, Code, Quote, Picture, Formula, Footnote, Rule>
        content;
    Provenance place = {};
};

inline Blocks::Blocks() = default;
inline Blocks::Blocks(const Blocks&) = default;
inline Blocks::Blocks(Blocks&&) noexcept = default;
inline Blocks& Blocks::operator=(const Blocks&) = default;
inline Blocks& Blocks::operator=(Blocks&&) noexcept = default;
inline Blocks::~Blocks() = default;

/// Why words of the source do not stand in the output.
enum class LeftOutReason : std::uint8_t {
    running_head,      ///< A header or footer that repeats from page to page, or counts the pages.
    boilerplate,       ///< Of a web page: menus and the like around its text.
    hidden,            ///< The document itself says that it is not to be seen.
    deleted_revision,  ///< Taken away by a tracked change.
    duplicate,         ///< Stands elsewhere in the document: a fallback, a second drawing.
    watermark,         ///< Lies at an angle over the text of a page.
    unreadable,        ///< The document does not say which characters it shows.
    unsupported,       ///< In a part that is not understood.
    comment,           ///< A reader's remark beside the text.
    missing,           ///< Nobody knows: the ledger found that it is gone.
};

/// Words that do not stand in the output, and where they stood.
struct LeftOut {
    LeftOutReason reason = LeftOutReason::hidden;
    std::uint32_t page = 0;
    std::string text = {};
};

/// In points.
struct PageSize {
    double width = 0;
    double height = 0;
};

/// What a parser makes of a document.
struct Document {
    Blocks blocks = {};
    std::string title = {};
    std::string author = {};
    std::string created = {};   ///< RFC 3339, or empty.
    std::string language = {};  ///< BCP 47 where the document says it, or empty.
    std::optional<std::uint32_t> pages = {};
    std::vector<PageSize> page_sizes = {};  ///< A page each, where they have a size.
    /// For the reader of the output: text that is unreliable or missing, and why.
    std::vector<std::string> warnings = {};
    /// What the parser leaves out of the blocks because it is sure that it is no part of the text.
    std::vector<LeftOut> left_out = {};
    /// All text of the source as a walk of its own finds it, in the source's order; where the
    /// document has pages, a form feed ends each. The ledger holds the output against it.
    std::string source_text = {};
};

}  // namespace ingestor::extract::model

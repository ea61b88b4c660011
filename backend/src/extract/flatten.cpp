#include "extract/flatten.hpp"

#include <algorithm>

#include "extract/inline_writer.hpp"

namespace ingestor::extract {
namespace {

std::string one_line(const std::vector<std::string>& row) {
    std::string line;
    for (const std::string& cell : row) {
        if (cell.empty()) continue;
        if (!line.empty()) line += "; ";
        line += cell;
    }
    return line;
}

std::string code_line(const Block& block) {
    InlineWriter writer;
    writer.text(block.text, {.code = true});
    return writer.take();
}

}  // namespace

std::string flatten(const std::vector<Block>& blocks) {
    std::string out;
    const auto put = [&](const std::string& line) {
        if (line.empty()) return;
        if (!out.empty()) out += "  \n";
        out += line;
    };
    for (const Block& block : blocks) {
        switch (block.kind) {
            case BlockKind::heading:
            case BlockKind::paragraph:
            case BlockKind::quote:
                put(block.text);
                break;
            case BlockKind::list_item:
                put((block.number > 0 ? std::to_string(block.number) + ". " : "- ") + block.text);
                break;
            case BlockKind::code:
                put(code_line(block));
                break;
            case BlockKind::table:
                for (const auto& row : block.rows) put(one_line(row));
                break;
            case BlockKind::rule:
                break;
        }
    }
    return out;
}

}  // namespace ingestor::extract

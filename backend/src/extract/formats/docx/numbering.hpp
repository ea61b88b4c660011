#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <libxml/tree.h>

#include "extract/formats/docx/styles.hpp"

namespace ingestor::extract::docx {

/// What stands before a paragraph of a list.
struct ListLabel {
    bool bullet = true;
    int number = 0;                    ///< Of a numbered one, from 0.
    std::string label;                 ///< As shown: "2.", "(a)", "1.2.1".
    std::optional<bool> checked = {};  ///< A bullet that is the box of a task.
    bool plain = true;  ///< The label is the decimal number and a dot or parenthesis, no more.
};

/// The lists of a document (`word/numbering.xml`) and their counts so far.
class Numbering {
public:
    Numbering() = default;
    /// `root` is the part's root element and may be nullptr.
    Numbering(const xmlNode* root, const Styles& styles);

    /// Counts a paragraph of list `number_id` at `level` (from 0) and gives its label; nullopt if
    /// there is no such list, or its level shows nothing.
    [[nodiscard]] std::optional<ListLabel> next(int number_id, int level);

    /// The level that a list ties to a paragraph style; nullopt if none.
    [[nodiscard]] std::optional<int> level_of_style(int number_id,
                                                    const std::string& style_id) const;

private:
    static constexpr int kLevels = 9;

    struct Level {
        std::string format = "decimal";
        std::string text;
        std::string style;
        int start = 1;
        bool legal = false;  ///< All numbers of the label in decimal digits.
    };
    using Levels = std::array<Level, kLevels>;
    struct Abstract {
        Levels levels;
        std::string style_link;
    };
    struct Instance {
        int abstract_id = 0;
        std::map<int, int> starts;
        std::map<int, Level> levels;
    };
    struct Counts {
        std::array<int, kLevels> value{};
        std::array<bool, kLevels> begun{};
    };

    [[nodiscard]] static Level read_level(const xmlNode* level);
    [[nodiscard]] const Instance* instance_of(int number_id) const;
    [[nodiscard]] const Level& level_of(const Instance& instance, int level) const;
    [[nodiscard]] std::string label_of(const Instance& instance, const Counts& counts,
                                       int level) const;

    std::map<int, Abstract> abstracts_;
    std::map<int, Instance> instances_;
    std::map<int, Counts> counts_;  ///< By abstract list: instances of one share their count.
    std::set<std::pair<int, int>> restarted_;
};

}  // namespace ingestor::extract::docx

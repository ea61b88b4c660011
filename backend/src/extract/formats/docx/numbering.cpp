#include "extract/formats/docx/numbering.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "extract/formats/docx/wordml.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {
namespace {

/// Counts are shown up to here; documents that say more are not about counting.
constexpr int kCountMax = 1'000'000;

std::string letters(int number, char first) {
    // After z comes aa, then bb.
    const int repeats = std::min((number - 1) / 26 + 1, 16);
    return std::string(static_cast<std::size_t>(repeats),
                       static_cast<char>(first + (number - 1) % 26));
}

std::string roman(int number) {
    constexpr std::array<std::pair<int, std::string_view>, 13> kSigns = {{{1000, "m"},
                                                                          {900, "cm"},
                                                                          {500, "d"},
                                                                          {400, "cd"},
                                                                          {100, "c"},
                                                                          {90, "xc"},
                                                                          {50, "l"},
                                                                          {40, "xl"},
                                                                          {10, "x"},
                                                                          {9, "ix"},
                                                                          {5, "v"},
                                                                          {4, "iv"},
                                                                          {1, "i"}}};
    std::string out;
    for (const auto& [value, sign] : kSigns) {
        for (; number >= value; number -= value) out += sign;
    }
    return out;
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
    return text;
}

/// A label is put before each of its items; Word's own are shorter than this.
constexpr std::size_t kLabelBytesMax = 1'000;

/// Whether a bullet is the box of a task, ticked or not; nullopt: it is none. Of Wingdings the
/// signs stand where symbol fonts have theirs, in the private use area.
std::optional<bool> box_of(std::string_view bullet) {
    constexpr std::array<std::string_view, 5> kEmpty = {"\u2610", "\u25a1", "\u25fb", "\uf06f",
                                                        "\uf0a8"};
    constexpr std::array<std::string_view, 6> kTicked = {"\u2611", "\u2612", "\u2705",
                                                         "\uf0fe", "\uf0fd", "\uf078"};
    bullet = text::trim(bullet);
    if (std::ranges::find(kEmpty, bullet) != kEmpty.end()) return false;
    if (std::ranges::find(kTicked, bullet) != kTicked.end()) return true;
    return std::nullopt;
}

std::string formatted(int number, std::string_view format) {
    if (number <= 0 || number > 9'999) return std::to_string(number);
    if (format == "lowerLetter") return letters(number, 'a');
    if (format == "upperLetter") return letters(number, 'A');
    if (format == "lowerRoman") return roman(number);
    if (format == "upperRoman") return upper(roman(number));
    if (format == "decimalZero" && number < 10) return "0" + std::to_string(number);
    return std::to_string(number);
}

}  // namespace

Numbering::Numbering(const xmlNode* root, const Styles& styles) {
    for (const xmlNode* at = root == nullptr ? nullptr : root->children; at != nullptr;
         at = at->next) {
        if (is_word(at, "abstractNum")) {
            Abstract& list = abstracts_[int_attribute(at, "abstractNumId").value_or(-1)];
            list.style_link = attribute(child(at, "numStyleLink"), "val");
            for (const xmlNode* level = at->children; level != nullptr; level = level->next) {
                const int index = int_attribute(level, "ilvl").value_or(-1);
                if (!is_word(level, "lvl") || index < 0 || index >= kLevels) continue;
                list.levels[static_cast<std::size_t>(index)] = read_level(level);
            }
        } else if (is_word(at, "num")) {
            Instance& instance = instances_[int_attribute(at, "numId").value_or(-1)];
            instance.abstract_id = int_attribute(child(at, "abstractNumId"), "val").value_or(-1);
            for (const xmlNode* over = at->children; over != nullptr; over = over->next) {
                const int index = int_attribute(over, "ilvl").value_or(-1);
                if (!is_word(over, "lvlOverride") || index < 0 || index >= kLevels) continue;
                if (const auto start = int_attribute(child(over, "startOverride"), "val")) {
                    instance.starts[index] = std::clamp(*start, 0, kCountMax);
                }
                if (const xmlNode* level = child(over, "lvl"))
                    instance.levels[index] = read_level(level);
            }
        }
    }
    // A list that stands for a style's list takes over that list's levels.
    for (auto& [id, list] : abstracts_) {
        if (list.style_link.empty()) continue;
        const auto number_id = styles.number_id_of(list.style_link);
        const Instance* source = number_id ? instance_of(*number_id) : nullptr;
        if (source == nullptr || !abstracts_.contains(source->abstract_id)) continue;
        list.levels = abstracts_[source->abstract_id].levels;
    }
}

Numbering::Level Numbering::read_level(const xmlNode* level) {
    Level out;
    if (std::string format = attribute(child(level, "numFmt"), "val"); !format.empty()) {
        out.format = std::move(format);
    }
    out.text = attribute(child(level, "lvlText"), "val");
    out.style = attribute(child(level, "pStyle"), "val");
    out.start = std::clamp(int_attribute(child(level, "start"), "val").value_or(1), 0, kCountMax);
    out.legal = on_off(level, "isLgl").value_or(false);
    return out;
}

const Numbering::Instance* Numbering::instance_of(int number_id) const {
    const auto found = instances_.find(number_id);
    return found == instances_.end() ? nullptr : &found->second;
}

const Numbering::Level& Numbering::level_of(const Instance& instance, int level) const {
    static const Level kPlain;
    if (const auto own = instance.levels.find(level); own != instance.levels.end())
        return own->second;
    const auto list = abstracts_.find(instance.abstract_id);
    return list == abstracts_.end() ? kPlain : list->second.levels[static_cast<std::size_t>(level)];
}

std::string Numbering::label_of(const Instance& instance, const Counts& counts, int level) const {
    const Level& own = level_of(instance, level);
    std::string out;
    for (std::size_t i = 0; i < own.text.size() && out.size() <= kLabelBytesMax + 4; ++i) {
        const char next = i + 1 < own.text.size() ? own.text[i + 1] : '\0';
        if (own.text[i] != '%' || next < '1' || next > '9') {
            out += own.text[i];
            continue;
        }
        const int of = next - '1';
        const auto index = static_cast<std::size_t>(of);
        const Level& named = level_of(instance, of);
        const int value = counts.begun[index] ? counts.value[index] : named.start;
        out += formatted(value, own.legal ? "decimal" : named.format);
        ++i;
    }
    return std::string(text::trim(text::prefix(out, kLabelBytesMax)));
}

std::optional<ListLabel> Numbering::next(int number_id, int level) {
    const Instance* instance = instance_of(number_id);
    if (instance == nullptr) return std::nullopt;
    level = std::clamp(level, 0, kLevels - 1);
    const auto index = static_cast<std::size_t>(level);
    const Level& own = level_of(*instance, level);
    Counts& counts = counts_[instance->abstract_id];

    const auto start = instance->starts.find(level);
    const bool restarts =
        start != instance->starts.end() && restarted_.emplace(number_id, level).second;
    if (restarts) {
        counts.value[index] = start->second;
    } else if (!counts.begun[index]) {
        counts.value[index] = own.start;
    } else if (counts.value[index] < kCountMax) {
        ++counts.value[index];
    }
    counts.begun[index] = true;
    for (std::size_t deeper = index + 1; deeper < kLevels; ++deeper) counts.begun[deeper] = false;

    if (own.format == "bullet") {
        return ListLabel{.bullet = true, .number = 0, .label = {}, .checked = box_of(own.text)};
    }
    const std::string label = label_of(*instance, counts, level);
    if (label.empty() || (own.format == "none" && own.text.empty())) return std::nullopt;
    const std::string number = std::to_string(counts.value[index]);
    return ListLabel{.bullet = false,
                     .number = counts.value[index],
                     .label = label,
                     .checked = {},
                     .plain = label == number + "." || label == number + ")" || label == number};
}

std::optional<int> Numbering::level_of_style(int number_id, const std::string& style_id) const {
    const Instance* instance = instance_of(number_id);
    if (instance == nullptr || style_id.empty()) return std::nullopt;
    for (int level = 0; level < kLevels; ++level) {
        if (level_of(*instance, level).style == style_id) return level;
    }
    return std::nullopt;
}

}  // namespace ingestor::extract::docx

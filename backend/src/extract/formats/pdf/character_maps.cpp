#include "extract/formats/pdf/character_maps.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

#include <Stream.h>

namespace ingestor::extract::pdf {
namespace {

// A table takes 4 KB. Maps of two bytes need 256, UTF-16's some thousand.
constexpr std::uint64_t kTablesMax = 8'192;
// There are 65,536 glyphs in a font, and a few codes for some.
constexpr std::uint64_t kCodesMax = 4'000'000;
constexpr std::size_t kMapBytesMax = std::size_t{1} << 20;
constexpr int kDepthMax = 8;

// A code of a map: `<8140>`.
struct Code {
    std::uint32_t value = 0;
    std::size_t bytes = 0;
    [[nodiscard]] std::uint32_t byte(std::size_t index) const {
        return value >> (8 * (bytes - 1 - index)) & 0xFF;
    }
};

// The tables that codes from `low` to `high` need.
std::uint64_t tables_for(const Code& low, const Code& high) {
    std::uint64_t tables = 1;
    std::uint64_t beginnings = 1;
    for (std::size_t i = 0; i + 1 < low.bytes && i + 1 < high.bytes; ++i) {
        if (high.byte(i) < low.byte(i)) return tables;
        beginnings *= high.byte(i) - low.byte(i) + 1;
        tables += beginnings;
    }
    return tables;
}

// Nothing where it is longer than any map is.
std::string decoded(Stream& stream) {
    std::string out;
    std::array<unsigned char, 4'096> buffer{};
    stream.reset();
    while (out.size() <= kMapBytesMax) {
        const int got = stream.doGetChars(static_cast<int>(buffer.size()), buffer.data());
        if (got <= 0) break;
        out.append(reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(got));
    }
    stream.close();
    return out;
}

bool is_affordable_encoding(const Object& encoding, int depth) {
    if (!encoding.isStream()) return true;
    if (depth > kDepthMax) return false;
    const std::string map = decoded(*encoding.getStream());
    if (map.size() > kMapBytesMax || !is_affordable_map(map)) return false;
    return is_affordable_encoding(encoding.streamGetDict()->lookup("UseCMap"), depth + 1);
}

}  // namespace

bool is_affordable_map(std::string_view map) {
    enum class Section { none, code_space, range } section = Section::none;
    std::vector<Code> codes;
    std::uint64_t tables = 0;
    std::uint64_t in_ranges = 0;
    for (std::size_t at = 0; at < map.size();) {
        const std::size_t begin = map.find_first_not_of(" \t\r\n\f>", at);
        if (begin == std::string_view::npos) break;
        const std::size_t end = std::min(map.find_first_of(" \t\r\n\f<>", begin + 1), map.size());
        const std::string_view token = map.substr(begin, end - begin);
        at = end;
        if (token == "begincodespacerange" || token == "begincidrange") {
            section = token == "begincidrange" ? Section::range : Section::code_space;
            codes.clear();
        } else if (token.starts_with("end")) {
            section = Section::none;
        }
        if (section == Section::none || token.front() != '<') continue;
        Code code{.value = 0, .bytes = token.size() / 2};
        (void)std::from_chars(token.data() + 1, token.data() + token.size(), code.value, 16);
        codes.push_back(code);
        if (codes.size() < 2) continue;
        if (section == Section::code_space) {
            tables += tables_for(codes[0], codes[1]);
        } else if (codes[1].value >= codes[0].value) {
            in_ranges += std::uint64_t{codes[1].value} - codes[0].value + 1;
        }
        codes.clear();
        if (tables > kTablesMax || in_ranges > kCodesMax) return false;
    }
    return true;
}

bool CharacterMaps::visit(Dict* resources, int depth) {
    if (resources == nullptr || depth > kDepthMax) return true;
    for (const char* const kind : {"Font", "XObject", "Pattern"}) {
        const Object named = resources->lookup(kind);
        if (named.isDict() && !visit_all(named, depth)) return false;
    }
    return true;
}

bool CharacterMaps::visit_all(const Object& named, int depth) {
    for (int i = 0; i < named.dictGetLength(); ++i) {
        const Object& reference = named.dictGetValNF(i);
        if (reference.isRef() && !seen_.insert(reference.getRefNum()).second) continue;
        const Object object = named.getDict()->getVal(i);
        if (!object.isDict() && !object.isStream()) continue;
        const Dict& dict = object.isDict() ? *object.getDict() : *object.streamGetDict();
        if (object.isDict() && !is_affordable_encoding(dict.lookup("Encoding"), 0)) return false;
        const Object inner = dict.lookup("Resources");
        if (inner.isDict() && !visit(inner.getDict(), depth + 1)) return false;
    }
    return true;
}

}  // namespace ingestor::extract::pdf

#include "extract/formats/docx/source_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {
namespace {

using namespace std::string_view_literals;

/// Elements that part words; the others stand within a word as likely as between two.
constexpr std::array kParting = {"p"sv, "tab"sv, "ptab"sv, "br"sv, "cr"sv, "tc"sv, "pt"sv, "v"sv};

struct Tag {
    std::string_view prefix = {}, name = {};
    bool closes = false;
    bool empty = false;
};

/// The tag between '<' and '>'.
Tag tag_of(std::string_view inside) {
    Tag tag{.closes = inside.starts_with('/'), .empty = inside.ends_with('/')};
    if (tag.closes) inside.remove_prefix(1);
    std::string_view name = inside.substr(0, inside.find_first_of(" \t\r\n/"));
    if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
        tag.prefix = name.substr(0, colon);
        name.remove_prefix(colon + 1);
    }
    tag.name = name;
    return tag;
}

/// Text with its references put in (XML 1.0, 4.6).
void append_text(std::string& out, std::string_view text) {
    constexpr std::array<std::pair<std::string_view, char>, 5> kNamed = {
        {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
    while (!text.empty()) {
        const std::size_t at = std::min(text.find('&'), text.size());
        out += text.substr(0, at);
        text.remove_prefix(at);
        if (text.empty()) return;
        const std::size_t end = text.substr(0, 12).find(';');
        if (end == std::string_view::npos) {
            out += '&';
            text.remove_prefix(1);
            continue;
        }
        std::string_view name = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (name.starts_with('#')) {
            const bool hexadecimal = name.starts_with("#x");
            name.remove_prefix(hexadecimal ? 2 : 1);
            std::uint32_t value = 0;
            (void)std::from_chars(name.data(), name.data() + name.size(), value,
                                  hexadecimal ? 16 : 10);
            text::append_utf8(out, value);
            continue;
        }
        const auto* const found =
            std::ranges::find(kNamed, name, &std::pair<std::string_view, char>::first);
        if (found != kNamed.end()) out += found->second;
    }
}

}  // namespace

std::string part_text(std::string_view xml) {
    std::string out;
    // What a change took away stands apart: the words around it meet where it was.
    std::string deleted;
    std::size_t fallbacks = 0, deletions = 0;
    bool in_text = false;
    const auto into = [&]() -> std::string& { return deletions > 0 ? deleted : out; };
    for (std::size_t at = 0; at < xml.size();) {
        if (xml[at] != '<') {
            const std::size_t end = std::min(xml.find('<', at), xml.size());
            if (in_text && fallbacks == 0) append_text(into(), xml.substr(at, end - at));
            at = end;
            continue;
        }
        const bool remark = xml.substr(at).starts_with("<!--");
        const bool data = xml.substr(at).starts_with("<![CDATA[");
        const std::string_view close = remark ? "-->"sv : data ? "]]>"sv : ">"sv;
        const std::size_t end = std::min(xml.find(close, at), xml.size());
        if (data && in_text && fallbacks == 0) into() += xml.substr(at + 9, end - at - 9);
        const std::size_t next = std::min(end + close.size(), xml.size());
        if (!remark && !data) {
            const Tag tag = tag_of(xml.substr(at + 1, end - at - 1));
            if (tag.name == "Fallback" && !tag.empty)
                fallbacks += tag.closes ? (fallbacks > 0 ? std::size_t(-1) : 0) : 1;
            if ((tag.name == "del" || tag.name == "moveFrom") && !tag.empty) {
                deletions += tag.closes ? (deletions > 0 ? std::size_t(-1) : 0) : 1;
                if (tag.closes) deleted += '\n';
            }
            const bool text = tag.name == "t" || tag.name == "delText" || tag.name == "v";
            if (text) in_text = !tag.closes && !tag.empty;
            // Signs of a formula stand in elements of their own.
            const bool parts = std::ranges::find(kParting, tag.name) != kParting.end() ||
                               (tag.name == "t" && tag.prefix == "m");
            if (parts && !into().ends_with('\n')) into() += '\n';
        }
        at = next;
    }
    return deleted.empty() ? out : out + '\n' + deleted;
}

}  // namespace ingestor::extract::docx

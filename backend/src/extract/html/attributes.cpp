#include "extract/html/attributes.hpp"

#include <algorithm>

#include "extract/utf8.hpp"

namespace ingestor::extract {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Where a start tag ends, and where those of its attributes end that stay.
struct StartTag {
    std::string name;
    std::size_t kept_end = 0;
    std::size_t end = 0;  ///< On the `>`, or the end of the page.
};

/// Reads the tag at `begin` as libxml2 does.
StartTag read_start_tag(std::string_view page, std::size_t begin) {
    std::size_t at = begin + 1;
    const auto skip_blanks = [&] {
        while (at < page.size() && is_blank(page[at])) ++at;
    };
    const auto skip_until = [&](auto stops) {
        while (at < page.size() && page[at] != '>' && !stops(page[at])) ++at;
    };
    skip_until([](char c) { return is_blank(c) || c == '/'; });
    StartTag tag{
        .name = to_lower_ascii(page.substr(begin + 1, std::min<std::size_t>(at - begin - 1, 16)))};
    std::size_t attributes = 0;
    while (true) {
        if (attributes <= kAttributesMax) tag.kept_end = at;
        skip_blanks();
        if (at >= page.size() || page[at] == '>') break;
        ++attributes;
        const std::size_t name = at;
        skip_until([](char c) { return is_blank(c) || c == '='; });
        const std::size_t name_end = at;
        skip_blanks();
        if (at >= page.size() || page[at] != '=' || name == name_end) {
            at = std::max(name_end, name + 1);
            continue;
        }
        ++at;
        skip_blanks();
        if (at < page.size() && (page[at] == '"' || page[at] == '\'')) {
            at = std::min(page.find(page[at], at + 1), page.size() - 1) + 1;
        } else {
            skip_until(is_blank);
        }
    }
    tag.end = at;
    if (attributes <= kAttributesMax) tag.kept_end = tag.end;
    return tag;
}

/// Where the text of a script or style sheet ends, which is no markup.
std::size_t raw_text_end(std::string_view page, std::size_t at, std::string_view name) {
    for (at = page.find("</", at); at != std::string_view::npos; at = page.find("</", at + 2)) {
        if (to_lower_ascii(page.substr(at + 2, name.size())) == name) return at;
    }
    return page.size();
}

}  // namespace

std::optional<std::string> without_excess_attributes(std::string_view page) {
    std::string out;
    std::size_t copied = 0;
    for (std::size_t at = page.find('<'); at != std::string_view::npos; at = page.find('<', at)) {
        if (page.substr(at).starts_with("<!--")) {
            at = page.find("-->", at + 4);
            continue;
        }
        if (at + 1 >= page.size() || !is_letter(page[at + 1])) {
            ++at;
            continue;
        }
        const StartTag tag = read_start_tag(page, at);
        if (tag.kept_end < tag.end) {
            out += page.substr(copied, tag.kept_end - copied);
            copied = tag.end;
        }
        at = tag.end;
        if (tag.name == "script" || tag.name == "style") at = raw_text_end(page, at, tag.name);
    }
    if (copied == 0) return std::nullopt;
    out += page.substr(copied);
    return out;
}

}  // namespace ingestor::extract

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ingestor::awsapi {

/// An element of a document that a client sent: its name without a prefix, its own text, and the
/// elements in it.
struct XmlElement {
    std::string name;
    std::string text;
    std::vector<XmlElement> children;

    /// The first child of that name; nullptr: there is none.
    [[nodiscard]] const XmlElement* child(std::string_view name) const;
    /// Its text; empty: there is none.
    [[nodiscard]] std::string_view text_of(std::string_view name) const;
};

/// So many elements a document may have: a batch of 1,000 keys and 10,000 parts are below it.
inline constexpr std::size_t kXmlElementsMax = 60'000;
inline constexpr std::size_t kXmlDepthMax = 16;

/// Reads a document without a DTD; nothing outside of it is looked at. Errors: invalid_argument
/// (not well-formed, a DTD, or over a limit).
[[nodiscard]] Result<XmlElement> parse_xml(std::string_view text);

}  // namespace ingestor::awsapi

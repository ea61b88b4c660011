#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <libxml/tree.h>

#include "extract/container/xml.hpp"

namespace ingestor::extract::docx {

using container::attribute;
using container::child;
using container::local_name;
using container::name_space;
using container::text_of;

/// The vocabularies of a Word document, transitional and strict alike.
enum class Vocabulary { word, math, compatibility, other };

[[nodiscard]] Vocabulary vocabulary_of(const xmlNode* element);

/// True for WordprocessingML's own element of this name.
[[nodiscard]] bool is_word(const xmlNode* node, std::string_view name);

/// The value of an on/off property: on if it has no value; nullopt if the element is absent.
[[nodiscard]] std::optional<bool> on_off(const xmlNode* properties, std::string_view name);

/// A decimal attribute; nullopt if absent or no number.
[[nodiscard]] std::optional<int> int_attribute(const xmlNode* node, std::string_view name);

/// All text inside the node, deleted text included; paragraphs and cells are parted.
[[nodiscard]] std::string spaced_text(const xmlNode* node);

/// The branch of `mc:AlternateContent` to read: the first choice, or the fallback if there is none.
/// Both say the same, so that only one may be read.
[[nodiscard]] const xmlNode* chosen_branch(const xmlNode* alternate);

}  // namespace ingestor::extract::docx

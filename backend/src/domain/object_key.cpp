#include "domain/object_key.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/encoding.hpp"

namespace ingestor::domain {

namespace {

bool is_object_key(std::string_view text) {
    return !text.empty() && text.size() <= kObjectKeyBytesMax && is_utf8(text) &&
           text.find('\0') == std::string_view::npos;
}

std::string rule() {
    return "an object key is 1 to " + std::to_string(kObjectKeyBytesMax) +
           " bytes of UTF-8 without NUL";
}

}  // namespace

ObjectKey::ObjectKey(std::string text) : value_(std::move(text)) {
    if (!is_object_key(value_)) throw std::invalid_argument(rule());
}

Result<ObjectKey> ObjectKey::parse(std::string text) {
    if (!is_object_key(text)) return fail(Errc::invalid_argument, rule(), "key");
    return ObjectKey(std::move(text));
}

}  // namespace ingestor::domain

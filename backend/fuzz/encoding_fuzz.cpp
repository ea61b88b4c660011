#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "base/time.hpp"
#include "fuzz.hpp"

/// Text in every encoding of base/encoding.hpp and base/time.hpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    using fuzz::require;
    const auto text = fuzz::Input(data, size).rest();

    require(from_hex(to_hex(text)) == text, "hexadecimal");
    require(from_base64(to_base64(text)) == text, "base64");
    require(from_base64url(to_base64url(text)) == text, "base64url");
    require(percent_decode(percent_encode(text)) == text, "percent-encoding");
    // Strict readers take one spelling of a thing.
    if (const auto bytes = from_base64(text)) require(to_base64(*bytes) == text, "one base64");
    if (const auto bytes = from_base64url(text)) {
        require(to_base64url(*bytes) == text, "one base64url");
    }
    if (const auto bytes = from_hex(text)) require(bytes->size() * 2 == text.size(), "hex digits");
    require(percent_decode(text).size() <= text.size(), "decoding does not grow");

    if (is_utf8(text)) {
        // Another reader's opinion.
        boost::system::error_code error;
        boost::json::parse(boost::json::serialize(boost::json::string_view(text)), error);
        require(!error, "what is UTF-8 to us is UTF-8 to Boost.JSON");
        require(count_characters(text) <= text.size(), "characters have bytes");
    }
    if (const auto time = parse_rfc3339(text)) {
        require(parse_rfc3339(to_rfc3339(*time)) == *time, "RFC 3339");
    }
    if (const auto time = parse_iso_basic(text)) require(to_iso_basic(*time) == text, "ISO basic");
    return 0;
}

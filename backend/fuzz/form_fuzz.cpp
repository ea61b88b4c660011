#include <string>

#include "base/encoding.hpp"
#include "fuzz.hpp"
#include "http/form.hpp"

/// A body in application/x-www-form-urlencoded. What was read, written again, reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    using fuzz::require;
    constexpr std::size_t kPairsMax = 100;
    const auto pairs = http::parse_form(fuzz::Input(data, size).rest(), kPairsMax);
    if (!pairs) return 0;
    require(pairs->size() <= kPairsMax, "the number of pairs is limited");
    std::string again;
    for (const auto& [name, value] : *pairs) {
        require(is_utf8(name) && is_utf8(value), "names and values are UTF-8");
        again += percent_encode(name) + "=" + percent_encode(value) + "&";
    }
    const auto reread = http::parse_form(again, kPairsMax);
    require(reread.has_value(), "what was written by the rules is read");
    // A pair without name and value is nothing when it is read.
    auto wanted = *pairs;
    std::erase(wanted, std::pair<std::string, std::string>());
    require(*reread == wanted, "pairs come out as they were sent");
    return 0;
}

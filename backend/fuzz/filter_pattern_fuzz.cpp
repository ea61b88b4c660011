#include <boost/json.hpp>

#include "fuzz.hpp"
#include "logs/filter_pattern.hpp"

/// The first line is a filter pattern, the rest is a message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using ingestor::fuzz::require;
    using ingestor::logs::FilterPattern;
    ingestor::fuzz::Input input(data, size);
    const auto text = input.line();
    const auto message = input.rest();
    const auto pattern = FilterPattern::parse(text);
    if (!pattern) {
        require(!pattern.error().empty(), "a refusal says what is wrong");
        return 0;
    }
    const bool wanted = pattern->matches(message);
    const auto begin = text.find_first_not_of(" \t\n\r");
    if (begin == std::string_view::npos) require(wanted, "an empty pattern wants everything");
    const bool tests_properties = begin != std::string_view::npos && text[begin] == '{';
    if (!tests_properties || !wanted) return 0;
    boost::system::error_code error;
    const auto value = boost::json::parse(boost::json::string_view(message), error);
    require(!error && value.is_object(), "properties are those of JSON");
    return 0;
}

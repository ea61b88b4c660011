#include "awsapi/json/page.hpp"

#include "base/encoding.hpp"

namespace ingestor::awsapi::json {

namespace {

constexpr std::string_view kTokenPrefix = "after:";

}  // namespace

PageRequest read_page_request(Input& input) {
    constexpr std::int64_t kLimitMax = 100;
    PageRequest page;
    page.limit = static_cast<std::size_t>(input.integer("Limit", 1, kLimitMax).value_or(kLimitMax));
    const auto token = input.text("NextToken", {.min = 1, .max = 2'048});
    if (token.empty()) return page;
    const auto name = from_base64(token);
    if (name && name->starts_with(kTokenPrefix)) {
        page.after = name->substr(kTokenPrefix.size());
    } else {
        input.violations().add("nextToken", token, "Member must be a token of the page before");
    }
    return page;
}

std::string next_token(std::string_view last_name) {
    return to_base64(std::string(kTokenPrefix) + std::string(last_name));
}

}  // namespace ingestor::awsapi::json

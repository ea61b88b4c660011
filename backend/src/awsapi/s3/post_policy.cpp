#include "awsapi/s3/post_policy.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {

namespace json = boost::json;

namespace {

constexpr std::size_t kDepthMax = 8;
/// What needs no condition.
constexpr std::array<std::string_view, 5> kFree = {"awsaccesskeyid", "signature", "x-amz-signature",
                                                   "policy", "file"};
constexpr std::string_view kIgnored = "x-ignore-";

S3Error invalid_policy(std::string why) {
    return {.status = 400,
            .code = "InvalidPolicyDocument",
            .message = fmt::format("Invalid Policy: {}", why)};
}

S3Error denied(std::string why) {
    return {.status = 403,
            .code = "AccessDenied",
            .message = fmt::format("Invalid according to Policy: {}", why)};
}

std::optional<std::uint64_t> number_of(const json::value& value) {
    json::error_code error;
    const auto number = value.to_number<std::uint64_t>(error);
    if (!error) return number;
    // Some clients write numbers as text.
    const auto* text = value.if_string();
    if (text == nullptr || text->empty() || text->size() > 19 ||
        text->find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    return std::stoull(std::string(*text));
}

}  // namespace

bool PostPolicy::Condition::holds(std::string_view given) const {
    return kind == Kind::equal ? given == value : given.starts_with(value);
}

std::string PostPolicy::Condition::text() const {
    return fmt::format("[\"{}\", \"${}\", \"{}\"]", kind == Kind::equal ? "eq" : "starts-with",
                       field, value);
}

/// Reads the conditions one by one.
struct PostPolicy::Reader {
    PostPolicy& policy;

    [[nodiscard]] bool read_pairs(const json::object& pairs) const {
        for (const auto& [name, value] : pairs) {
            const auto* text = value.if_string();
            if (text == nullptr) return false;
            policy.conditions_.push_back(
                {.field = lower_case(std::string_view(name)), .value = std::string(*text)});
        }
        return !pairs.empty();
    }

    [[nodiscard]] bool read_list(const json::array& list) const {
        if (list.size() != 3 || !list[0].is_string()) return false;
        const auto verb = lower_case(std::string_view(list[0].get_string()));
        if (verb == "content-length-range") {
            const auto min = number_of(list[1]);
            const auto max = number_of(list[2]);
            if (!min || !max || *min > *max) return false;
            policy.bytes_min_ = std::max(policy.bytes_min_, *min);
            policy.bytes_max_ = std::min(policy.bytes_max_, *max);
            return true;
        }
        const auto* field = list[1].if_string();
        const auto* value = list[2].if_string();
        if (field == nullptr || value == nullptr || !field->starts_with('$')) return false;
        if (verb != "eq" && verb != "starts-with") return false;
        policy.conditions_.push_back(
            {.kind = verb == "eq" ? Condition::Kind::equal : Condition::Kind::begins,
             .field = lower_case(std::string_view(*field).substr(1)),
             .value = std::string(*value)});
        return true;
    }
};

S3Result<PostPolicy> PostPolicy::parse(std::string_view text) {
    json::error_code error;
    json::parse_options options;
    options.max_depth = kDepthMax;
    const auto parsed = json::parse(text, error, {}, options);
    const auto* root = error ? nullptr : parsed.if_object();
    if (root == nullptr) return refuse(invalid_policy("Invalid JSON."));
    PostPolicy policy;
    const auto* expiration = root->if_contains("expiration");
    const auto* date = expiration == nullptr ? nullptr : expiration->if_string();
    if (date == nullptr) return refuse(invalid_policy("Policy missing expiration."));
    const auto expires = parse_rfc3339(*date);
    if (!expires) {
        return refuse(
            invalid_policy(fmt::format("Invalid 'expiration' value: '{}'", std::string(*date))));
    }
    policy.expires_ = *expires;
    const auto* listed = root->if_contains("conditions");
    const auto* conditions = listed == nullptr ? nullptr : listed->if_array();
    if (conditions == nullptr) return refuse(invalid_policy("Policy missing conditions."));
    const Reader reader{policy};
    for (const auto& condition : *conditions) {
        const bool fine = condition.is_object()  ? reader.read_pairs(condition.get_object())
                          : condition.is_array() ? reader.read_list(condition.get_array())
                                                 : false;
        if (!fine) {
            return refuse(
                invalid_policy(fmt::format("Invalid condition: {}", json::serialize(condition))));
        }
    }
    return policy;
}

S3Result<std::monostate> PostPolicy::check(const FormFields& fields, std::string_view bucket,
                                           TimePoint now) const {
    if (now >= expires_) return refuse(denied("Policy expired."));
    for (const auto& condition : conditions_) {
        const auto place = fields.find(condition.field);
        const auto given = condition.field == "bucket" ? bucket
                           : place == fields.end()     ? std::string_view()
                                                       : std::string_view(place->second);
        if (!condition.holds(given)) {
            return refuse(denied("Policy Condition failed: " + condition.text()));
        }
    }
    for (const auto& [name, value] : fields) {
        if (name.starts_with(kIgnored) || name == "bucket" ||
            std::ranges::find(kFree, name) != kFree.end() ||
            std::ranges::find(conditions_, name, &Condition::field) != conditions_.end()) {
            continue;
        }
        return refuse(denied("Extra input fields: " + name));
    }
    return std::monostate{};
}

}  // namespace ingestor::awsapi::s3

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "awsapi/s3/error.hpp"
#include "base/time.hpp"

namespace ingestor::awsapi::s3 {

/// The fields of a form by their names in lower case.
using FormFields = std::map<std::string, std::string>;

/// What the one who signed a form allows it to hold.
/// Source: Amazon S3 API reference, "POST policy".
class PostPolicy {
public:
    /// `text` is JSON. Errors: InvalidPolicyDocument.
    [[nodiscard]] static S3Result<PostPolicy> parse(std::string_view text);

    /// Whether a form may be as it is: the policy has not expired, every condition holds, and every
    /// field has one. Errors: AccessDenied.
    [[nodiscard]] S3Result<std::monostate> check(const FormFields& fields, std::string_view bucket,
                                                 TimePoint now) const;
    [[nodiscard]] std::uint64_t bytes_min() const { return bytes_min_; }
    [[nodiscard]] std::uint64_t bytes_max() const { return bytes_max_; }

private:
    struct Condition {
        enum class Kind { equal, begins };
        Kind kind = Kind::equal;
        std::string field;
        std::string value;

        [[nodiscard]] bool holds(std::string_view given) const;
        [[nodiscard]] std::string text() const;
    };
    struct Reader;

    TimePoint expires_ = {};
    std::vector<Condition> conditions_;
    std::uint64_t bytes_min_ = 0;
    std::uint64_t bytes_max_ = UINT64_MAX;
};

}  // namespace ingestor::awsapi::s3

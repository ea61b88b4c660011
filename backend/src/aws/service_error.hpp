#pragma once

#include <expected>
#include <string>

#include "base/result.hpp"

namespace ingestor::aws {

/// Why a service did not do what it was asked.
struct ServiceError {
    std::string
        code;  ///< AWS's (`ConditionalCheckFailedException`, `NoSuchKey`); empty: no answer.
    std::string message;
    long http_status = 0;   ///< 0: no answer.
    std::string body = {};  ///< Of the answer, for what it says beside code and message.
    /// How often it was asked. After more than one an earlier request may have been carried out and
    /// only its answer lost: a condition that fails then may have failed against ourselves.
    int attempts = 1;
    bool retryable = false;  ///< The same request may succeed later.
    Errc errc = Errc::internal;

    /// For callers that know nothing of AWS. `doing` begins the message.
    [[nodiscard]] Error error(std::string_view doing) const;
};

template <class T>
using ServiceResult = std::expected<T, ServiceError>;

}  // namespace ingestor::aws

#include "awsapi/json/service_error.hpp"

namespace ingestor::awsapi::json {

std::optional<ServiceError> common_error(const Error& error) {
    switch (error.code) {
        case Errc::permission_denied:
            return ServiceError{.code = "AccessDeniedException", .message = error.message};
        case Errc::unavailable:
        case Errc::timed_out:
        case Errc::out_of_space:
            return ServiceError{.status = 503,
                                .code = "ServiceUnavailable",
                                .message =
                                    "The service is not able to do this at the moment; "
                                    "try again.",
                                .failure = error.message};
        case Errc::rate_limited:
            return ServiceError{.code = "ThrottlingException", .message = error.message};
        case Errc::internal:
            return ServiceError{.status = 500,
                                .code = "InternalException",
                                .message = "The request failed within the service.",
                                .failure = error.message};
        case Errc::invalid_argument:
        case Errc::unauthenticated:
        case Errc::not_found:
        case Errc::conflict:
        case Errc::too_large:
        case Errc::unsupported:
        case Errc::cancelled:
        case Errc::corrupt:
        case Errc::encrypted:
        case Errc::empty:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace ingestor::awsapi::json

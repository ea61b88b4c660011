#include "base/result.hpp"

namespace ingestor {

std::string_view to_string(Errc code) {
    switch (code) {
        case Errc::invalid_argument:
            return "invalid_argument";
        case Errc::unauthenticated:
            return "unauthenticated";
        case Errc::permission_denied:
            return "permission_denied";
        case Errc::not_found:
            return "not_found";
        case Errc::conflict:
            return "conflict";
        case Errc::too_large:
            return "too_large";
        case Errc::unsupported:
            return "unsupported";
        case Errc::rate_limited:
            return "rate_limited";
        case Errc::unavailable:
            return "unavailable";
        case Errc::out_of_space:
            return "out_of_space";
        case Errc::timed_out:
            return "timed_out";
        case Errc::cancelled:
            return "cancelled";
        case Errc::corrupt:
            return "corrupt";
        case Errc::encrypted:
            return "encrypted";
        case Errc::empty:
            return "empty";
        case Errc::internal:
            return "internal";
    }
    return "internal";
}

bool is_retryable(Errc code) {
    return code == Errc::unavailable || code == Errc::out_of_space || code == Errc::rate_limited;
}

}  // namespace ingestor

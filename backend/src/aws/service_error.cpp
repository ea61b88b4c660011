#include "aws/service_error.hpp"

#include <fmt/format.h>

namespace ingestor::aws {

Error ServiceError::error(std::string_view doing) const {
    if (code.empty()) return {.code = errc, .message = fmt::format("{}: {}", doing, message)};
    return {.code = errc, .message = fmt::format("{}: {}: {}", doing, code, message)};
}

}  // namespace ingestor::aws

#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace ingestor {

/// What the caller can do about a failure; never which vendor or library failed.
enum class Errc {
    invalid_argument,   ///< The input is wrong; `Error::field` names what. Never retry unchanged.
    unauthenticated,    ///< No identity, or one that does not verify.
    permission_denied,  ///< A known identity that may not do this.
    not_found,          ///< The thing named does not exist (or is not the caller's to know of).
    conflict,           ///< The thing is not in a state that allows this (lost lease, ended job).
    too_large,          ///< A named limit is exceeded.
    unsupported,        ///< Well-formed, but of a kind that is not handled.
    rate_limited,       ///< The caller's own rate is exceeded; retry later.
    unavailable,        ///< May succeed if retried unchanged.
    out_of_space,       ///< No room to store it; succeeds unchanged once room is made.
    timed_out,          ///< A time limit ended the work.
    cancelled,          ///< The user asked for the work to stop.
    corrupt,            ///< Data is damaged. Never retry.
    encrypted,          ///< Data needs a password that we do not have. Never retry.
    empty,              ///< Data holds nothing to work on. Never retry.
    internal,           ///< A fault of ours.
};

/// The name of a code as it stands in logs, on the wire and in `files[].error.code`.
[[nodiscard]] std::string_view to_string(Errc code);

/// True where the same call may succeed later without any change.
[[nodiscard]] bool is_retryable(Errc code);

/// A failure with its cause in words. The message names the thing and the remedy, and holds no
/// secret.
struct Error {
    Errc code = Errc::internal;
    std::string message;
    /// Where the fault lies in the input, as a dotted path (`files.0.file_key`); empty if nowhere.
    std::string field = {};
};

template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for the failing half of a Result.
[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message,
                                                 std::string field = {}) {
    return std::unexpected(
        Error{.code = code, .message = std::move(message), .field = std::move(field)});
}

}  // namespace ingestor

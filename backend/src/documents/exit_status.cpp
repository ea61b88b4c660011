#include "documents/exit_status.hpp"

#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <sys/wait.h>

#include "base/result.hpp"
#include "documents/messages.hpp"

namespace ingestor::documents {
namespace {

constexpr const char* kCrashed = "crashed";

ports::ExtractionError document_error(std::string code, std::string message) {
    return {.file_error = {.code = std::move(code), .message = std::move(message)},
            .retryable = false};
}

ports::ExtractionError document_error(Errc code, std::string message) {
    return document_error(std::string(to_string(code)), std::move(message));
}

ports::ExtractionError transient_error(std::string message) {
    return {.file_error = {.code = std::string(to_string(Errc::unavailable)),
                           .message = std::move(message)},
            .retryable = true};
}

ports::ExtractionError out_of_memory(const ports::ExtractionLimits& limits) {
    return document_error(Errc::too_large, fmt::format("needs more than {} MB of memory",
                                                       limits.memory_bytes_max >> 20));
}

ports::ExtractionError classify_signal(int signal, const ProcessEnd& end,
                                       const ports::ExtractionLimits& limits) {
    switch (signal) {
        case SIGKILL:
            return transient_error(
                "the extraction was killed from outside; the machine may be short of memory");
        case SIGSYS:
            return document_error(kCrashed,
                                  "the parser tried what the sandbox forbids and was ended");
        default:
            break;
    }
    // The kernel refuses memory at the limit, and a library that cannot do without aborts.
    if (signal == SIGABRT && end.resident_bytes_peak > limits.memory_bytes_max / 4 * 3) {
        return out_of_memory(limits);
    }
    return document_error(kCrashed,
                          fmt::format("the parser crashed on this document: {}", describe(end)));
}

}  // namespace

std::string describe(const ProcessEnd& end) {
    if (WIFSIGNALED(end.status)) {
        const int signal = WTERMSIG(end.status);
        return fmt::format("signal {} ({})", signal, ::sigdescr_np(signal));
    }
    return fmt::format("exit {}", WEXITSTATUS(end.status));
}

ports::ExtractionError classify_exit(const ProcessEnd& end, KillCause cause,
                                     const ports::ExtractionLimits& limits) {
    switch (cause) {
        case KillCause::cancelled:
            return document_error(Errc::cancelled, "stopped by the user");
        case KillCause::wall_time:
            return document_error(Errc::timed_out, fmt::format("took longer than {} s",
                                                               limits.wall_time_max.count()));
        case KillCause::processor_time:
            return document_error(
                Errc::timed_out,
                fmt::format("needs more than {} s of processor time", limits.cpu_time_max.count()));
        case KillCause::held_up:
            return transient_error(fmt::format(
                "the machine held the extraction up for {} s: it is frozen, or short of "
                "processor time",
                limits.wall_time_max.count()));
        case KillCause::protocol:
            return document_error(kCrashed, "the parser sent an answer that makes no sense");
        case KillCause::stopping:
            return transient_error("the service is stopping");
        case KillCause::recycled:
        case KillCause::user_changed:
        case KillCause::slow_start:
            return transient_error("the extraction helper was replaced");
        case KillCause::none:
            break;
    }
    if (WIFSIGNALED(end.status)) return classify_signal(WTERMSIG(end.status), end, limits);
    if (WEXITSTATUS(end.status) == kExitOutOfMemory) return out_of_memory(limits);
    if (WEXITSTATUS(end.status) == kExitInputUnreadable) {
        return transient_error("the stored document could not be read");
    }
    return document_error(kCrashed,
                          fmt::format("the parser stopped without an answer: {}", describe(end)));
}

std::string restart_reason(const ProcessEnd& end, KillCause cause) {
    switch (cause) {
        case KillCause::cancelled:
            return "cancelled";
        case KillCause::wall_time:
        case KillCause::processor_time:
            return "timed_out";
        case KillCause::held_up:
            return "held_up";
        case KillCause::user_changed:
            return "user_changed";
        case KillCause::protocol:
            return "protocol";
        case KillCause::stopping:
            return "stopping";
        case KillCause::recycled:
            return "recycled";
        case KillCause::slow_start:
            return "slow_start";
        case KillCause::none:
            break;
    }
    if (WIFSIGNALED(end.status)) return "crashed";
    return WEXITSTATUS(end.status) == kExitOutOfMemory ? "memory" : "exited";
}

}  // namespace ingestor::documents

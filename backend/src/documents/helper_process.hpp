#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <sys/types.h>

#include "base/result.hpp"
#include "documents/channel.hpp"
#include "documents/child_process.hpp"
#include "documents/messages.hpp"

namespace ingestor::documents {

/// A helper as the server sees it: awaited, spoken with, watched, ended. Use it from its executor
/// only. It is killed and reaped when it goes.
class HelperProcess {
public:
    /// Of a helper that the zygote has been asked for, with its end of the socket.
    HelperProcess(boost::asio::any_io_executor executor, std::unique_ptr<Channel> channel);

    /// Waits until the helper is at work; call it first, and nothing else before it succeeds.
    /// Errors: unavailable (no helper came about), corrupt (what came is none).
    boost::asio::awaitable<Result<Hello>> ready();

    [[nodiscard]] std::optional<pid_t> pid() const;

    /// Hands over a job; the descriptors stay the caller's. `output` is where the outputs go, of
    /// this job and the ones to come; without one it is as before. Errors: unavailable.
    Result<void> send(const Job& job, int document, std::optional<int> output);
    /// The next message. Errors: unavailable (the helper is gone), corrupt (it talks nonsense).
    boost::asio::awaitable<Result<Reply>> receive() { return channel_->receive(); }

    /// May be called before it is ready, which then fails.
    void kill();
    /// Waits for the process to be gone, and reaps it.
    boost::asio::awaitable<ProcessEnd> ended();

    /// Used so far, of all documents; what the last answer was where the process is gone.
    [[nodiscard]] std::chrono::nanoseconds processor_time();
    [[nodiscard]] std::uint64_t resident_bytes() const { return child_->resident_bytes(); }
    [[nodiscard]] bool is_sleeping() const { return child_->is_sleeping(); }
    std::string take_stderr() { return channel_->take_stderr(); }

private:
    boost::asio::any_io_executor executor_;
    std::unique_ptr<Channel> channel_;
    std::unique_ptr<ChildProcess> child_;  ///< Once its number is known.
    bool killed_ = false;
    std::chrono::nanoseconds processor_time_{};
};

}  // namespace ingestor::documents

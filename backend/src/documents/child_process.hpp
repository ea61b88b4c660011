#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/types.h>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "documents/exit_status.hpp"

namespace ingestor::documents {

/// A child of this process: watched, ended, reaped. It is killed and reaped when it goes. Use it
/// from its executor only.
class ChildProcess {
public:
    /// Takes over a child that nobody else reaps; where that fails, the child is ended.
    /// Errors: unavailable.
    static Result<std::unique_ptr<ChildProcess>> adopt(boost::asio::any_io_executor executor,
                                                       pid_t pid);
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }

    void kill();
    /// Waits for the process to be gone, and reaps it.
    boost::asio::awaitable<ProcessEnd> ended();

    /// Used so far; nothing where the process is gone.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> processor_time() const;
    /// Of the moment; 0 if not known.
    [[nodiscard]] std::uint64_t resident_bytes() const;
    /// True where the process waits for something of its own accord, rather than for a processor,
    /// a disk, or to be let go on.
    [[nodiscard]] bool is_sleeping() const;

private:
    ChildProcess(boost::asio::any_io_executor executor, pid_t pid, int pidfd);
    std::optional<ProcessEnd> reap(int options);

    pid_t pid_;
    bool reaped_ = false;
    boost::asio::posix::stream_descriptor pidfd_;
    FileDescriptor memory_statistics_;
    FileDescriptor status_;
};

}  // namespace ingestor::documents

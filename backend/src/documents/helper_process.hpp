#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/seq_packet_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/types.h>

#include "base/result.hpp"
#include "documents/messages.hpp"
#include "documents/verdict.hpp"
#include "ports/document_extractor.hpp"

namespace ingestor::documents {

/// A helper as the server sees it: started, spoken with, limited, watched, ended. Use it from its
/// executor only. It is killed and reaped when it goes.
class HelperProcess {
public:
    /// Starts the program with an empty environment, /dev/null, and no descriptor but its socket
    /// and a pipe for its complaints. Returns before the program is ready; Hello tells that.
    /// The helper dies with the *thread* that starts it, so that must be one that lasts.
    /// Errors: unavailable.
    static Result<std::unique_ptr<HelperProcess>> start(boost::asio::any_io_executor executor,
                                                        const std::filesystem::path& program);

    HelperProcess(const HelperProcess&) = delete;
    HelperProcess& operator=(const HelperProcess&) = delete;
    ~HelperProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }

    /// Sets what the next document may use. Errors: unavailable.
    Result<void> limit(const ExtractionLimits& limits);
    /// Hands over a job; the descriptors stay the caller's. `output` is where the outputs go, of
    /// this job and the ones to come; without one it is as before. Errors: unavailable.
    Result<void> send(const Job& job, int document, std::optional<int> output);
    /// Tells how long the helper was at work: it cannot have used more processor time than that.
    void worked_for(std::chrono::nanoseconds time) { worked_since_limited_ += time; }
    /// The next message. Errors: unavailable (the helper is gone), corrupt (it talks nonsense).
    boost::asio::awaitable<Result<Reply>> receive();

    void kill();
    /// Waits for the process to be gone, and reaps it.
    boost::asio::awaitable<ProcessEnd> ended();

    /// Of the moment; 0 if not known.
    [[nodiscard]] std::uint64_t resident_bytes() const;
    /// What the helper has written to its standard error since the last call, cut and printable.
    std::string take_complaints();

private:
    HelperProcess(boost::asio::any_io_executor executor, pid_t pid, FileDescriptor pidfd,
                  FileDescriptor socket, FileDescriptor complaints);
    std::optional<ProcessEnd> reap(int options);

    pid_t pid_;
    bool reaped_ = false;
    boost::asio::posix::stream_descriptor pidfd_;
    boost::asio::generic::seq_packet_protocol::socket socket_;
    FileDescriptor complaints_;
    FileDescriptor memory_statistics_;
    std::optional<ExtractionLimits> limits_;
    std::chrono::nanoseconds worked_since_limited_{};
    std::vector<char> buffer_;
};

}  // namespace ingestor::documents

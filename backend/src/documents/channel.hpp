#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/seq_packet_protocol.hpp>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "documents/messages.hpp"

namespace ingestor::documents {

/// What connects the server with a zygote or a helper: a socket for messages, and a pipe for what
/// it writes to its standard error. Every descriptor is close-on-exec. Use it from its executor
/// only.
class Channel {
public:
    /// The other side's ends, to be given to it and closed.
    struct Ends {
        FileDescriptor socket;
        FileDescriptor stderr_pipe;
    };

    /// Errors: unavailable.
    static Result<std::pair<std::unique_ptr<Channel>, Ends>> open(
        boost::asio::any_io_executor executor);

    /// Does not wait; the descriptors stay the caller's. Errors: unavailable.
    [[nodiscard]] Result<void> send(std::string_view message, std::span<const int> descriptors);
    /// The next message. Errors: unavailable (the other side is gone), corrupt (it talks nonsense).
    boost::asio::awaitable<Result<Reply>> receive();
    /// Nothing comes or goes any more; receive() says `unavailable`.
    void shut();
    /// What was written to the standard error since the last call, cut and printable.
    std::string take_stderr();

private:
    Channel(boost::asio::any_io_executor executor, int socket, FileDescriptor stderr_pipe);

    boost::asio::generic::seq_packet_protocol::socket socket_;
    FileDescriptor stderr_pipe_;
    std::vector<char> buffer_;
};

}  // namespace ingestor::documents

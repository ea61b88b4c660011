#pragma once

#include <filesystem>
#include <memory>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "documents/channel.hpp"
#include "documents/child_process.hpp"
#include "documents/helper_process.hpp"

namespace ingestor::documents {

/// The process that helpers are cloned from, as the server sees it. It has loaded the parsers, so
/// that a helper is there in a millisecond or two, and never sees a document. Use it from its
/// executor only. It is killed and reaped when it goes; its helpers go on.
class Zygote {
public:
    /// Starts the program with an empty environment, /dev/null, and no descriptor but its socket
    /// and a pipe for its standard error. Returns before the program is ready; Hello tells that.
    /// Zygote and helpers die with the *thread* that starts it, so that must be one that lasts.
    /// Errors: unavailable.
    static Result<std::unique_ptr<Zygote>> start(boost::asio::any_io_executor executor,
                                                 const std::filesystem::path& program);

    /// Asks for a helper, which is ready once HelperProcess::ready() says so. Errors: unavailable.
    Result<std::unique_ptr<HelperProcess>> fork_helper(boost::asio::any_io_executor executor);

    boost::asio::awaitable<Result<Reply>> receive() { return channel_->receive(); }
    void kill() { child_->kill(); }
    boost::asio::awaitable<ProcessEnd> ended() { return child_->ended(); }
    std::string take_stderr() { return channel_->take_stderr(); }
    [[nodiscard]] pid_t pid() const { return child_->pid(); }

private:
    Zygote(std::unique_ptr<Channel> channel, std::unique_ptr<ChildProcess> child)
        : channel_(std::move(channel)), child_(std::move(child)) {}

    std::unique_ptr<Channel> channel_;
    std::unique_ptr<ChildProcess> child_;
};

}  // namespace ingestor::documents

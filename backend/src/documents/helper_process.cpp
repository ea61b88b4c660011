#include "documents/helper_process.hpp"

#include <array>
#include <span>
#include <utility>
#include <variant>

namespace ingestor::documents {

namespace asio = boost::asio;

HelperProcess::HelperProcess(asio::any_io_executor executor, std::unique_ptr<Channel> channel)
    : executor_(std::move(executor)), channel_(std::move(channel)) {}

asio::awaitable<Result<Hello>> HelperProcess::ready() {
    std::optional<Hello> hello;
    // Zygote and helper speak on the same socket, in whatever order.
    while (!hello || !child_) {
        auto reply = co_await channel_->receive();
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        if (const auto* forked = std::get_if<Forked>(&*reply); forked != nullptr && !child_) {
            auto adopted = ChildProcess::adopt(executor_, static_cast<pid_t>(forked->pid));
            if (!adopted) co_return std::unexpected(std::move(adopted.error()));
            child_ = std::move(*adopted);
            if (killed_) child_->kill();
        } else if (auto* greeting = std::get_if<Hello>(&*reply); greeting != nullptr && !hello) {
            hello = std::move(*greeting);
        } else if (auto* failed = std::get_if<ForkFailed>(&*reply)) {
            co_return fail(Errc::unavailable, "fork: " + failed->message);
        } else {
            co_return fail(Errc::corrupt, "a reply that may not come now");
        }
    }
    co_return std::move(*hello);
}

std::optional<pid_t> HelperProcess::pid() const {
    if (!child_) return std::nullopt;
    return child_->pid();
}

Result<void> HelperProcess::send(const Job& job, int document, std::optional<int> output) {
    const std::array descriptors = {document, output.value_or(-1)};
    const std::span<const int> sent(descriptors.data(), output ? 2 : 1);
    return channel_->send(encode(job), sent);
}

void HelperProcess::kill() {
    killed_ = true;
    if (child_) {
        child_->kill();
    } else {
        channel_->shut();
    }
}

asio::awaitable<ProcessEnd> HelperProcess::ended() {
    if (!child_) co_return ProcessEnd{};
    co_return co_await child_->ended();
}

std::chrono::nanoseconds HelperProcess::processor_time() {
    if (const auto used = child_->processor_time()) processor_time_ = *used;
    return processor_time_;
}

}  // namespace ingestor::documents

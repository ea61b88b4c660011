#include "aws/credentials_chain.hpp"

#include <exception>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ingestor::aws {

namespace asio = boost::asio;

CredentialsChain::CredentialsChain(asio::any_io_executor executor,
                                   std::vector<std::unique_ptr<CredentialsSource>> sources,
                                   const ports::Clock& clock, telemetry::Log& log)
    : sources_(std::move(sources)),
      clock_(clock),
      log_(log),
      fetch_ended_(executor, asio::steady_timer::time_point::max()),
      tasks_(executor, [](const std::exception_ptr&) {
          // renew() keeps every failure as a result; what is left is a broken program.
          std::terminate();
      }) {}

bool CredentialsChain::good_for(std::chrono::milliseconds time) const {
    return current_ && (!current_->expires_at || clock_.now() + time < *current_->expires_at);
}

asio::awaitable<Result<sigv4::Credentials>> CredentialsChain::get() {
    if (good_for(kAdvisory)) co_return current_->keys;
    const bool just_failed = failure_ && tried_at_ && clock_.now() >= *tried_at_ &&
                             clock_.now() - *tried_at_ < kRetryInterval;
    const bool usable = good_for({});
    if (!usable || !just_failed) begin_fetch();
    if (!good_for(kMandatory) && !(usable && just_failed)) {
        while (fetching_) co_await fetch_ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (good_for({})) co_return current_->keys;
    if (failure_) co_return std::unexpected(*failure_);
    co_return fail(Errc::unavailable, "the AWS credentials that were fetched have expired");
}

std::optional<sigv4::Credentials> CredentialsChain::last() const {
    if (!good_for({})) return std::nullopt;
    return current_->keys;
}

asio::awaitable<void> CredentialsChain::stop() {
    co_await tasks_.join(Deadline::max());
}

void CredentialsChain::begin_fetch() {
    if (std::exchange(fetching_, true)) return;
    tasks_.spawn(renew());
}

asio::awaitable<void> CredentialsChain::renew() {
    auto fetched = co_await fetch();
    tried_at_ = clock_.now();
    failure_.reset();
    if (fetched) {
        current_ = std::move(*fetched);
    } else {
        failure_ = std::move(fetched.error());
        log_.warn("AWS credentials could not be fetched", {{"error", failure_->message}});
    }
    fetching_ = false;
    fetch_ended_.cancel();
}

auto CredentialsChain::fetch() -> asio::awaitable<Fetched> {
    std::string looked;
    for (const auto& source : sources_) {
        if (source_ != nullptr && source_ != source.get()) continue;
        auto found = co_await source->fetch();
        if (!found) co_return std::unexpected(std::move(found.error()));
        if (auto* keys = std::get_if<ExpiringCredentials>(&*found)) {
            source_ = source.get();
            co_return std::move(*keys);
        }
        if (!looked.empty()) looked += "; ";
        looked += std::get<CredentialsSource::Absent>(*found).reason;
    }
    co_return fail(Errc::unauthenticated, "there are no AWS credentials: " + looked);
}

}  // namespace ingestor::aws

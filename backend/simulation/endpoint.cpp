#include "simulation/endpoint.hpp"

#include <array>
#include <chrono>

#include <boost/asio/this_coro.hpp>

#include "async/notifier.hpp"

namespace ingestor::simulation {

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<Result<ports::IncomingAnswer>> SimulatedCaller::call(
    ports::OutgoingRequest request) {
    auto& dice = endpoint_.dice_;
    const auto executor = co_await asio::this_coro::executor;
    async::Notifier wake(executor);
    co_await monotonic_.wait(wake, monotonic_.now() + 1ms + dice.upto(200ms));
    if (cut_off_) co_return fail(Errc::unavailable, "the process has ended");
    if (endpoint_.faults.down) {
        constexpr std::array kAnswers = {429, 500, 503};
        const auto kind = dice.below(kAnswers.size() + 2);
        if (kind < kAnswers.size()) {
            ports::IncomingAnswer answer{.status = kAnswers[kind]};
            if (dice.percent(20)) answer.headers.emplace_back("retry-after", "7");
            co_return answer;
        }
        if (kind == kAnswers.size()) co_return fail(Errc::unavailable, "connection refused");
        co_await monotonic_.wait(wake, monotonic_.now() + request.time_max);
        co_return fail(Errc::timed_out, "no answer in time");
    }
    ++endpoint_.taken_[request.body];
    if (dice.percent(endpoint_.faults.lost_answers_percent)) {
        co_return fail(Errc::unavailable, "the connection broke");
    }
    co_return ports::IncomingAnswer{.status = 202};
}

}  // namespace ingestor::simulation

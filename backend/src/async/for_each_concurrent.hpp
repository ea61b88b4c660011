#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/task_group.hpp"

namespace ingestor::async {

namespace detail {

/// Takes up one index after the other until none is left.
template <class Work>
boost::asio::awaitable<void> take_up(std::size_t& next, std::size_t count, Work& work) {
    while (next < count) {
        const auto index = next++;
        co_await work(index);
    }
}

}  // namespace detail

/// Awaits `work(index)` for each index below `count`, in order and at most `at_once_max` at once: a
/// store behind a network, or one that commits in groups, does many in the time of one. What `work`
/// throws comes out here, after the others have ended. Once begun it is not cancelled, as the tasks
/// work on the caller's frame.
template <class Work>
boost::asio::awaitable<void> for_each_concurrent(std::size_t count, std::size_t at_once_max,
                                                 Work& work) {
    if (count == 1) {
        co_await work(std::size_t{0});
        co_return;
    }
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
    const auto executor = co_await boost::asio::this_coro::executor;
    std::exception_ptr thrown;
    auto keep = [&thrown](const std::exception_ptr& error) { thrown = error; };
    std::size_t next = 0;
    TaskGroup group(executor, keep);
    for (std::size_t tasks = std::min(count, at_once_max); tasks > 0; --tasks) {
        group.spawn(detail::take_up(next, count, work));
    }
    while (!co_await group.join(Deadline::max())) {
    }
    co_await boost::asio::this_coro::reset_cancellation_state();
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace ingestor::async

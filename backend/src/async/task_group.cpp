#include "async/task_group.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace ingestor::async {

namespace asio = boost::asio;

namespace {

bool is_cancellation(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& failure) {
        return failure.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor,
                     std::function<void(std::exception_ptr)> on_error)
    : executor_(std::move(executor)), on_error_(std::move(on_error)), emptied_(executor_) {}

void TaskGroup::spawn(asio::awaitable<void> task) {
    const auto place = signals_.emplace(signals_.end());
    auto ended = [this, place](const std::exception_ptr& error) {
        signals_.erase(place);
        if (error && !is_cancellation(error)) on_error_(error);
        if (signals_.empty()) emptied_.cancel();
    };
    asio::co_spawn(executor_, std::move(task),
                   asio::bind_cancellation_slot(place->slot(), std::move(ended)));
}

void TaskGroup::cancel() {
    // A task that ends at once erases its own place: step on before telling it.
    for (auto place = signals_.begin(); place != signals_.end();) {
        auto& signal = *place++;
        signal.emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<bool> TaskGroup::join(Deadline latest) {
    while (!signals_.empty() && std::chrono::steady_clock::now() < latest) {
        emptied_.expires_at(latest);
        co_await emptied_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    const bool all_have_ended = signals_.empty();
    co_return all_have_ended;
}

}  // namespace ingestor::async

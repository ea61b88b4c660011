#include "async/notifier.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ingestor::async {

namespace asio = boost::asio;

Notifier::Notifier(const asio::any_io_executor& executor) : timer_(executor) {}

void Notifier::notify() {
    noticed_ = true;
    timer_.cancel();
}

asio::awaitable<void> Notifier::wait(Deadline latest) {
    if (!noticed_) {
        timer_.expires_at(latest);
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    noticed_ = false;
}

}  // namespace ingestor::async

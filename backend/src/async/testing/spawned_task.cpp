#include "async/testing/spawned_task.hpp"

#include <boost/asio/co_spawn.hpp>

namespace ingestor::async::testing {

void spawn_for_test(boost::asio::io_context& io, boost::asio::awaitable<void> task,
                    std::function<void(std::exception_ptr)> ended) {
    boost::asio::co_spawn(io, std::move(task), std::move(ended));
}

}  // namespace ingestor::async::testing

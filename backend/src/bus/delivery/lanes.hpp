#pragma once

#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "bus/delivery/dispatcher.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus::delivery {

/// A dispatcher for functions and one for all other targets, over the same log. Use from the I/O
/// executor only.
class Lanes {
public:
    /// `options` are those of functions.
    Lanes(boost::asio::any_io_executor executor, const Dispatcher::Dependencies& dependencies,
          Dispatcher::Options options);

    void start();
    /// For the stores' DeliveriesCommitted.
    void accept(std::vector<ports::Delivery> deliveries);
    /// False: at `latest` some deliveries were still under way.
    boost::asio::awaitable<bool> stop(Deadline latest);

private:
    Dispatcher functions_;
    Dispatcher targets_;
};

}  // namespace ingestor::bus::delivery

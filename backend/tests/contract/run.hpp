#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "async/testing/spawned_task.hpp"
#include "base/testing/temporary_directory.hpp"

namespace ingestor::contract {

/// Runs one call to its end and hands on what it returned or threw.
template <class T>
T run(boost::asio::io_context& io, boost::asio::awaitable<T> call) {
    return async::testing::run_to_end(io, std::move(call));
}

}  // namespace ingestor::contract

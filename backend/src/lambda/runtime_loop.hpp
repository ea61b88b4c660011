#pragma once

#include <boost/asio/awaitable.hpp>

#include "lambda/function.hpp"
#include "lambda/runtime_client.hpp"
#include "telemetry/log.hpp"

namespace ingestor::lambda {

/// Takes one invocation after the other from Lambda and answers it; the next is asked for only when
/// the one before has ended, its answer is given and its lines are out, since the process is frozen
/// from then on. Returns after the third failure in a row to get an event, with the last one: the
/// process should end with a status that is not 0, and Lambda starts another.
boost::asio::awaitable<Error> run_function(RuntimeClient& runtime, Function& function,
                                           telemetry::Log& log);

}  // namespace ingestor::lambda

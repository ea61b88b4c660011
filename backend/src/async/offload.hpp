#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ingestor::async {

namespace asio = boost::asio;

/// Runs blocking `work` (a callable without parameters, returning a value) on `pool` and resumes
/// the caller on its own executor with what it returned. An exception of `work` comes out here.
/// `work` runs to its end even when the caller is cancelled, so it must own all that it touches. It
/// is destroyed before the caller goes on, who may end what it refers to.
template <class Work, class Value = std::invoke_result_t<Work>>
asio::awaitable<Value> offload(asio::thread_pool& pool, Work work) {
    static_assert(!std::is_void_v<Value>, "return a Result<void>, so that failure has a way out");
    auto initiate = [](auto handler, asio::thread_pool* on, Work job) {
        auto home = asio::get_associated_executor(handler);
        auto run = [handler = std::move(handler), job = std::optional<Work>(std::move(job)), home,
                    guard = asio::make_work_guard(home)]() mutable {
            std::exception_ptr error;
            std::optional<Value> value;
            try {
                value.emplace((*job)());
            } catch (...) {
                error = std::current_exception();
            }
            job.reset();
            auto resume = [handler = std::move(handler), error,
                           value = std::move(value)]() mutable {
                std::move(handler)(error, std::move(value));
            };
            asio::post(home, std::move(resume));
            guard.reset();
        };
        asio::post(*on, std::move(run));
    };
    auto value = co_await asio::async_initiate<const asio::use_awaitable_t<>&,
                                               void(std::exception_ptr, std::optional<Value>)>(
        std::move(initiate), asio::use_awaitable, &pool, std::move(work));
    co_return std::move(*value);
}

}  // namespace ingestor::async

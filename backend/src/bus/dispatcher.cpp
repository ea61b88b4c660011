#include "bus/dispatcher.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace ingestor {

namespace asio = boost::asio;

namespace {

constexpr std::uint32_t kPageOfLog = 512;

std::string_view to_string(DeliveryStage stage) {
    switch (stage) {
        case DeliveryStage::delivery:
            return "delivery";
        case DeliveryStage::invocation:
            return "invocation";
    }
    return "";
}

}  // namespace

Dispatcher::Dispatcher(asio::any_io_executor executor, Parts parts, Options options)
    : parts_(parts),
      options_(options),
      random_(options.jitter_seed),
      window_(options.window_max),
      wake_(executor),
      tasks_(executor, [this](const std::exception_ptr& thrown) {
          try {
              std::rethrow_exception(thrown);
          } catch (const std::exception& fault) {
              parts_.log.error("dispatcher fault", {{"error", fault.what()}});
          }
      }) {}

void Dispatcher::start() {
    started_ = true;
    tasks_.spawn(load());
}

void Dispatcher::wake() {
    look_now_ = true;
    wake_.notify();
}

asio::awaitable<bool> Dispatcher::stop(Deadline latest) {
    stopping_ = true;
    stop_.request_stop();
    wake_.notify();
    co_return co_await tasks_.join(latest);
}

double Dispatcher::jitter() {
    return std::uniform_real_distribution<double>(0, 1)(random_);
}

void Dispatcher::accept(std::vector<Delivery> deliveries) {
    // What comes before the start is found in the log by the first look.
    if (!started_ || stopping_) return;
    const auto now = parts_.clock.now();
    for (auto& delivery : deliveries) {
        if (delivery.next_at > now) {
            expect_due(delivery.next_at);
        } else {
            offer(std::move(delivery));
        }
    }
    pump();
}

void Dispatcher::offer(Delivery delivery) {
    if (!known_.insert(delivery.id).second) return;
    ReadyDelivery ready{.delivery = std::move(delivery), .since = std::chrono::steady_clock::now()};
    if (const auto displaced = window_.offer(std::move(ready))) {
        known_.erase(displaced->delivery.id);
        behind_ = true;
        skipped_in_round_ = true;
    }
}

void Dispatcher::pump() {
    while (!stopping_ && in_flight_ < options_.in_flight_max) {
        auto ready = window_.take();
        if (!ready) break;
        ++in_flight_;
        tasks_.spawn(deliver(std::move(*ready)));
    }
    if (behind_ && window_.half_empty() && !reading_) wake_.notify();
}

void Dispatcher::expect_due(TimePoint at) {
    if (next_due_ && *next_due_ <= at) return;
    next_due_ = at;
    wake_.notify();
}

bool Dispatcher::refill_wanted() const {
    return look_now_ || (behind_ && window_.half_empty()) ||
           (next_due_ && *next_due_ <= parts_.clock.now()) ||
           poll_at_ <= std::chrono::steady_clock::now();
}

Deadline Dispatcher::next_look() const {
    if (!next_due_) return poll_at_;
    const auto wait = std::max(*next_due_ - parts_.clock.now(), std::chrono::milliseconds(0));
    return std::min(poll_at_, std::chrono::steady_clock::now() + wait);
}

asio::awaitable<void> Dispatcher::load() {
    while (!stopping_) {
        if (refill_wanted()) {
            const bool poll = poll_at_ <= std::chrono::steady_clock::now();
            co_await refill();
            if (!poll) continue;
            const auto depth = co_await parts_.event_log.depth();
            if (depth) parts_.metrics.set_queue_depth(*depth);
        } else {
            co_await wake_.wait(next_look());
        }
    }
}

asio::awaitable<void> Dispatcher::refill() {
    look_now_ = false;
    next_due_.reset();
    poll_at_ = std::chrono::steady_clock::now() + options_.poll;
    // What overflows from now on may lie behind the cursor: it takes another round to find it.
    if (cursor_ == 0) skipped_in_round_ = false;
    while (!stopping_) {
        const auto now = parts_.clock.now();
        settled_.clear();
        reading_ = true;
        auto page = co_await parts_.event_log.due(now, cursor_, kPageOfLog);
        reading_ = false;
        if (!page) {
            parts_.log.error("event log cannot be read", {{"error", page.error().message}});
            expect_due(now + options_.log_retry);
            behind_ = false;
            co_return;
        }
        const bool last = page->size() < kPageOfLog;
        cursor_ = last ? 0 : page->back().id;
        for (auto& delivery : *page) {
            if (!settled_.contains(delivery.id)) offer(std::move(delivery));
        }
        pump();
        if (last) {
            first_look_ = false;
            behind_ = skipped_in_round_;
            const auto next = co_await parts_.event_log.next_due(now);
            if (next && *next) expect_due(**next);
            if (!next) expect_due(now + options_.log_retry);
            co_return;
        }
        behind_ = true;
        if (window_.full() && !first_look_) co_return;
    }
}

asio::awaitable<void> Dispatcher::deliver(ReadyDelivery ready) {
    // A function ends by its stop token; it must not be torn down in the middle of an await.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    try {
        co_await hand_over(ready);
    } catch (const std::exception& fault) {
        parts_.log.error("delivery fault",
                         {{"event_id", ready.delivery.event.id}, {"error", fault.what()}});
        expect_due(parts_.clock.now() + options_.log_retry);
    }
    known_.erase(ready.delivery.id);
    if (reading_) settled_.insert(ready.delivery.id);
    --in_flight_;
    pump();
}

asio::awaitable<void> Dispatcher::hand_over(const ReadyDelivery& ready) {
    const auto& delivery = ready.delivery;
    auto permit = parts_.functions.begin(delivery.target_arn);
    if (!permit) {
        co_await settle_refused(delivery, std::move(permit.error()));
        co_return;
    }
    const bool running = delivery.stage == DeliveryStage::invocation;
    if (!running) {
        parts_.metrics.job_started(std::chrono::steady_clock::now() - ready.since);
    }
    Invocation invocation{.event = delivery.event,
                          .function_arn = delivery.target_arn,
                          .attempt = running ? delivery.attempts + 1 : 1,
                          .stop = stop_.get_token()};
    std::optional<std::string> error;
    try {
        co_await permit->invoke(std::move(invocation));
    } catch (const std::exception& thrown) {
        error = thrown.what();
    } catch (...) {
        error = "the function threw something that is no exception";
    }
    if (error) {
        const auto config = permit->async_invoke();
        co_await settle_failed(delivery, config, std::move(*error));
        co_return;
    }
    const auto acknowledged = co_await parts_.event_log.acknowledge(delivery.id);
    if (!acknowledged) {
        parts_.log.error(
            "delivery cannot be acknowledged and will come again",
            {{"event_id", delivery.event.id}, {"error", acknowledged.error().message}});
        expect_due(parts_.clock.now() + options_.log_retry);
    }
}

asio::awaitable<void> Dispatcher::settle_refused(const Delivery& delivery,
                                                 DeliveryFailure failure) {
    const auto now = parts_.clock.now();
    if (delivery.stage == DeliveryStage::invocation && failure.retryable) {
        // The function service has the event already: being throttled costs it no attempt.
        const auto at = now + wait_after(options_.backoff, 1, jitter());
        co_await settle(delivery, delivery.stage, delivery.attempts, RetryAt{at}, failure.message);
        co_return;
    }
    const auto target = parts_.rules.target(delivery.bus, delivery.rule, delivery.target_id);
    const auto failures = delivery.stage == DeliveryStage::delivery ? delivery.attempts + 1 : 1;
    auto step = after_failed_delivery(target.value_or(RuleTarget{}), options_.backoff, failure,
                                      failures, delivery.created_at, now, jitter());
    co_await settle(delivery, DeliveryStage::delivery, failures, std::move(step), failure.message);
}

asio::awaitable<void> Dispatcher::settle_failed(const Delivery& delivery, AsyncInvokeConfig config,
                                                std::string message) {
    // Cut short by our own stop: the log still has it as it was, and the next start takes it up.
    if (stopping_) co_return;
    const auto failures = delivery.stage == DeliveryStage::invocation ? delivery.attempts + 1 : 1;
    auto step = after_failed_invocation(config, failures, delivery.created_at, parts_.clock.now(),
                                        jitter());
    co_await settle(delivery, DeliveryStage::invocation, failures, std::move(step),
                    std::move(message));
}

asio::awaitable<void> Dispatcher::settle(const Delivery& delivery, DeliveryStage stage,
                                         int failures, NextStep step, std::string message) {
    Result<std::monostate> written;
    if (const auto* retry = std::get_if<RetryAt>(&step)) {
        parts_.log.warn("delivery failed and will be retried", {{"event_id", delivery.event.id},
                                                                {"stage", to_string(stage)},
                                                                {"attempt", failures},
                                                                {"error", message}});
        parts_.metrics.retried(to_string(stage));
        written = co_await parts_.event_log.reschedule(delivery.id, stage, failures, retry->at);
        expect_due(retry->at);
    } else {
        auto& bury = std::get<Bury>(step);
        parts_.log.error("delivery given up", {{"event_id", delivery.event.id},
                                               {"stage", to_string(stage)},
                                               {"attempt", failures},
                                               {"error_code", bury.error_code},
                                               {"error", message}});
        parts_.metrics.dead_lettered(bury.error_code);
        DeadLetter letter{.id = 0,
                          .delivery = delivery,
                          .error_code = std::move(bury.error_code),
                          .error_message = std::move(message),
                          .exhausted = std::move(bury.exhausted),
                          .dead_at = parts_.clock.now()};
        letter.delivery.stage = stage;
        letter.delivery.attempts = failures;
        written = co_await parts_.event_log.bury(delivery.id, std::move(letter));
    }
    if (!written) {
        parts_.log.error("delivery cannot be settled and will come again",
                         {{"event_id", delivery.event.id}, {"error", written.error().message}});
        expect_due(parts_.clock.now() + options_.log_retry);
    }
}

}  // namespace ingestor

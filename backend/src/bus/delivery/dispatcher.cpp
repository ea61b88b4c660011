#include "bus/delivery/dispatcher.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/for_each_concurrent.hpp"
#include "bus/delivery/dead_letter_message.hpp"
#include "bus/targets/target_kind.hpp"

namespace ingestor::bus::delivery {

namespace asio = boost::asio;

namespace {

constexpr std::uint32_t kGroupsOfPage = 256;
/// So many of each group a look takes; a group that has more is filled up by itself.
constexpr std::uint32_t kHead = 32;
constexpr std::uint32_t kIdsOfPage = 2'048;
/// So many of one group wait in memory, where an event may have 200 KB; the log has the others.
constexpr std::size_t kFillMax = 512;
/// A log that commits in groups writes many in the time of one.
constexpr std::size_t kWritesAtOnce = 64;
/// A look over many groups is not begun again before this many times what it took.
constexpr int kRestAfterLook = 4;

std::string_view to_string(ports::DeliveryStage stage) {
    switch (stage) {
        case ports::DeliveryStage::delivery:
            return "delivery";
        case ports::DeliveryStage::invocation:
            return "invocation";
    }
    return "";
}

}  // namespace

Dispatcher::Dispatcher(asio::any_io_executor executor, Dependencies dependencies, Options options)
    : deps_(std::move(dependencies)),
      options_(options),
      random_(options.jitter_seed),
      window_(options.window_max),
      places_(options.in_flight_max),
      store_(options.store_backoff),
      store_state_(deps_.log, telemetry::LogLevel::error, "event log does not answer"),
      wake_(executor),
      tasks_(executor, [this](const std::exception_ptr& thrown) {
          try {
              std::rethrow_exception(thrown);
          } catch (const std::exception& fault) {
              deps_.log.error("dispatcher fault", {{"error", fault.what()}});
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

void Dispatcher::begin_stop() {
    stopping_ = true;
    stop_.request_stop();
    wake_.notify();
}

asio::awaitable<bool> Dispatcher::stop(Deadline latest) {
    begin_stop();
    co_return co_await tasks_.join(latest);
}

double Dispatcher::jitter() {
    return std::uniform_real_distribution<double>(0, 1)(random_);
}

void Dispatcher::accept(std::vector<ports::Delivery> deliveries) {
    // What comes before the start is found in the log by the first look.
    if (!started_ || stopping_) return;
    const auto now = deps_.clock.now();
    for (auto& delivery : deliveries) {
        const auto behind = behind_.find(delivery.group());
        if (delivery.next_at > now) {
            expect_due(delivery.next_at);
        } else if (behind != behind_.end()) {
            // Its turn comes after what the group has in the log already.
            behind->second.grew = true;
        } else if (window_.size_of(delivery.group()) >= kFillMax) {
            behind_.try_emplace(delivery.group());
        } else {
            offer(std::move(delivery));
        }
    }
    pump();
}

void Dispatcher::offer(ports::Delivery delivery) {
    if (!known_.insert(delivery.id).second) return;
    ReadyDelivery ready{.delivery = std::move(delivery), .since = deps_.monotonic.now()};
    if (const auto displaced = window_.offer(std::move(ready))) {
        const auto& group = displaced->delivery.group();
        known_.erase(displaced->delivery.id);
        behind_[group].no_room = true;
        if (window_.size_of(group) == 0) look_when_room_ = true;
    }
}

void Dispatcher::pump() {
    room_at_ = Deadline::max();
    const auto may_start = [this](const ports::Delivery& delivery) {
        if (!places_.may_take(delivery.group())) return false;
        if (deps_.targets.has_room(delivery.target_arn)) return true;
        if (const auto at = deps_.targets.room_at(delivery.target_arn)) {
            room_at_ = std::min(room_at_, *at);
        }
        return false;
    };
    while (!stopping_ && !store_.closed() && !places_.full()) {
        auto ready = window_.take(may_start);
        if (!ready) break;
        begin(std::move(*ready));
    }
    if (look_when_room_ && window_.half_empty() && !reading_) wake_.notify();
    if (room_at_ < waits_until_) wake_.notify();
}

void Dispatcher::begin(ReadyDelivery ready) {
    const auto& group = ready.delivery.group();
    if (behind_.contains(group) && window_.size_of(group) <= fill_max() / 2) {
        hungry_.insert(group);
        wake_.notify();
    }
    places_.take(group);
    auto permit = deps_.targets.begin(ready.delivery.target_arn);
    tasks_.spawn(deliver(std::move(ready), std::move(permit)));
}

void Dispatcher::expect_due(TimePoint at) {
    if (next_due_ && *next_due_ <= at) return;
    next_due_ = at;
    wake_.notify();
}

void Dispatcher::log_failed(const Error& error) {
    const auto now = deps_.monotonic.now();
    store_.failed(now);
    store_state_.report(now, error.message);
    wake_.notify();
}

void Dispatcher::log_answers() {
    if (!store_.closed()) return;
    store_.succeeded();
    store_state_.over(deps_.monotonic.now());
    // What was taken in while nothing could be handed out.
    pump();
}

bool Dispatcher::is_new(std::int64_t id) const {
    return !known_.contains(id) && !settled_.contains(id);
}

std::size_t Dispatcher::fill_max() const {
    return std::clamp<std::size_t>(window_.share(), 1, kFillMax);
}

bool Dispatcher::look_wanted() const {
    if (look_now_) return true;
    const auto now = deps_.monotonic.now();
    return poll_at_ <= now || (look_when_room_ && window_.half_empty()) ||
           (next_due_ && *next_due_ <= deps_.clock.now() && look_not_before_ <= now);
}

Deadline Dispatcher::next_look() const {
    if (!next_due_) return poll_at_;
    const auto wait = std::max(*next_due_ - deps_.clock.now(), std::chrono::milliseconds(0));
    const auto due = deps_.monotonic.now() + wait;
    return std::min(poll_at_, std::max<Deadline>(due, look_not_before_));
}

asio::awaitable<void> Dispatcher::load() {
    while (!stopping_) {
        if (store_.closed()) {
            if (look_now_ || store_.probe_at() <= deps_.monotonic.now()) {
                co_await probe();
            } else {
                co_await deps_.monotonic.wait(wake_, store_.probe_at());
            }
        } else if (look_wanted()) {
            const bool poll = poll_at_ <= deps_.monotonic.now();
            co_await look();
            if (poll && !store_.closed()) co_await report_depth();
        } else if (!hungry_.empty()) {
            auto group = std::move(hungry_.extract(hungry_.begin()).value());
            co_await fill(std::move(group));
        } else {
            waits_until_ = std::min(next_look(), room_at_);
            co_await deps_.monotonic.wait(wake_, waits_until_);
            waits_until_ = Deadline::min();
            pump();
        }
    }
}

asio::awaitable<void> Dispatcher::report_depth() {
    const auto depth = co_await deps_.event_log.depth();
    if (!depth) co_return;
    deps_.metrics.set_queue_depth(*depth);
    deps_.on_depth(*depth);
}

asio::awaitable<void> Dispatcher::look() {
    const auto started = deps_.monotonic.now();
    const auto now = deps_.clock.now();
    look_now_ = false;
    look_when_room_ = false;
    next_due_.reset();
    poll_at_ = started + options_.poll;
    auto after = std::exchange(look_after_, std::nullopt);
    if (!after) after = first_after();
    for (bool last = false; !last && !stopping_;) {
        settled_.clear();
        reading_ = true;
        const auto page = co_await deps_.event_log.due_groups(now, after, kGroupsOfPage, kHead);
        if (!page) {
            reading_ = false;
            log_failed(page.error());
            co_return;
        }
        std::vector<std::int64_t> ids;
        for (const auto& group : *page) {
            if (lane_of(group.fairness_group) != options_.lane) continue;
            std::ranges::copy_if(group.ids, std::back_inserter(ids),
                                 [this](std::int64_t id) { return is_new(id); });
            const bool more = group.ids.size() == kHead;
            if (more) behind_.try_emplace(group.fairness_group);
            if (more || behind_.contains(group.fairness_group)) {
                hungry_.insert(group.fairness_group);
            }
        }
        const auto held = window_.size();
        const bool found = !ids.empty();
        const bool taken = co_await take_in(std::move(ids));
        reading_ = false;
        if (!taken) co_return;
        const bool no_room = found && window_.full() && window_.size() == held;
        pump();
        after = next_after(*page);
        last = !after;
        if (no_room && !last) {
            look_when_room_ = true;
            look_after_ = after;
            break;
        }
    }
    const auto next = co_await deps_.event_log.next_due(now);
    if (!next) {
        log_failed(next.error());
        co_return;
    }
    if (*next) expect_due(**next);
    const auto ended = deps_.monotonic.now();
    look_not_before_ = ended + (ended - started) * kRestAfterLook;
    // That the log can be read says nothing about writing.
    if (unsettled_.empty()) log_answers();
}

std::optional<std::string> Dispatcher::first_after() const {
    if (options_.lane == Lane::targets) return std::string(ports::kTargetGroupsBegin);
    return std::nullopt;
}

std::optional<std::string> Dispatcher::next_after(const std::vector<ports::DueGroup>& page) const {
    if (page.size() < kGroupsOfPage) return std::nullopt;
    const auto& last = page.back().fairness_group;
    if (lane_of(last) == options_.lane) return last;
    // Groups come by name, so that those of the other lane lie together.
    if (options_.lane == Lane::targets) return std::nullopt;
    return std::string(ports::kTargetGroupsEnd);
}

asio::awaitable<void> Dispatcher::fill(std::string group) {
    const auto held = window_.size_of(group);
    const auto wanted = fill_max() - std::min(fill_max(), held);
    if (wanted == 0) co_return;
    behind_[group] = {};
    settled_.clear();
    reading_ = true;
    std::vector<std::int64_t> ids;
    std::int64_t after = 0;
    bool exhausted = false;
    while (!exhausted && ids.size() < wanted) {
        const auto page = co_await deps_.event_log.due(deps_.clock.now(), group, after, kIdsOfPage);
        if (!page) {
            reading_ = false;
            log_failed(page.error());
            co_return;
        }
        exhausted = page->size() < kIdsOfPage;
        for (const auto id : *page) {
            after = id;
            if (!is_new(id)) continue;
            if (ids.size() == wanted) {
                exhausted = false;
                break;
            }
            ids.push_back(id);
        }
    }
    const bool taken = co_await take_in(std::move(ids));
    reading_ = false;
    if (!taken) co_return;
    const auto [grew, no_room] = behind_[group];
    if (exhausted && !grew && !no_room) {
        behind_.erase(group);
    } else if (grew && !no_room) {
        hungry_.insert(group);
    }
    pump();
}

asio::awaitable<bool> Dispatcher::take_in(std::vector<std::int64_t> ids) {
    if (ids.empty()) co_return true;
    auto found = co_await deps_.event_log.read(std::move(ids));
    if (!found) {
        log_failed(found.error());
        co_return false;
    }
    for (auto& delivery : found->deliveries) {
        if (!settled_.contains(delivery.id)) offer(std::move(delivery));
    }
    for (const auto id : found->corrupt) {
        const auto aside = co_await deps_.event_log.set_aside(id, deps_.clock.now());
        if (!aside) {
            log_failed(aside.error());
            co_return false;
        }
        deps_.log.error("an event cannot be read any more: its delivery is a dead letter",
                        {{"delivery", id}, {"error_code", ports::kEventCorrupt}});
        deps_.metrics.dead_lettered(ports::kEventCorrupt);
    }
    co_return true;
}

asio::awaitable<void> Dispatcher::probe() {
    if (unsettled_.empty()) {
        co_await look();
        co_return;
    }
    look_now_ = false;
    const auto first = std::move(unsettled_.front());
    unsettled_.pop_front();
    if (!co_await write(first)) {
        unsettled_.push_front(first);
        co_return;
    }
    log_answers();
    const auto rest = std::exchange(unsettled_, {});
    auto one = [this, &rest](std::size_t index) { return write_again(rest[index]); };
    co_await async::for_each_concurrent(rest.size(), kWritesAtOnce, one);
    look_now_ = true;
}

asio::awaitable<void> Dispatcher::write_again(const Settlement& settlement) {
    const bool written = co_await write(settlement);
    if (!written) unsettled_.push_back(settlement);
}

asio::awaitable<void> Dispatcher::deliver(ReadyDelivery ready, MaybePermit permit) {
    // A function ends by its stop token; it must not be torn down in the middle of an await.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const DeliveryLog::Running running(deps_.deliveries, ready.delivery, deps_.clock.now());
    std::optional<Settlement> settlement;
    try {
        settlement = co_await hand_over(ready, std::move(permit));
    } catch (const std::exception& fault) {
        deps_.log.error("delivery fault",
                        {{"event_id", ready.delivery.event->id}, {"error", fault.what()}});
        expect_due(deps_.clock.now() + options_.backoff.base);
    }
    if (settlement) {
        co_await settle(std::move(*settlement));
    } else {
        release(ready.delivery);
    }
}

void Dispatcher::release(const ports::Delivery& delivery) {
    known_.erase(delivery.id);
    if (reading_) settled_.insert(delivery.id);
    places_.give_back(delivery.group());
    pump();
}

asio::awaitable<std::optional<Settlement>> Dispatcher::hand_over(const ReadyDelivery& ready,
                                                                 MaybePermit permit) {
    const auto& delivery = ready.delivery;
    if (!permit) co_return refused(delivery, std::move(permit.error()));
    auto input = input_of(delivery);
    if (!input) co_return refused(delivery, std::move(input.error()));
    const auto held = std::move(*permit);
    const bool running = delivery.stage == ports::DeliveryStage::invocation;
    if (!running && options_.lane == Lane::functions) {
        deps_.metrics.job_started(deps_.monotonic.now() - ready.since);
    }
    std::optional<ports::TargetHttpParameters> http;
    if (targets::kind_of(delivery.target_arn) == targets::TargetKind::api_destination) {
        auto target = deps_.rules.target(delivery.event->bus, delivery.rule, delivery.target_id);
        if (target) http = std::move(target->http);
    }
    targets::Invocation invocation{.event = delivery.event,
                                   .rule = delivery.rule,
                                   .target_id = delivery.target_id,
                                   .target_arn = delivery.target_arn,
                                   .group = delivery.group(),
                                   .input = std::move(*input),
                                   .http = std::move(http),
                                   .attempt = running ? delivery.attempts + 1 : 1,
                                   .stop = stop_.get_token()};
    const auto called = deps_.monotonic.now();
    auto outcome = co_await deps_.targets.invoke(std::move(invocation));
    // Cut short by our own stop: the log still has it as it was, and the next start takes it up.
    if (stopping_ && !std::holds_alternative<std::monostate>(outcome)) co_return std::nullopt;
    auto settlement = settlement_of(delivery, std::move(outcome));
    settlement.latency =
        std::chrono::duration_cast<std::chrono::microseconds>(deps_.monotonic.now() - called);
    co_return settlement;
}

Settlement Dispatcher::settlement_of(const ports::Delivery& delivery, targets::Outcome outcome) {
    if (auto* failure = std::get_if<targets::DeliveryFailure>(&outcome)) {
        return refused(delivery, std::move(*failure));
    }
    if (auto* failure = std::get_if<targets::FunctionFailure>(&outcome)) {
        return failed(delivery, std::move(*failure));
    }
    return {.delivery = delivery,
            .stage = delivery.stage,
            .failures = delivery.attempts,
            .outcome = Acknowledge{}};
}

std::expected<std::optional<std::string>, targets::DeliveryFailure> Dispatcher::input_of(
    const ports::Delivery& delivery) const {
    const auto* transform = deps_.rules.input_of(delivery);
    if (transform == nullptr) return std::nullopt;
    auto input = transform->apply(
        *delivery.event, {.rule_arn = deps_.names.rule_arn(delivery.event->bus, delivery.rule),
                          .rule_name = delivery.rule,
                          .ingested_at = delivery.created_at});
    if (!input) {
        return std::unexpected(
            targets::DeliveryFailure{.code = std::string(targets::kInvalidJson),
                                     .message = std::move(input.error().message)});
    }
    return std::move(*input);
}

Settlement Dispatcher::refused(const ports::Delivery& delivery, targets::DeliveryFailure failure) {
    Settlement settlement{.delivery = delivery,
                          .stage = ports::DeliveryStage::delivery,
                          .failures = 1,
                          .outcome = {},
                          .error_code = failure.code,
                          .message = std::move(failure.message),
                          .status = failure.status};
    if (delivery.stage == ports::DeliveryStage::delivery) settlement.failures += delivery.attempts;
    const auto now = deps_.clock.now();
    const auto target = deps_.rules.target(delivery.event->bus, delivery.rule, delivery.target_id);
    const auto step = after_failed_delivery(target.value_or(ports::RuleTarget{}), options_.backoff,
                                            failure, settlement.failures,
                                            delivery.first_failed_at.value_or(now), now, jitter());
    std::visit([&settlement](const auto& next) { settlement.outcome = next; }, step);
    return settlement;
}

Settlement Dispatcher::failed(const ports::Delivery& delivery, targets::FunctionFailure failure) {
    Settlement settlement{.delivery = delivery,
                          .stage = ports::DeliveryStage::invocation,
                          .failures = 1,
                          .outcome = {},
                          .error_code = std::string(kFunctionError),
                          .message = std::move(failure.message),
                          .function_failed = true};
    if (delivery.stage == ports::DeliveryStage::invocation)
        settlement.failures += delivery.attempts;
    const auto now = deps_.clock.now();
    const auto step =
        after_failed_invocation(failure.retries, settlement.failures,
                                delivery.first_failed_at.value_or(now), now, jitter());
    std::visit([&settlement](const auto& next) { settlement.outcome = next; }, step);
    return settlement;
}

asio::awaitable<void> Dispatcher::settle(Settlement settlement) {
    if (!store_.closed()) {
        const bool written = co_await write(settlement);
        if (written) co_return;
    }
    if (settlement.function_failed) {
        // The function had the same store, so its failure is not held against the event.
        settlement.stage = settlement.delivery.stage;
        settlement.failures = settlement.delivery.attempts;
        settlement.outcome = RetryAt{deps_.clock.now()};
    }
    unsettled_.push_back(std::move(settlement));
}

asio::awaitable<bool> Dispatcher::write(const Settlement& settlement) {
    const auto written = co_await write_to_log(settlement);
    if (!written) {
        log_failed(written.error());
        co_return false;
    }
    tell(settlement);
    release(settlement.delivery);
    co_return true;
}

asio::awaitable<Result<std::monostate>> Dispatcher::write_to_log(const Settlement& settlement) {
    const auto id = settlement.delivery.id;
    if (const auto* retry = std::get_if<RetryAt>(&settlement.outcome)) {
        ports::Retry again{.stage = settlement.stage,
                           .attempts = settlement.failures,
                           .next_at = retry->at,
                           .failed_at = deps_.clock.now(),
                           .error_code = settlement.error_code,
                           .error_message = settlement.message};
        co_return co_await deps_.event_log.reschedule(id, std::move(again));
    }
    if (const auto* end = std::get_if<SendToDlq>(&settlement.outcome)) {
        const auto sent = co_await send_to_queue(settlement, *end);
        if (!sent) co_return std::unexpected(sent.error());
        if (*sent) co_return co_await deps_.event_log.acknowledge(id);
        ports::GivenUp reason{.stage = settlement.stage,
                              .attempts = settlement.failures,
                              .error_code = end->error_code,
                              .error_message = settlement.message,
                              .exhausted = end->exhausted,
                              .at = deps_.clock.now()};
        co_return co_await deps_.event_log.move_to_dead_letters(id, std::move(reason));
    }
    co_return co_await deps_.event_log.acknowledge(id);
}

asio::awaitable<Result<bool>> Dispatcher::send_to_queue(const Settlement& settlement,
                                                        const SendToDlq& reason) {
    // What a function failed at is not the target's: EventBridge had handed it over.
    if (deps_.queues == nullptr || settlement.stage != ports::DeliveryStage::delivery) {
        co_return false;
    }
    const auto& delivery = settlement.delivery;
    const auto target = deps_.rules.target(delivery.event->bus, delivery.rule, delivery.target_id);
    if (!target) co_return false;
    const auto queue = targets::name_of(targets::TargetKind::queue, target->dead_letter_arn);
    if (!queue) co_return false;
    const auto sent = co_await deps_.queues->send(
        std::string(*queue), dead_letter_message(settlement, reason, deps_.names));
    if (sent) co_return true;
    // Without a queue that takes it, it is kept as a dead letter of the bus.
    if (!is_retryable(sent.error().code)) co_return false;
    co_return std::unexpected(sent.error());
}

void Dispatcher::tell(const Settlement& settlement) {
    deps_.deliveries.ended(settlement, deps_.clock.now());
    const auto& event_id = settlement.delivery.event->id;
    if (const auto* retry = std::get_if<RetryAt>(&settlement.outcome)) {
        deps_.log.warn("delivery failed and will be retried",
                       {{"event_id", event_id},
                        {"stage", to_string(settlement.stage)},
                        {"attempt", settlement.failures},
                        {"error", settlement.message}});
        deps_.metrics.retried(to_string(settlement.stage));
        expect_due(retry->at);
    } else if (const auto* end = std::get_if<SendToDlq>(&settlement.outcome)) {
        deps_.log.error("delivery given up", {{"event_id", event_id},
                                              {"stage", to_string(settlement.stage)},
                                              {"attempt", settlement.failures},
                                              {"error_code", end->error_code},
                                              {"error", settlement.message}});
        deps_.metrics.dead_lettered(end->error_code);
    }
}

}  // namespace ingestor::bus::delivery

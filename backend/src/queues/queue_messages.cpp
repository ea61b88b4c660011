#include "queues/queue_messages.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ingestor::queues {

QueueMessages::Waiter::Waiter(QueueMessages& owner, std::string queue)
    : wake(owner.executor_), owner_(owner), queue_(std::move(queue)) {
    owner_.waiters_[queue_].insert(this);
}

QueueMessages::Waiter::~Waiter() {
    const auto waiting = owner_.waiters_.find(queue_);
    waiting->second.erase(this);
    if (waiting->second.empty()) owner_.waiters_.erase(waiting);
}

void QueueMessages::arrived(const std::string& queue) {
    const auto waiting = waiters_.find(queue);
    if (waiting == waiters_.end()) return;
    for (auto* waiter : waiting->second) waiter->wake.notify();
}

void QueueMessages::stop() {
    stopping_ = true;
    for (const auto& [queue, waiting] : waiters_) {
        for (auto* waiter : waiting) waiter->wake.notify();
    }
}

auto QueueMessages::send(std::string queue, ports::OutgoingMessage message)
    -> Answer<std::monostate> {
    const auto* record = deps_.registry.find(queue);
    if (record == nullptr) co_return fail(Errc::not_found, "The specified queue does not exist.");
    if (message.body.size() > record->settings.message_bytes_max) {
        co_return fail(Errc::invalid_argument,
                       fmt::format("One or more parameters are invalid. Reason: Message must be "
                                   "shorter than {} bytes.",
                                   record->settings.message_bytes_max));
    }
    message.delay = record->settings.delay;
    std::vector<ports::OutgoingMessage> messages;
    messages.push_back(std::move(message));
    auto sent = co_await deps_.store.send(queue, std::move(messages), deps_.clock.now());
    if (sent) arrived(queue);
    co_return sent;
}

auto QueueMessages::send_all(ports::Principal who, std::string queue,
                             std::vector<ports::OutgoingMessage> messages)
    -> Answer<std::monostate> {
    const auto record = deps_.registry.queue(who, queue);
    if (!record) co_return std::unexpected(record.error());
    auto sent = co_await deps_.store.send(queue, std::move(messages), deps_.clock.now());
    if (sent) arrived(queue);
    co_return sent;
}

auto QueueMessages::receive_now(const ports::QueueRecord& queue, const ReceiveOptions& options)
    -> Answer<ports::ReceiveAnswer> {
    const auto& settings = queue.settings;
    ports::ReceiveRequest request{
        .queue = queue.name,
        .now = deps_.clock.now(),
        .messages_max = options.messages_max,
        .visibility_timeout = options.visibility_timeout.value_or(settings.visibility_timeout),
        .retention = settings.retention};
    if (settings.redrive) {
        request.dead_letter_queue = deps_.registry.name_of(settings.redrive->dead_letter_arn);
        request.receives_max = settings.redrive->receives_max;
    }
    const auto dead_letter_queue = request.dead_letter_queue;
    auto answer = co_await deps_.store.receive(std::move(request));
    if (answer && answer->dead_letters > 0) arrived(dead_letter_queue);
    co_return answer;
}

auto QueueMessages::receive(ports::Principal who, std::string queue, ReceiveOptions options)
    -> Answer<std::vector<ports::ReceivedMessage>> {
    std::optional<Deadline> latest;
    Waiter waiter(*this, queue);
    while (true) {
        // Anew each time: the queue may have changed, or gone, while it was waited for.
        const auto record = deps_.registry.queue(who, queue);
        if (!record) co_return std::unexpected(record.error());
        if (!latest) {
            latest = deps_.monotonic.now() + options.wait.value_or(record->settings.receive_wait);
        }
        auto answer = co_await receive_now(*record, options);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        if (!answer->messages.empty() || stopping_ || deps_.monotonic.now() >= *latest) {
            co_return std::move(answer->messages);
        }
        const auto now = deps_.clock.now();
        const auto next = co_await deps_.store.next_visible(queue, now);
        if (!next) co_return std::unexpected(next.error());
        auto until = *latest;
        if (*next) until = std::min<Deadline>(until, deps_.monotonic.now() + (**next - now));
        co_await deps_.monotonic.wait(waiter.wake, until);
    }
}

auto QueueMessages::remove(ports::Principal who, std::string queue,
                           std::vector<ports::MessageReceipt> receipts) -> Answer<std::monostate> {
    const auto record = deps_.registry.queue(who, queue);
    if (!record) co_return std::unexpected(record.error());
    co_return co_await deps_.store.remove(std::move(queue), std::move(receipts));
}

auto QueueMessages::change_visibility(ports::Principal who, std::string queue,
                                      ports::MessageReceipt receipt, std::chrono::seconds timeout)
    -> Answer<bool> {
    const auto record = deps_.registry.queue(who, queue);
    if (!record) co_return std::unexpected(record.error());
    const auto now = deps_.clock.now();
    auto changed =
        co_await deps_.store.change_visibility(queue, std::move(receipt), now, now + timeout);
    if (changed && *changed) arrived(queue);
    co_return changed;
}

auto QueueMessages::purge(ports::Principal who, std::string queue) -> Answer<std::monostate> {
    const auto record = deps_.registry.queue(who, queue);
    if (!record) co_return std::unexpected(record.error());
    co_return co_await deps_.store.purge(std::move(queue));
}

auto QueueMessages::depth(ports::Principal who, std::string queue) -> Answer<ports::QueueDepth> {
    const auto record = deps_.registry.queue(who, queue);
    if (!record) co_return std::unexpected(record.error());
    co_return co_await deps_.store.depth(std::move(queue), deps_.clock.now());
}

}  // namespace ingestor::queues

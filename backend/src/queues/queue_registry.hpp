#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/mutex.hpp"
#include "base/result.hpp"
#include "domain/names.hpp"
#include "ports/clock.hpp"
#include "ports/queue_store.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::queues {

inline constexpr std::size_t kQueuesMax = 100;
inline constexpr std::size_t kTagsOfQueueMax = 50;

/// Queues are looked after by operators, as the event bus is. Errors: permission_denied.
[[nodiscard]] Result<std::monostate> check_operator(const ports::Principal& who);

/// Sets attributes of a queue. Errors: those of the attributes.
using ChangeSettings = std::function<Result<std::monostate>(ports::QueueSettings&)>;

/// Which queues there are, with the words of SQS where it refuses. All is for operators. Errors of
/// all: permission_denied, not_found (the queue), unavailable.
class QueueRegistry {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// `store` and `clock` outlive it.
    QueueRegistry(boost::asio::any_io_executor executor, ports::QueueStore& store,
                  const ports::Clock& clock, domain::Names names)
        : store_(store), clock_(clock), names_(std::move(names)), changes_(std::move(executor)) {}

    /// Reads them from the store.
    Answer<std::monostate> open();

    /// One that is there with the same attributes is the same queue. Errors: conflict (with
    /// others), too_large (kQueuesMax).
    Answer<std::monostate> create(ports::Principal who, std::string name, ChangeSettings settings,
                                  std::map<std::string, std::string> tags);
    Answer<std::monostate> remove(ports::Principal who, std::string name);
    [[nodiscard]] Result<ports::QueueRecord> queue(const ports::Principal& who,
                                                   const std::string& name) const;
    /// By name.
    [[nodiscard]] Result<std::vector<ports::QueueRecord>> queues(const ports::Principal& who) const;
    Answer<std::monostate> change(ports::Principal who, std::string name, ChangeSettings settings);
    /// Errors: too_large (kTagsOfQueueMax).
    Answer<std::monostate> change_tags(ports::Principal who, std::string name,
                                       std::map<std::string, std::string> put,
                                       std::vector<std::string> removed);

    /// nullptr: there is none.
    [[nodiscard]] const ports::QueueRecord* find(const std::string& name) const;
    /// The names of those whose redrive policy leads to this one.
    [[nodiscard]] std::vector<std::string> sources_of(const std::string& name) const;
    [[nodiscard]] std::string arn_of(std::string_view name) const;
    /// Empty: it is no ARN of a queue of this server.
    [[nodiscard]] std::string name_of(std::string_view arn) const;

private:
    Answer<std::monostate> put(ports::QueueRecord record);

    ports::QueueStore& store_;
    const ports::Clock& clock_;
    domain::Names names_;
    std::map<std::string, ports::QueueRecord> records_;
    async::Mutex changes_;
};

}  // namespace ingestor::queues

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "domain/ids.hpp"

namespace ingestor::api {

/// How much of one kind is under way at once, of all callers and of each. Use it from one thread.
class ConcurrencyLimiter {
    struct State {
        std::size_t total = 0;
        std::unordered_map<domain::UserId, std::size_t> of_user = {};
    };

public:
    /// Counts as long as it lives; it may outlive the limiter.
    class Ticket {
    public:
        Ticket(Ticket&&) = default;
        Ticket& operator=(Ticket&& other) noexcept {
            std::swap(state_, other.state_);
            std::swap(user_id_, other.user_id_);
            return *this;
        }
        ~Ticket() {
            if (!state_) return;
            --state_->total;
            const auto own = state_->of_user.find(user_id_);
            if (--own->second == 0) state_->of_user.erase(own);
        }

    private:
        friend class ConcurrencyLimiter;
        Ticket(std::shared_ptr<State> state, domain::UserId user_id)
            : state_(std::move(state)), user_id_(std::move(user_id)) {}

        std::shared_ptr<State> state_;
        domain::UserId user_id_;
    };

    ConcurrencyLimiter(std::size_t total_max, std::size_t of_user_max)
        : total_max_(total_max), of_user_max_(of_user_max) {}

    /// nullopt: there are too many already.
    [[nodiscard]] std::optional<Ticket> enter(const domain::UserId& user_id) {
        if (state_->total >= total_max_) return std::nullopt;
        const auto own = state_->of_user.find(user_id);
        const auto count = own == state_->of_user.end() ? 0 : own->second;
        if (count >= of_user_max_) return std::nullopt;
        ++state_->total;
        ++state_->of_user[user_id];
        return Ticket(state_, user_id);
    }

    [[nodiscard]] std::size_t total() const { return state_->total; }

private:
    std::shared_ptr<State> state_ = std::make_shared<State>();
    std::size_t total_max_;
    std::size_t of_user_max_;
};

}  // namespace ingestor::api

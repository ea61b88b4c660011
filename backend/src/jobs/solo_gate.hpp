#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <stop_token>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"

namespace ingestor::jobs {

/// Lets documents in together, or one by itself: while a document that the service may die of is at
/// work, no other is, so that nobody else can be suspected of it. One that waits to be alone goes
/// before those that come after it. Use from the I/O executor only; it outlives its passes.
class SoloGate {
public:
    enum class Company { others, nobody };

    /// Being inside; left when it goes.
    class Pass {
    public:
        Pass(SoloGate& gate, Company company) : gate_(&gate), company_(company) {}
        Pass(Pass&& other) noexcept
            : gate_(std::exchange(other.gate_, nullptr)), company_(other.company_) {}
        Pass& operator=(Pass&&) = delete;
        ~Pass() {
            if (gate_ != nullptr) gate_->leave(company_);
        }

    private:
        SoloGate* gate_;
        Company company_;
    };

    /// nullopt: `stop` was requested first (on the I/O executor).
    boost::asio::awaitable<std::optional<Pass>> enter(Company company, std::stop_token stop);

private:
    [[nodiscard]] bool may_enter(Company company) const;
    Pass let_in(Company company);
    void leave(Company company);
    void wake_all();

    std::size_t inside_ = 0;
    bool one_alone_ = false;
    std::size_t waiting_to_be_alone_ = 0;
    std::list<async::Notifier*> waiting_;
};

}  // namespace ingestor::jobs

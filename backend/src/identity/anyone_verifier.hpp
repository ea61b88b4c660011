#pragma once

#include <string_view>

#include "ports/token_verifier.hpp"

namespace ingestor::identity {

/// Takes everyone, with any token or none, for the user `local`. Only for a listener that nobody
/// but the machine's own user can reach; whoever wires it up must see to that.
class AnyoneVerifier final : public ports::TokenVerifier {
public:
    boost::asio::awaitable<Result<ports::Principal>> verify(std::string_view token) override;
    [[nodiscard]] bool still_holds(const ports::Principal&) override { return true; }
    boost::asio::awaitable<Result<std::monostate>> revoke(ports::Principal who) override;
};

}  // namespace ingestor::identity

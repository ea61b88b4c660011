#include "identity/anyone_verifier.hpp"

namespace ingestor::identity {

boost::asio::awaitable<Result<ports::Principal>> AnyoneVerifier::verify(std::string_view) {
    ports::Principal anyone;
    anyone.user_id = domain::UserId("local");
    anyone.is_operator = true;
    co_return anyone;
}

boost::asio::awaitable<Result<std::monostate>> AnyoneVerifier::revoke(ports::Principal) {
    co_return std::monostate{};
}

}  // namespace ingestor::identity

#include "identity/anyone_verifier.hpp"

namespace ingestor {

boost::asio::awaitable<Result<Principal>> AnyoneVerifier::verify(std::string_view) {
    Principal anyone;
    anyone.user_id = UserId("local");
    anyone.is_operator = true;
    co_return anyone;
}

boost::asio::awaitable<Result<std::monostate>> AnyoneVerifier::revoke(Principal) {
    co_return std::monostate{};
}

}  // namespace ingestor

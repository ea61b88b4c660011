#include "lambda/memory_body.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ingestor::lambda {

boost::asio::awaitable<Result<std::size_t>> MemoryBody::read_some(std::span<char> buffer) {
    if (bytes_.size() > bytes_max_) {
        co_return fail(Errc::too_large,
                       fmt::format("the body is larger than {} bytes", bytes_max_));
    }
    const auto count = std::min(buffer.size(), bytes_.size() - read_);
    std::copy_n(bytes_.data() + read_, count, buffer.data());
    read_ += count;
    co_return count;
}

std::optional<std::uint64_t> MemoryBody::content_length() const {
    return bytes_.size();
}

}  // namespace ingestor::lambda

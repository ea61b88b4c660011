#pragma once

#include <string>

#include "http/limits.hpp"
#include "http/message.hpp"

namespace ingestor::lambda {

/// The body of a request that came with its event, whole.
class MemoryBody final : public http::Body {
public:
    explicit MemoryBody(std::string bytes) : bytes_(std::move(bytes)) {}

    boost::asio::awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override;
    [[nodiscard]] std::optional<std::uint64_t> content_length() const override;
    void set_limit(std::uint64_t bytes_max) override { bytes_max_ = bytes_max; }

private:
    std::string bytes_;
    std::size_t read_ = 0;
    std::uint64_t bytes_max_ = http::ServerLimits{}.body_bytes_max;
};

}  // namespace ingestor::lambda

#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <variant>

#include "base/result.hpp"
#include "telemetry/log.hpp"

namespace ingestor {

/// How whoever started the service learns its link for signing in once.
class SignInLink {
public:
    SignInLink(std::filesystem::path file, telemetry::Log& log)
        : file_(std::move(file)), log_(log) {}

    /// On a terminal the link is shown. Whoever reads a log may read more than its owner meant to
    /// give: without one the link goes to the file, and the log says where that is. Errors:
    /// unavailable.
    [[nodiscard]] Result<std::monostate> offer(const std::string& link) const;
    /// A link that was used, or is of an earlier run, leads nowhere.
    void forget() const;

private:
    std::filesystem::path file_;
    telemetry::Log& log_;
};

}  // namespace ingestor

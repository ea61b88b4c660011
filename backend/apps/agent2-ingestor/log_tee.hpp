#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <variant>

#include "logs/function_log.hpp"
#include "telemetry/log.hpp"

namespace ingestor::cli {

/// The lines of the service's own log stand in that of its function, too, but for those on requests
/// of other services of AWS: reading the log must not add to it.
class LogTee final : public telemetry::LogReader {
public:
    /// Both outlive it.
    LogTee(telemetry::Log& log, logs::FunctionLog& function_log)
        : log_(log), function_log_(function_log) {
        log_.tee(this);
    }
    LogTee(const LogTee&) = delete;
    LogTee& operator=(const LogTee&) = delete;
    ~LogTee() override { log_.tee(nullptr); }

    [[nodiscard]] bool wants(telemetry::LogLevel level,
                             std::span<const telemetry::LogField> fields) override {
        if (std::ranges::any_of(fields, is_other_service)) return false;
        return level >= telemetry::LogLevel::warn || function_log_.admit(1);
    }
    void hear(std::string_view line) override { function_log_.write(line); }

private:
    static bool is_other_service(const telemetry::LogField& field) {
        const auto* route = std::get_if<std::string_view>(&field.value);
        return field.key == "route" && route != nullptr && (*route == "aws" || *route == "s3");
    }

    telemetry::Log& log_;
    logs::FunctionLog& function_log_;
};

}  // namespace ingestor::cli

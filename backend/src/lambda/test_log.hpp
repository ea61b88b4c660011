#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include "telemetry/log.hpp"

namespace ingestor::lambda {

/// A log whose lines a test reads back.
class LogCapture {
    /// Closes after the log, whose thread writes to its end.
    struct Memory {
        ~Memory() { close(descriptor); }
        int descriptor = memfd_create("log", MFD_CLOEXEC);
    } memory_;

public:
    telemetry::Log log{telemetry::LogFormat::json, telemetry::LogLevel::debug, memory_.descriptor};

    [[nodiscard]] std::vector<boost::json::object> lines() {
        log.flush();
        std::string text(static_cast<std::size_t>(lseek(memory_.descriptor, 0, SEEK_END)), '\0');
        text.resize(
            static_cast<std::size_t>(pread(memory_.descriptor, text.data(), text.size(), 0)));
        std::istringstream stream(text);
        std::vector<boost::json::object> all;
        for (std::string line; std::getline(stream, line);) {
            all.push_back(boost::json::parse(line).as_object());
        }
        return all;
    }
    /// Those of one message.
    [[nodiscard]] std::vector<boost::json::object> lines(std::string_view message) {
        std::vector<boost::json::object> some;
        for (auto& line : lines()) {
            const auto* text = line.if_contains("msg");
            if (text != nullptr && text->as_string() == message) some.push_back(std::move(line));
        }
        return some;
    }
};

}  // namespace ingestor::lambda

#pragma once

#include <deque>
#include <list>
#include <map>

#include <boost/asio/steady_timer.hpp>

#include "ports/document_extractor.hpp"

namespace ingestor::memory {

/// What the extractor does with one document.
struct ScriptedOutcome {
    /// The answer; nullopt: a small, valid Extraction that names the file.
    std::optional<std::expected<ports::Extraction, ports::ExtractionError>> answer;
    /// Reported one by one before the answer.
    std::uint32_t pages = 0;
    /// Answers only after release(), or as `cancelled` once asked to stop.
    bool held = false;
};

/// A DocumentExtractor that plays the outcomes it was told, by filename and in order; the last one
/// of a filename stays. A filename without a script succeeds.
class ScriptedExtractor final : public ports::DocumentExtractor {
public:
    explicit ScriptedExtractor(std::size_t slots = 2) : slots_(slots) {}

    void script(const std::string& filename, ScriptedOutcome outcome);
    void script_failure(const std::string& filename, std::string code, std::string message,
                        bool retryable);
    /// Lets every held document go on.
    void release();

    boost::asio::awaitable<std::expected<ports::Extraction, ports::ExtractionError>> extract(
        ports::ExtractionRequest request, std::stop_token stop,
        std::function<void(std::uint32_t pages_done)> progress) override;
    [[nodiscard]] std::size_t slots() const override { return slots_; }

    /// How often each filename was asked for.
    [[nodiscard]] int calls(const std::string& filename) const;
    [[nodiscard]] std::size_t running() const { return running_; }
    [[nodiscard]] std::size_t running_max() const { return running_max_; }

private:
    ScriptedOutcome next_outcome(const std::string& filename);

    std::size_t slots_;
    std::size_t running_ = 0;
    std::size_t running_max_ = 0;
    std::map<std::string, std::deque<ScriptedOutcome>> scripts_;
    std::map<std::string, int> calls_;
    std::list<boost::asio::steady_timer*> held_;
};

}  // namespace ingestor::memory

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "async/monotonic_clock.hpp"
#include "ports/document_extractor.hpp"
#include "simulation/dice.hpp"

namespace ingestor::simulation {

/// What a document does to who parses it. It is written in the document itself.
enum class Nature {
    sound,
    slow,
    corrupt,  ///< Fails for its own reasons.
    crashes,  ///< Takes its helper down.
    hangs,    ///< Uses all the time that it is given.
    poison,   ///< Takes the whole service down.
};
inline constexpr Nature kNatures[] = {Nature::sound,   Nature::slow,  Nature::corrupt,
                                      Nature::crashes, Nature::hangs, Nature::poison};

[[nodiscard]] std::string_view to_string(Nature nature);
/// The bytes of a document that is named so; `name` makes it one of a kind.
[[nodiscard]] std::string document_of(Nature nature, std::string_view name);
/// nullopt: no document of ours, or not whole.
[[nodiscard]] std::optional<Nature> nature_of(std::string_view document);
/// What comes out of a document; `filename` is that of the job.
[[nodiscard]] std::string markdown_of(std::string_view document, std::string_view filename);
/// The code that such a document must end with; empty: it is completed.
[[nodiscard]] std::string_view error_of(Nature nature);

/// What is wrong with the helpers at the moment; it outlives the processes.
struct HelperFaults {
    bool none_starts = false;
    std::uint64_t lost_percent = 0;  ///< Of a hundred documents, so many meet a helper that dies.
};

/// The DocumentExtractor of one process.
class SimulatedHelpers final : public ports::DocumentExtractor {
public:
    /// All outlive this. `findings` hears of what must not happen.
    SimulatedHelpers(std::size_t slots, const HelperFaults& faults, std::uint64_t seed,
                     async::MonotonicClock& monotonic, std::vector<std::string>& findings)
        : slots_(slots), faults_(faults), dice_(seed), monotonic_(monotonic), findings_(findings) {}

    boost::asio::awaitable<std::expected<ports::Extraction, ports::ExtractionError>> extract(
        ports::ExtractionRequest request, std::stop_token stop,
        std::function<void(std::uint32_t pages_done)> progress) override;
    [[nodiscard]] std::size_t slots() const override { return slots_; }
    [[nodiscard]] std::optional<std::string> unavailable_reason() const override;

    /// Names of the documents that helpers have at the moment.
    [[nodiscard]] std::vector<std::string> at_work() const;
    /// A document is about to take the service down.
    [[nodiscard]] bool poisoned() const { return poisoned_; }

private:
    /// False: asked to stop first.
    boost::asio::awaitable<bool> spend(std::chrono::milliseconds time, const std::stop_token& stop);

    std::size_t slots_;
    const HelperFaults& faults_;
    Dice dice_;
    async::MonotonicClock& monotonic_;
    std::vector<std::string>& findings_;
    std::multimap<std::string, const std::stop_token*> at_work_;
    bool poisoned_ = false;
};

}  // namespace ingestor::simulation

#include "simulation/helpers.hpp"

#include <algorithm>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "async/notifier.hpp"

namespace ingestor::simulation {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kQuick{400};
constexpr std::chrono::milliseconds kSlow{45'000};
/// Ends a document, so that one that was cut is seen.
constexpr std::string_view kEnd = "\nend\n";

std::string read_all(const ports::ExtractionRequest& request) {
    std::string bytes(request.size_bytes, '\0');
    const auto read = ::pread(request.file.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
    return bytes;
}

std::unexpected<ports::ExtractionError> failed(std::string_view code, bool retryable = false) {
    return std::unexpected(ports::ExtractionError{
        .file_error = {.code = std::string(code), .message = "simulated"}, .retryable = retryable});
}

}  // namespace

std::string_view to_string(Nature nature) {
    switch (nature) {
        case Nature::sound:
            return "sound";
        case Nature::slow:
            return "slow";
        case Nature::corrupt:
            return "corrupt";
        case Nature::crashes:
            return "crashes";
        case Nature::hangs:
            return "hangs";
        case Nature::poison:
            return "poison";
    }
    return "";
}

std::string document_of(Nature nature, std::string_view name) {
    return fmt::format("{}\n{}{}", to_string(nature), name, kEnd);
}

std::optional<Nature> nature_of(std::string_view document) {
    if (!document.ends_with(kEnd)) return std::nullopt;
    const auto word = document.substr(0, document.find('\n'));
    for (const auto nature : kNatures) {
        if (to_string(nature) == word) return nature;
    }
    return std::nullopt;
}

std::string markdown_of(std::string_view document, std::string_view filename) {
    return fmt::format("# {}\n\n{}", filename, document);
}

std::string_view error_of(Nature nature) {
    switch (nature) {
        case Nature::sound:
        case Nature::slow:
            return "";
        case Nature::corrupt:
            return "corrupt";
        case Nature::crashes:
        case Nature::poison:
            return "crashed";
        case Nature::hangs:
            return "timed_out";
    }
    return "";
}

std::optional<std::string> SimulatedHelpers::unavailable_reason() const {
    if (!faults_.none_starts) return std::nullopt;
    return "no helper starts";
}

std::vector<std::string> SimulatedHelpers::at_work() const {
    std::vector<std::string> names;
    for (const auto& [name, stop] : at_work_) names.push_back(name);
    return names;
}

asio::awaitable<bool> SimulatedHelpers::spend(std::chrono::milliseconds time,
                                              const std::stop_token& stop) {
    async::Notifier wake(co_await asio::this_coro::executor);
    auto notify = [&wake] { wake.notify(); };
    const std::stop_callback on_stop(stop, notify);
    const auto end = monotonic_.now() + time;
    while (monotonic_.now() < end && !stop.stop_requested()) co_await monotonic_.wait(wake, end);
    co_return !stop.stop_requested();
}

auto SimulatedHelpers::extract(ports::ExtractionRequest request, std::stop_token stop,
                               std::function<void(std::uint32_t pages_done)> progress)
    -> asio::awaitable<std::expected<ports::Extraction, ports::ExtractionError>> {
    const auto& name = request.filename;
    for (auto [other, last] = at_work_.equal_range(name); other != last; ++other) {
        // One that was told to stop may take a moment to hear of it.
        if (!other->second->stop_requested()) {
            findings_.push_back(fmt::format("{} is worked on twice at once", name));
        }
    }
    struct AtWork {
        std::multimap<std::string, const std::stop_token*>& all;
        std::multimap<std::string, const std::stop_token*>::iterator place;
        ~AtWork() { all.erase(place); }
    };
    const AtWork at_work{at_work_, at_work_.emplace(name, &stop)};

    if (faults_.none_starts) {
        if (!co_await spend(dice_.upto(50ms), stop)) co_return failed("cancelled");
        co_return failed("unavailable", true);
    }
    const auto document = read_all(request);
    const auto nature = nature_of(document);
    if (!nature) co_return failed("corrupt");
    if (dice_.percent(faults_.lost_percent)) co_return failed("unavailable", true);
    if (!co_await spend(dice_.upto(kQuick), stop)) co_return failed("cancelled");
    progress(1);
    switch (*nature) {
        case Nature::sound:
            break;
        case Nature::slow:
            if (!co_await spend(dice_.upto(kSlow), stop)) co_return failed("cancelled");
            break;
        case Nature::corrupt:
        case Nature::crashes:
            co_return failed(error_of(*nature));
        case Nature::hangs:
            if (!co_await spend(request.limits.wall_time_max, stop)) co_return failed("cancelled");
            co_return failed(error_of(*nature));
        case Nature::poison:
            poisoned_ = true;
            // The service is gone before this ends.
            co_await spend(std::chrono::hours(1), stop);
            co_return failed("cancelled");
    }
    co_return ports::Extraction{
        .format = "text",
        .content_type = "text/plain",
        .sha256 = std::string(64, '0'),
        .outputs = {{formats::OutputKind::markdown, markdown_of(document, name)},
                    {formats::OutputKind::sidecar, "{}"},
                    {formats::OutputKind::chunks, "{}\n"}},
        .pages = 1,
        .words = 2,
        .warnings = {}};
}

}  // namespace ingestor::simulation

#include "memory/scripted_extractor.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/digest.hpp"

namespace ingestor::memory {

namespace asio = boost::asio;

namespace {

ports::Extraction plain_extraction(const std::string& filename) {
    return ports::Extraction{
        .format = "text",
        .content_type = "text/plain",
        .sha256 = sha256_hex(filename),
        .outputs = {{formats::OutputKind::markdown, fmt::format("# {}\n", filename)},
                    {formats::OutputKind::sidecar, R"({"schema":"agent2-ingestor.sidecar/2"})"},
                    {formats::OutputKind::chunks, "{}\n"}},
        .pages = 1,
        .words = 1,
        .warnings = {}};
}

}  // namespace

void ScriptedExtractor::script(const std::string& filename, ScriptedOutcome outcome) {
    scripts_[filename].push_back(std::move(outcome));
}

void ScriptedExtractor::script_failure(const std::string& filename, std::string code,
                                       std::string message, bool retryable) {
    ScriptedOutcome outcome;
    outcome.answer = std::unexpected(
        ports::ExtractionError{.file_error = domain::FileError{std::move(code), std::move(message)},
                               .retryable = retryable});
    script(filename, std::move(outcome));
}

void ScriptedExtractor::release() {
    for (auto* timer : held_) timer->cancel();
    for (auto& [filename, outcomes] : scripts_) {
        for (auto& outcome : outcomes) outcome.held = false;
    }
}

int ScriptedExtractor::calls(const std::string& filename) const {
    const auto place = calls_.find(filename);
    return place == calls_.end() ? 0 : place->second;
}

ScriptedOutcome ScriptedExtractor::next_outcome(const std::string& filename) {
    ++calls_[filename];
    const auto place = scripts_.find(filename);
    if (place == scripts_.end() || place->second.empty()) return {};
    auto outcome = place->second.front();
    if (place->second.size() > 1) place->second.pop_front();
    return outcome;
}

asio::awaitable<std::expected<ports::Extraction, ports::ExtractionError>>
ScriptedExtractor::extract(ports::ExtractionRequest request, std::stop_token stop,
                           std::function<void(std::uint32_t pages_done)> progress) {
    auto executor = co_await asio::this_coro::executor;
    ++running_;
    running_max_ = std::max(running_max_, running_);
    const auto outcome = next_outcome(request.filename);
    co_await asio::post(asio::use_awaitable);
    for (std::uint32_t page = 1; page <= outcome.pages; ++page) {
        if (progress) progress(page);
    }
    if (outcome.held && !stop.stop_requested()) {
        asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
        const auto place = held_.insert(held_.end(), &timer);
        // The stop may be asked for on another thread, and after the wait has ended.
        auto ended = std::make_shared<bool>(false);
        const std::stop_callback wake(stop, [&timer, executor, ended] {
            asio::post(executor, [&timer, ended] {
                if (!*ended) timer.cancel();
            });
        });
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        *ended = true;
        held_.erase(place);
    }
    --running_;
    if (stop.stop_requested()) {
        ports::ExtractionError cancelled{
            .file_error =
                domain::FileError{std::string(to_string(Errc::cancelled)), "asked to stop"},
            .retryable = false};
        co_return std::unexpected(std::move(cancelled));
    }
    if (outcome.answer) co_return *outcome.answer;
    co_return plain_extraction(request.filename);
}

}  // namespace ingestor::memory

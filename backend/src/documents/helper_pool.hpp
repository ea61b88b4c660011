#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <sys/types.h>

#include "async/notifier.hpp"
#include "async/task_group.hpp"
#include "base/result.hpp"
#include "documents/messages.hpp"
#include "documents/sandbox_status.hpp"
#include "documents/verdict.hpp"
#include "ports/document_extractor.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor {

struct HelperPoolOptions {
    std::filesystem::path program = {};  ///< agent2-ingestor-extract.
    std::size_t slots = 2;
    /// A helper is replaced after so many documents, so that what parsers leak does not add up.
    std::uint32_t documents_max = 100;
    /// … or once it holds so much memory between documents.
    std::uint64_t resident_bytes_max = std::uint64_t{192} << 20;
    /// From the start of a helper to its hello.
    std::chrono::milliseconds hello_time_max{20'000};
    /// Between two attempts to start a helper that does not start; doubled from the first value.
    std::chrono::milliseconds backoff_min{100};
    std::chrono::milliseconds backoff_max{10'000};
};

/// DocumentExtractor over helper processes that are started ahead and wait, one a slot. Parsing
/// happens there, sandboxed; see documents/messages.hpp for what is said, documents/helper.hpp for
/// the other side, and documents/sandbox_status.hpp for the walls.
///
/// One coroutine a slot starts its helper, hears it, and replaces it when it ends for whatever
/// reason. A document goes to an idle helper as one small message with two descriptors: itself, and
/// a sealed memory file for the outputs. The kernel holds the limits on memory, processor time and
/// output; the pool holds the one on time, and kills.
///
/// With more documents than slots, callers of extract() wait in the order they came: fairness
/// between users is decided above. Time spent waiting does not count as wall time. Nobody waits
/// where no helper can be started: the answer then is a retryable error, at once.
///
/// Use it from its executor only. Every extract() must have returned before the pool goes.
class HelperPool final : public DocumentExtractor {
public:
    /// `blocking` reads large outputs. What is passed by reference must outlive the pool.
    HelperPool(HelperPoolOptions options, boost::asio::any_io_executor executor,
               boost::asio::thread_pool& blocking, Log& log, Metrics& metrics);
    ~HelperPool() override;
    HelperPool(const HelperPool&) = delete;
    HelperPool& operator=(const HelperPool&) = delete;

    /// Starts the helpers side by side and returns when the first is ready. After a failure the
    /// pool goes on trying, until stop(). Call it once, from the executor's thread; helpers die
    /// with that thread. Errors: unavailable (none could be started).
    boost::asio::awaitable<Result<std::monostate>> start();

    /// Ends all helpers and returns when they are gone. Documents under way and waiting fail as
    /// retryable. May be called more than once.
    boost::asio::awaitable<void> stop();

    boost::asio::awaitable<std::expected<Extraction, ExtractionError>> extract(
        ExtractionRequest request, std::stop_token stop,
        std::function<void(std::uint32_t pages_done)> progress) override;

    [[nodiscard]] std::size_t slots() const override { return slots_.size(); }
    [[nodiscard]] std::optional<std::string> unavailable_reason() const override;

    /// As the latest helper reported it; no layers before the first has.
    [[nodiscard]] const SandboxStatus& sandbox_status() const { return sandbox_; }
    /// The processes of the moment.
    [[nodiscard]] std::vector<pid_t> helpers() const;

private:
    struct Task;
    struct Slot;
    class Forget;

    boost::asio::awaitable<void> keep(Slot& slot);
    boost::asio::awaitable<Result<std::monostate>> begin(Slot& slot);
    boost::asio::awaitable<void> attend(Slot& slot);
    boost::asio::awaitable<void> clear(Slot& slot);

    /// Puts a helper that is ready to work, or to the idle ones.
    void offer(Slot& slot);
    [[nodiscard]] bool assign(Slot& slot, Task& task);
    /// False where the reply is not one that may come now.
    [[nodiscard]] bool take(Slot& slot, documents::Reply reply);
    /// Takes a document out of the line, or away from its helper, which is killed.
    void abandon(Task& task, documents::KillCause cause);
    void fail_waiting(std::string_view why);

    void note_failed_start(Slot& slot, const Error& error);
    void note_sandbox(const SandboxStatus& status);
    void decide_first_start(Result<std::monostate> outcome);
    /// After a document: whether the helper is to be replaced.
    [[nodiscard]] bool worn_out(Slot& slot);
    void count();
    [[nodiscard]] std::optional<ExtractionError> refuse(const ExtractionRequest& request,
                                                        const std::stop_token& stop) const;
    [[nodiscard]] bool hopeless() const;

    HelperPoolOptions options_;
    boost::asio::any_io_executor executor_;
    boost::asio::thread_pool& blocking_;
    Log& log_;
    Metrics& metrics_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::vector<Slot*> idle_;  ///< The last one in is the first one out: its caches are warm.
    std::deque<Task*> waiting_;
    SandboxStatus sandbox_;
    std::string last_start_error_;
    std::optional<Result<std::monostate>> first_start_;
    Notifier first_start_known_;
    bool stopping_ = false;
    TaskGroup keepers_;
};

}  // namespace ingestor

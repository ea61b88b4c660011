#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <sys/types.h>

#include "async/notifier.hpp"
#include "async/task_group.hpp"
#include "base/result.hpp"
#include "documents/exit_status.hpp"
#include "documents/messages.hpp"
#include "documents/sandbox_status.hpp"
#include "ports/document_extractor.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace ingestor::documents {

class Zygote;

struct HelperPoolOptions {
    std::filesystem::path program = {};  ///< agent2-ingestor-extract.
    std::size_t slots = 2;
    /// Helpers beyond the slots. Whoever hands out slots may use them for who has none.
    std::size_t reserve = 0;
    /// What becomes of documents where the kernel lacks a layer of the sandbox.
    SandboxPolicy sandbox = SandboxPolicy::automatic;
    /// A helper is replaced after so many documents, so that what parsers leak does not add up. The
    /// pages that a fresh one copies from the zygote cost as much as 100 small documents do.
    std::uint32_t documents_max = 1'000;
    /// … or once it holds so much memory between documents.
    std::uint64_t resident_bytes_max = std::uint64_t{128} << 20;
    /// From the start of a helper to its hello.
    std::chrono::milliseconds hello_time_max{20'000};
    /// Between two attempts to start a helper that does not start; doubled from the first value.
    std::chrono::milliseconds backoff_min{100};
    std::chrono::milliseconds backoff_max{10'000};
};

/// DocumentExtractor over helper processes that are made ahead and wait. Parsing happens there,
/// sandboxed; see documents/messages.hpp for what is said, documents/helper.hpp for the other side,
/// and documents/sandbox_status.hpp for the walls.
///
/// One coroutine keeps the zygote, a process that has loaded the parsers and never sees a document.
/// One coroutine a slot has it make a helper, hears that one, and replaces it when it ends for
/// whatever reason. A document goes to an idle helper as one small message with two descriptors:
/// itself, and a sealed memory file for the outputs. The kernel holds the limits on memory and
/// output; the pool holds those on processor and wall time, and kills.
///
/// A helper works for one user only: it is used for whoever comes first, and replaced when all that
/// are idle have worked for others. One that nobody has used is kept ready where that is possible.
///
/// With more documents than helpers, callers of extract() wait in the order they came: fairness
/// between users is decided above. Time spent waiting does not count as wall time. Nobody waits
/// where no helper can be started: the answer then is a retryable error, at once, and the pool goes
/// on trying.
///
/// Use it from its executor only. Every extract() must have returned before the pool goes.
class HelperPool final : public ports::DocumentExtractor {
public:
    /// `blocking` reads large outputs. What is passed by reference must outlive the pool.
    HelperPool(HelperPoolOptions options, boost::asio::any_io_executor executor,
               boost::asio::thread_pool& blocking, telemetry::Log& log,
               telemetry::Metrics& metrics);
    ~HelperPool() override;
    HelperPool(const HelperPool&) = delete;
    HelperPool& operator=(const HelperPool&) = delete;

    /// Starts zygote and helpers and returns when the first is ready. After a failure the
    /// pool goes on trying, until stop(). Call it once, from the executor's thread; helpers die
    /// with that thread. Errors: unavailable (none could be started).
    boost::asio::awaitable<Result<std::monostate>> start();

    /// Ends all helpers and returns when they are gone. Documents under way and waiting fail as
    /// retryable. May be called more than once.
    boost::asio::awaitable<void> stop();

    boost::asio::awaitable<std::expected<ports::Extraction, ports::ExtractionError>> extract(
        ports::ExtractionRequest request, std::stop_token stop,
        std::function<void(std::uint32_t pages_done)> progress) override;

    [[nodiscard]] std::size_t slots() const override { return options_.slots; }
    [[nodiscard]] std::optional<std::string> unavailable_reason() const override {
        return unavailable_reason_;
    }

    /// As the latest helper reported it; no layers before the first has.
    [[nodiscard]] const SandboxStatus& sandbox_status() const { return sandbox_; }
    /// What to tell an operator of a sandbox that is not whole; empty where it is.
    [[nodiscard]] std::string sandbox_warning() const;
    /// The process that helpers are cloned from; nullopt while there is none.
    [[nodiscard]] std::optional<pid_t> zygote() const;
    /// The helpers of the moment, without the zygote.
    [[nodiscard]] std::vector<pid_t> helpers() const;

private:
    struct Task;
    struct Slot;
    class AbandonOnExit;

    boost::asio::awaitable<void> run_zygote();
    boost::asio::awaitable<Result<std::monostate>> start_zygote();
    boost::asio::awaitable<void> run_slot(Slot& slot);
    /// Errors: unavailable.
    boost::asio::awaitable<Result<std::monostate>> start_helper(Slot& slot);
    boost::asio::awaitable<Result<std::monostate>> await_hello(Slot& slot);
    boost::asio::awaitable<void> serve_tasks(Slot& slot);
    boost::asio::awaitable<void> reap(Slot& slot);

    /// Hands those who wait to idle helpers, and has helpers of other users replaced for the rest.
    void dispatch();
    /// An idle helper of this user or of nobody; nullptr: there is none. It is idle no more.
    Slot* take_idle(const domain::UserId& user_id);
    void make_idle(Slot& slot);
    /// Has the helper replaced that has been idle for longest, and has worked for somebody.
    bool retire_idle();
    [[nodiscard]] bool assign(Slot& slot, Task& task);
    /// False where the reply is not one that may come now.
    [[nodiscard]] bool take(Slot& slot, Reply reply);
    /// Ends the document whose time is up; otherwise says when to look again.
    void check_time(Task& task);
    /// Takes a document out of the line, or away from its helper, which is killed.
    void abandon(Task& task, KillCause cause);
    void fail_waiting(std::string_view why);

    void record_failed_start(const Error& error, int failures);
    [[nodiscard]] std::chrono::milliseconds backoff(int failures) const;
    [[nodiscard]] Result<void> accept_sandbox(const SandboxStatus& status);
    void decide_first_start(Result<std::monostate> outcome);
    /// After a document: whether the helper is to be replaced.
    [[nodiscard]] bool needs_recycling(Slot& slot);
    void count();
    [[nodiscard]] std::optional<ports::ExtractionError> refuse(
        const ports::ExtractionRequest& request, const std::stop_token& stop) const;

    HelperPoolOptions options_;
    boost::asio::any_io_executor executor_;
    boost::asio::thread_pool& blocking_;
    telemetry::Log& log_;
    telemetry::Metrics& metrics_;
    std::unique_ptr<Zygote> zygote_;
    bool zygote_ready_ = false;
    boost::asio::steady_timer zygote_timer_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::vector<Slot*> idle_;  ///< The last one in is the first one out: its caches are warm.
    std::deque<Task*> waiting_;
    SandboxStatus sandbox_;
    bool sandbox_was_complete_ = false;
    std::optional<std::string> unavailable_reason_;
    std::optional<Result<std::monostate>> first_start_;
    async::Notifier first_start_known_;
    bool stopping_ = false;
    async::TaskGroup tasks_;
};

}  // namespace ingestor::documents

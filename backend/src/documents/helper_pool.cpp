#include "documents/helper_pool.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>

#include "async/offload.hpp"
#include "documents/helper_process.hpp"
#include "documents/messages.hpp"
#include "documents/output_file.hpp"
#include "documents/verdict.hpp"

namespace ingestor {

using documents::HelperProcess;
using documents::KillCause;

namespace {

using Clock = std::chrono::steady_clock;

/// Outputs up to this size are read on the I/O thread: a hand-over to another costs more.
constexpr std::uint64_t kReadAtOnceBytesMax = 32 * 1024;
/// More reports than a document could have pages, at the rate that a helper sends them.
constexpr std::uint32_t kProgressMessagesMax = 100'000;
constexpr std::chrono::seconds kStopTimeMax{10};
constexpr std::chrono::milliseconds kBrief{5};
constexpr std::uint32_t kBriefInARowMax = 16;

using Outputs = std::expected<Extraction, ExtractionError>;

/// Outputs that are still to be read, off the I/O thread.
struct Unread {
    FileDescriptor file;
    documents::Done done;
};

ExtractionError refusal(Errc code, std::string message) {
    return {.file_error = {.code = std::string(to_string(code)), .message = std::move(message)},
            .retryable = is_retryable(code)};
}

ExtractionError to_extraction_error(Error error) {
    return refusal(error.code, std::move(error.message));
}

/// The codes that speak about a document; others would make the server act on a helper's word.
bool may_come_from_a_parser(Errc code) {
    switch (code) {
        case Errc::empty:
        case Errc::corrupt:
        case Errc::encrypted:
        case Errc::too_large:
        case Errc::unsupported:
        case Errc::internal:
            return true;
        case Errc::invalid_argument:
        case Errc::unauthenticated:
        case Errc::permission_denied:
        case Errc::not_found:
        case Errc::conflict:
        case Errc::rate_limited:
        case Errc::unavailable:
        case Errc::out_of_space:
        case Errc::timed_out:
        case Errc::cancelled:
            return false;
    }
    return false;
}

/// The helper must not be able to write to the stored document.
Result<FileDescriptor> read_only(FileDescriptor file) {
    const int flags = ::fcntl(file.get(), F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) return file;
    FileDescriptor again(
        ::open(fmt::format("/proc/self/fd/{}", file.get()).c_str(), O_RDONLY | O_CLOEXEC));
    if (!again) return fail(Errc::internal, "the document could not be opened for reading");
    return again;
}

}  // namespace

/// One document on its way. Lives as long as its extract().
struct HelperPool::Task {
    Task(const asio::any_io_executor& executor, ExtractionRequest asked,
         std::function<void(std::uint32_t)> tell)
        : request(std::move(asked)), progress(std::move(tell)), wake(executor) {}

    void end(std::variant<Outputs, Unread> how) {
        answer = std::move(how);
        wake.cancel();
    }

    ExtractionRequest request;
    std::function<void(std::uint32_t)> progress;
    std::optional<std::variant<Outputs, Unread>> answer;
    Slot* slot = nullptr;  ///< While a helper is at work on it.
    Deadline deadline = Deadline::max();
    std::uint32_t progress_messages = 0;
    asio::steady_timer wake;
};

struct HelperPool::Slot {
    enum class State { starting, idle, busy, ending, waiting_to_start };

    explicit Slot(const asio::any_io_executor& executor) : timer(executor) {}

    void kill(KillCause why) {
        if (cause == KillCause::none) cause = why;
        state = State::ending;
        if (process) process->kill();
    }

    void release() {
        if (task != nullptr) task->slot = nullptr;
        task = nullptr;
    }

    Result<void> make_output(std::uint64_t size_bytes) {
        if (output && output_bytes == size_bytes) return {};
        auto made = documents::make_output_file(size_bytes);
        if (!made) return std::unexpected(std::move(made.error()));
        output = std::move(*made);
        output_bytes = size_bytes;
        output_is_known = false;
        return {};
    }

    State state = State::starting;
    std::unique_ptr<HelperProcess> process;
    Task* task = nullptr;
    FileDescriptor output;  ///< Kept for the next document where it holds little.
    std::uint64_t output_bytes = 0;
    bool output_is_known = false;  ///< To the helper.
    std::uint32_t documents = 0;
    Clock::time_point assigned;
    int failed_starts = 0;
    KillCause cause = KillCause::none;
    asio::steady_timer timer;  ///< The latest moment for a hello, or the next attempt to start.
};

class HelperPool::Forget {
public:
    Forget(HelperPool& pool, Task& task) : pool_(pool), task_(task) {}
    ~Forget() { pool_.abandon(task_, KillCause::cancelled); }
    Forget(const Forget&) = delete;
    Forget& operator=(const Forget&) = delete;

private:
    HelperPool& pool_;
    Task& task_;
};

HelperPool::HelperPool(HelperPoolOptions options, asio::any_io_executor executor,
                       asio::thread_pool& blocking, Log& log, Metrics& metrics)
    : options_(std::move(options)),
      executor_(std::move(executor)),
      blocking_(blocking),
      log_(log),
      metrics_(metrics),
      first_start_known_(executor_),
      keepers_(executor_, [this](const std::exception_ptr& failure) {
          try {
              std::rethrow_exception(failure);
          } catch (const std::exception& error) {
              log_.error("a slot of the extraction pool failed", {{"error", error.what()}});
          }
      }) {
    for (std::size_t i = 0; i < std::max<std::size_t>(options_.slots, 1); ++i) {
        slots_.push_back(std::make_unique<Slot>(executor_));
    }
}

HelperPool::~HelperPool() = default;

asio::awaitable<Result<std::monostate>> HelperPool::start() {
    for (auto& slot : slots_) keepers_.spawn(keep(*slot));
    while (!first_start_) co_await first_start_known_.wait(Deadline::max());
    co_return *first_start_;
}

asio::awaitable<void> HelperPool::stop() {
    stopping_ = true;
    decide_first_start(fail(Errc::unavailable, "stopped before a helper was ready"));
    fail_waiting("the service is stopping");
    for (auto& slot : slots_) {
        slot->kill(KillCause::stopping);
        slot->timer.cancel();
    }
    if (!co_await keepers_.join(Clock::now() + kStopTimeMax)) {
        keepers_.cancel();
        co_await keepers_.join(Clock::now() + kStopTimeMax);
    }
}

std::vector<pid_t> HelperPool::helpers() const {
    std::vector<pid_t> pids;
    for (const auto& slot : slots_) {
        if (slot->process) pids.push_back(slot->process->pid());
    }
    return pids;
}

asio::awaitable<std::expected<Extraction, ExtractionError>> HelperPool::extract(
    ExtractionRequest request, std::stop_token stop,
    std::function<void(std::uint32_t pages_done)> progress) {
    if (auto refused = refuse(request, stop)) co_return std::unexpected(std::move(*refused));
    auto file = read_only(std::move(request.file));
    if (!file) co_return std::unexpected(to_extraction_error(std::move(file.error())));
    request.file = std::move(*file);

    const auto task = std::make_shared<Task>(executor_, std::move(request), std::move(progress));
    // Whatever ends this coroutine, no pointer to the task stays behind.
    const Forget forget_at_the_end(*this, *task);

    // A stop may be asked for on any thread; what it does happens on ours.
    auto on_stop = [this, weak = std::weak_ptr<Task>(task), executor = executor_] {
        asio::post(executor, [this, weak] {
            if (const auto stopped = weak.lock()) abandon(*stopped, KillCause::cancelled);
        });
    };
    const std::stop_callback watch(stop, std::move(on_stop));

    waiting_.push_back(task.get());
    while (!task->slot && !task->answer && !idle_.empty()) {
        auto& slot = *idle_.back();
        idle_.pop_back();
        offer(slot);
    }
    while (!task->answer) {
        task->wake.expires_at(task->deadline);
        co_await task->wake.async_wait(asio::as_tuple(asio::use_awaitable));
        if (Clock::now() >= task->deadline) abandon(*task, KillCause::wall_time);
    }
    if (auto* outputs = std::get_if<Outputs>(&*task->answer)) co_return std::move(*outputs);

    auto& unread = std::get<Unread>(*task->answer);
    auto work = [output = std::move(unread.file), done = std::move(unread.done)]() mutable {
        return documents::read_outputs(output.get(), std::move(done));
    };
    auto outputs = co_await offload(blocking_, std::move(work));
    if (!outputs) co_return std::unexpected(to_extraction_error(std::move(outputs.error())));
    co_return std::move(*outputs);
}

std::optional<ExtractionError> HelperPool::refuse(const ExtractionRequest& request,
                                                  const std::stop_token& stop) const {
    const auto allowed = request.limits.input_bytes_max;
    if (stop.stop_requested()) return refusal(Errc::cancelled, "stopped by the user");
    if (request.size_bytes > allowed) {
        return refusal(Errc::too_large, fmt::format("the document has {} bytes; {} are allowed",
                                                    request.size_bytes, allowed));
    }
    if (stopping_) return refusal(Errc::unavailable, "the service is stopping");
    if (const auto reason = unavailable_reason()) return refusal(Errc::unavailable, *reason);
    return std::nullopt;
}

void HelperPool::abandon(Task& task, KillCause cause) {
    std::erase(waiting_, &task);
    if (auto* slot = std::exchange(task.slot, nullptr)) {
        slot->task = nullptr;
        slot->kill(cause);
    }
    if (!task.answer) {
        task.end(Outputs(std::unexpect, documents::judge({}, cause, task.request.limits)));
    }
}

void HelperPool::offer(Slot& slot) {
    while (!waiting_.empty()) {
        auto& task = *waiting_.front();
        if (auto ready = slot.make_output(task.request.limits.output_bytes_max); !ready) {
            waiting_.pop_front();
            task.end(Outputs(std::unexpect, to_extraction_error(std::move(ready.error()))));
            continue;
        }
        // A helper that cannot be spoken with is replaced; the document keeps its place.
        if (!assign(slot, task)) return slot.kill(KillCause::none);
        waiting_.pop_front();
        return count();
    }
    slot.state = Slot::State::idle;
    idle_.push_back(&slot);
    count();
}

bool HelperPool::assign(Slot& slot, Task& task) {
    const auto& request = task.request;
    const documents::Job job{.size_bytes = request.size_bytes,
                             .output_bytes_max = request.limits.output_bytes_max,
                             .filename = request.filename,
                             .source_uri = request.source_uri};
    if (!slot.process->limit(request.limits)) return false;
    std::optional<int> output;
    if (!slot.output_is_known) output = slot.output.get();
    if (!slot.process->send(job, request.file.get(), output)) return false;
    slot.output_is_known = true;
    slot.assigned = Clock::now();
    slot.state = Slot::State::busy;
    slot.task = &task;
    task.slot = &slot;
    task.deadline = slot.assigned + request.limits.wall_time_max;
    task.wake.cancel();
    return true;
}

asio::awaitable<void> HelperPool::keep(Slot& slot) {
    while (!stopping_) {
        const auto begun = co_await begin(slot);
        if (!begun && !stopping_) {
            note_failed_start(slot, begun.error());
            const std::chrono::milliseconds doubled =
                options_.backoff_min * (1L << std::min(slot.failed_starts - 1, 20));
            slot.timer.expires_after(std::min(doubled, options_.backoff_max));
            co_await slot.timer.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        if (!begun) continue;
        slot.failed_starts = 0;
        decide_first_start(std::monostate{});
        offer(slot);
        co_await attend(slot);
        co_await clear(slot);
    }
}

asio::awaitable<Result<std::monostate>> HelperPool::begin(Slot& slot) {
    slot.state = Slot::State::starting;
    slot.cause = KillCause::none;
    slot.documents = 0;
    auto started = HelperProcess::start(executor_, options_.program);
    if (!started) co_return std::unexpected(std::move(started.error()));
    slot.process = std::move(*started);

    slot.timer.expires_after(options_.hello_time_max);
    slot.timer.async_wait([&slot](const boost::system::error_code& cancelled) {
        if (!cancelled && slot.state == Slot::State::starting) slot.kill(KillCause::slow_start);
    });
    const auto reply = co_await slot.process->receive();
    slot.timer.cancel();

    const auto* hello = reply ? std::get_if<documents::Hello>(&*reply) : nullptr;
    if (hello != nullptr && hello->version == documents::kProtocolVersion &&
        slot.state == Slot::State::starting) {
        note_sandbox(hello->sandbox);
        co_return std::monostate{};
    }
    slot.process->kill();
    const auto end = co_await slot.process->ended();
    const auto complaints = slot.process->take_complaints();
    slot.process.reset();
    co_return fail(
        Errc::unavailable,
        fmt::format("{} did not get ready: {}; {}", options_.program.string(),
                    hello != nullptr ? "it is of another version" : documents::describe(end),
                    complaints));
}

asio::awaitable<void> HelperPool::attend(Slot& slot) {
    while (true) {
        auto reply = co_await slot.process->receive();
        if (!reply) {
            if (reply.error().code == Errc::corrupt) slot.kill(KillCause::protocol);
            co_return;
        }
        // Killed; what it said before that counts no more.
        if (slot.state == Slot::State::ending) continue;
        if (!take(slot, std::move(*reply))) {
            slot.kill(KillCause::protocol);
            co_return;
        }
        if (slot.task != nullptr) continue;
        if (worn_out(slot)) {
            slot.kill(KillCause::recycled);
            co_return;
        }
        offer(slot);
    }
}

bool HelperPool::take(Slot& slot, documents::Reply reply) {
    if (slot.task == nullptr) return false;
    auto& task = *slot.task;
    if (const auto* progress = std::get_if<documents::Progress>(&reply)) {
        if (++task.progress_messages > kProgressMessagesMax) return false;
        if (task.progress) task.progress(progress->pages_done);
        return true;
    }
    if (auto* failed = std::get_if<documents::Failed>(&reply)) {
        if (!may_come_from_a_parser(failed->code)) return false;
        slot.release();
        task.end(Outputs(std::unexpect, refusal(failed->code, std::move(failed->message))));
        return true;
    }
    auto* done = std::get_if<documents::Done>(&reply);
    if (done == nullptr || !documents::fits(*done, task.request.limits.output_bytes_max)) {
        return false;
    }
    slot.release();
    if (documents::total_bytes(*done) > kReadAtOnceBytesMax) {
        task.end(Unread{.file = std::move(slot.output), .done = std::move(*done)});
        return true;
    }
    auto outputs = documents::read_outputs(slot.output.get(), std::move(*done));
    if (outputs) {
        task.end(Outputs(std::move(*outputs)));
    } else {
        task.end(Outputs(std::unexpect, to_extraction_error(std::move(outputs.error()))));
    }
    return true;
}

asio::awaitable<void> HelperPool::clear(Slot& slot) {
    std::erase(idle_, &slot);
    slot.state = Slot::State::ending;
    slot.process->kill();
    count();
    const auto end = co_await slot.process->ended();
    const auto reason = documents::restart_reason(end, slot.cause);
    const auto complaints = slot.process->take_complaints();
    const std::string_view source =
        slot.task != nullptr ? std::string_view(slot.task->request.source_uri) : "";
    log_.write(slot.cause == KillCause::none || slot.cause == KillCause::protocol ? LogLevel::warn
                                                                                  : LogLevel::debug,
               "an extraction helper ended",
               {{"reason", reason},
                {"end", documents::describe(end)},
                {"source", source},
                {"documents", slot.documents},
                {"stderr", complaints}});
    if (!stopping_) metrics_.helper_restarted(reason);
    if (auto* task = std::exchange(slot.task, nullptr)) {
        task->slot = nullptr;
        task->end(Outputs(std::unexpect, documents::judge(end, slot.cause, task->request.limits)));
    }
    slot.process.reset();
    slot.output.reset();
}

void HelperPool::note_failed_start(Slot& slot, const Error& error) {
    slot.state = Slot::State::waiting_to_start;
    ++slot.failed_starts;
    last_start_error_ = error.message;
    log_.error("an extraction helper could not be started",
               {{"error", error.message}, {"attempt", slot.failed_starts}});
    metrics_.helper_restarted("start_failed");
    if (!hopeless()) return;
    fail_waiting(*unavailable_reason());
    decide_first_start(std::unexpected(error));
}

void HelperPool::note_sandbox(const SandboxStatus& status) {
    if (status == sandbox_) return;
    sandbox_ = status;
    log_.write(status.complete() ? LogLevel::info : LogLevel::warn, "extraction sandbox",
               {{"complete", status.complete()}, {"layers", status.summary()}});
}

void HelperPool::decide_first_start(Result<std::monostate> outcome) {
    if (first_start_) return;
    first_start_ = std::move(outcome);
    first_start_known_.notify();
}

void HelperPool::fail_waiting(std::string_view why) {
    for (auto* task : std::exchange(waiting_, {})) {
        task->end(Outputs(std::unexpect, refusal(Errc::unavailable, std::string(why))));
    }
}

bool HelperPool::worn_out(Slot& slot) {
    const auto took = Clock::now() - slot.assigned;
    slot.process->worked_for(took);
    ++slot.documents;
    if (slot.documents >= options_.documents_max) return true;
    // A brief document neither grew the helper by much nor left it much to complain of.
    if (took < kBrief && slot.documents % kBriefInARowMax != 0) return false;
    const auto complaints = slot.process->take_complaints();
    if (!complaints.empty()) log_.debug("a parser complained", {{"stderr", complaints}});
    return slot.process->resident_bytes() > options_.resident_bytes_max;
}

void HelperPool::count() {
    const auto busy =
        std::ranges::count(slots_, Slot::State::busy, [](const auto& slot) { return slot->state; });
    metrics_.set_helpers(idle_.size(), static_cast<std::size_t>(busy));
}

std::optional<std::string> HelperPool::unavailable_reason() const {
    if (!hopeless()) return std::nullopt;
    return fmt::format("no extraction helper can be started: {}", last_start_error_);
}

bool HelperPool::hopeless() const {
    return std::ranges::all_of(
        slots_, [](const auto& slot) { return slot->state == Slot::State::waiting_to_start; });
}

}  // namespace ingestor

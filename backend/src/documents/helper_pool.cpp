#include "documents/helper_pool.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
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
#include "base/memory_file.hpp"
#include "documents/exit_status.hpp"
#include "documents/helper_process.hpp"
#include "documents/messages.hpp"
#include "documents/output_file.hpp"
#include "documents/zygote.hpp"

namespace ingestor::documents {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

/// Outputs up to this size are read on the I/O thread: a hand-over to another costs more.
constexpr std::uint64_t kReadAtOnceBytesMax = 32 * 1024;
/// More reports than a document could have pages, at the rate that a helper sends them.
constexpr std::uint32_t kProgressMessagesMax = 100'000;
constexpr std::chrono::seconds kStopTimeMax{10};
constexpr std::chrono::milliseconds kBrief{5};
constexpr std::uint32_t kBriefInARowMax = 16;

using Outputs = std::expected<ports::Extraction, ports::ExtractionError>;

/// Outputs that are still to be read, off the I/O thread.
struct Unread {
    FileDescriptor file;
    Done done;
};

ports::ExtractionError refusal(Errc code, std::string message) {
    return {.file_error = {.code = std::string(to_string(code)), .message = std::move(message)},
            .retryable = is_retryable(code)};
}

ports::ExtractionError to_extraction_error(Error error) {
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
    if (is_sealed(file)) return file;
    FileDescriptor again(
        ::open(fmt::format("/proc/self/fd/{}", file.get()).c_str(), O_RDONLY | O_CLOEXEC));
    // Our own trouble (no descriptor left), never the document's.
    if (!again) {
        return fail(
            Errc::unavailable,
            fmt::format("the document could not be opened for reading: {}", std::strerror(errno)));
    }
    return again;
}

}  // namespace

/// One document on its way. Lives as long as its extract().
struct HelperPool::Task {
    Task(const asio::any_io_executor& executor, ports::ExtractionRequest asked,
         std::function<void(std::uint32_t)> tell)
        : request(std::move(asked)), progress(std::move(tell)), wake(executor) {}

    void end(std::variant<Outputs, Unread> how) {
        answer = std::move(how);
        wake.cancel();
    }

    ports::ExtractionRequest request;
    std::function<void(std::uint32_t)> progress;
    std::optional<std::variant<Outputs, Unread>> answer;
    Slot* slot = nullptr;  ///< While a helper is at work on it.
    Deadline deadline = Deadline::max();
    Deadline next_check = Deadline::max();  ///< Of its time; not before either limit is reached.
    std::uint32_t progress_messages = 0;
    asio::steady_timer wake;
};

struct HelperPool::Slot {
    enum class State { waiting_to_start, starting, idle, busy, ending };

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
        auto made = make_output_file(size_bytes);
        if (!made) return std::unexpected(std::move(made.error()));
        output = std::move(*made);
        output_bytes = size_bytes;
        output_is_known = false;
        return {};
    }

    State state = State::waiting_to_start;
    std::unique_ptr<HelperProcess> process;
    Task* task = nullptr;
    std::optional<domain::UserId> user;  ///< Whose documents the helper has seen.
    FileDescriptor output;               ///< Kept for the next document where it holds little.
    std::uint64_t output_bytes = 0;
    bool output_is_known = false;  ///< To the helper.
    std::uint32_t documents = 0;
    Clock::time_point assigned;
    std::chrono::nanoseconds processor_time_before{};  ///< What earlier documents have used.
    int failed_starts = 0;
    KillCause cause = KillCause::none;
    asio::steady_timer timer;  ///< The latest moment for a hello, or the next attempt to start.
};

class HelperPool::AbandonOnExit {
public:
    AbandonOnExit(HelperPool& pool, Task& task) : pool_(pool), task_(task) {}
    ~AbandonOnExit() { pool_.abandon(task_, KillCause::cancelled); }
    AbandonOnExit(const AbandonOnExit&) = delete;
    AbandonOnExit& operator=(const AbandonOnExit&) = delete;

private:
    HelperPool& pool_;
    Task& task_;
};

HelperPool::HelperPool(HelperPoolOptions options, asio::any_io_executor executor,
                       asio::thread_pool& blocking, telemetry::Log& log,
                       telemetry::Metrics& metrics)
    : options_(std::move(options)),
      executor_(std::move(executor)),
      blocking_(blocking),
      log_(log),
      metrics_(metrics),
      zygote_timer_(executor_),
      first_start_known_(executor_),
      tasks_(executor_, [this](const std::exception_ptr& failure) {
          try {
              std::rethrow_exception(failure);
          } catch (const std::exception& error) {
              log_.error("a task of the extraction pool failed", {{"error", error.what()}});
          }
      }) {
    options_.slots = std::max<std::size_t>(options_.slots, 1);
    for (std::size_t i = 0; i < options_.slots + options_.reserve; ++i) {
        slots_.push_back(std::make_unique<Slot>(executor_));
    }
}

HelperPool::~HelperPool() = default;

asio::awaitable<Result<std::monostate>> HelperPool::start() {
    tasks_.spawn(run_zygote());
    for (auto& slot : slots_) tasks_.spawn(run_slot(*slot));
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
    if (zygote_) zygote_->kill();
    zygote_timer_.cancel();
    if (!co_await tasks_.join(Clock::now() + kStopTimeMax)) {
        tasks_.cancel();
        co_await tasks_.join(Clock::now() + kStopTimeMax);
    }
}

std::optional<pid_t> HelperPool::zygote() const {
    if (!zygote_) return std::nullopt;
    return zygote_->pid();
}

std::vector<pid_t> HelperPool::helpers() const {
    std::vector<pid_t> pids;
    for (const auto& slot : slots_) {
        if (!slot->process) continue;
        if (const auto pid = slot->process->pid()) pids.push_back(*pid);
    }
    return pids;
}

std::string HelperPool::sandbox_warning() const {
    const auto missing = sandbox_.missing();
    if (missing.empty()) return {};
    return fmt::format("the sandbox of document helpers is not whole: {}", missing);
}

asio::awaitable<std::expected<ports::Extraction, ports::ExtractionError>> HelperPool::extract(
    ports::ExtractionRequest request, std::stop_token stop,
    std::function<void(std::uint32_t pages_done)> progress) {
    if (auto refused = refuse(request, stop)) co_return std::unexpected(std::move(*refused));
    auto file = read_only(std::move(request.file));
    if (!file) co_return std::unexpected(to_extraction_error(std::move(file.error())));
    request.file = std::move(*file);
    request.limits.memory_bytes_max = request.limits.memory_bytes_for(request.size_bytes);

    const auto task = std::make_shared<Task>(executor_, std::move(request), std::move(progress));
    // Whatever ends this coroutine, no pointer to the task stays behind.
    const AbandonOnExit abandon_on_exit(*this, *task);

    // A stop may be asked for on any thread; what it does happens on ours.
    auto on_stop = [this, weak = std::weak_ptr<Task>(task), executor = executor_] {
        asio::post(executor, [this, weak] {
            if (const auto stopped = weak.lock()) abandon(*stopped, KillCause::cancelled);
        });
    };
    const std::stop_callback watch(stop, std::move(on_stop));

    waiting_.push_back(task.get());
    dispatch();
    while (!task->answer) {
        task->wake.expires_at(task->next_check);
        co_await task->wake.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!task->answer && Clock::now() >= task->next_check) check_time(*task);
    }
    if (auto* outputs = std::get_if<Outputs>(&*task->answer)) co_return std::move(*outputs);

    auto& unread = std::get<Unread>(*task->answer);
    auto work = [output = std::move(unread.file), done = std::move(unread.done)]() mutable {
        return read_outputs(output.get(), std::move(done));
    };
    auto outputs = co_await async::offload(blocking_, std::move(work));
    if (!outputs) co_return std::unexpected(to_extraction_error(std::move(outputs.error())));
    co_return std::move(*outputs);
}

std::optional<ports::ExtractionError> HelperPool::refuse(const ports::ExtractionRequest& request,
                                                         const std::stop_token& stop) const {
    const auto allowed = request.limits.input_bytes_max;
    if (stop.stop_requested()) return refusal(Errc::cancelled, "stopped by the user");
    if (request.size_bytes > allowed) {
        return refusal(Errc::too_large, fmt::format("the document has {} bytes; {} are allowed",
                                                    request.size_bytes, allowed));
    }
    if (stopping_) return refusal(Errc::unavailable, "the service is stopping");
    if (unavailable_reason_) return refusal(Errc::unavailable, *unavailable_reason_);
    return std::nullopt;
}

void HelperPool::check_time(Task& task) {
    const auto& limits = task.request.limits;
    if (task.slot == nullptr) return;
    auto& helper = *task.slot->process;
    const auto used = helper.processor_time() - task.slot->processor_time_before;
    const auto now = Clock::now();
    if (used >= limits.cpu_time_max) return abandon(task, KillCause::processor_time);
    if (now < task.deadline) {
        task.next_check = std::min(task.deadline, now + (limits.cpu_time_max - used));
        return;
    }
    // Wall time without processor time is the machine's trouble, unless the parser chose to wait.
    const bool did_work = used >= std::min(limits.cpu_time_max, limits.wall_time_max) / 2;
    abandon(task, did_work || helper.is_sleeping() ? KillCause::wall_time : KillCause::held_up);
}

void HelperPool::abandon(Task& task, KillCause cause) {
    std::erase(waiting_, &task);
    if (auto* slot = std::exchange(task.slot, nullptr)) {
        slot->task = nullptr;
        slot->kill(cause);
    }
    if (!task.answer) {
        task.end(Outputs(std::unexpect, classify_exit({}, cause, task.request.limits)));
    }
}

void HelperPool::dispatch() {
    for (std::size_t place = 0; place < waiting_.size();) {
        auto& task = *waiting_[place];
        auto* slot = take_idle(task.request.user_id);
        if (slot == nullptr) {
            ++place;
            continue;
        }
        auto ready = slot->make_output(task.request.limits.output_bytes_max);
        if (!ready) idle_.push_back(slot);
        const bool fresh = !slot->user;
        if (ready && !assign(*slot, task)) {
            // It cannot be spoken with and is replaced; the document keeps its place.
            slot->kill(KillCause::none);
            continue;
        }
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(place));
        if (!ready) {
            task.end(Outputs(std::unexpect, to_extraction_error(std::move(ready.error()))));
        } else if (fresh &&
                   std::ranges::all_of(idle_, [](Slot* idle) { return idle->user.has_value(); })) {
            // So that the next user need not wait for a helper to be made.
            retire_idle();
        }
    }
    const auto coming = std::ranges::count_if(slots_, [](const auto& slot) {
        return slot->state != Slot::State::idle && slot->state != Slot::State::busy;
    });
    for (auto missing = std::ssize(waiting_) - coming; missing > 0 && retire_idle(); --missing) {
    }
    count();
}

HelperPool::Slot* HelperPool::take_idle(const domain::UserId& user_id) {
    auto place = std::find_if(idle_.rbegin(), idle_.rend(),
                              [&user_id](Slot* slot) { return slot->user == user_id; });
    if (place == idle_.rend()) {
        place = std::find_if(idle_.rbegin(), idle_.rend(), [](Slot* slot) { return !slot->user; });
    }
    if (place == idle_.rend()) return nullptr;
    auto* const slot = *place;
    idle_.erase(std::next(place).base());
    return slot;
}

bool HelperPool::retire_idle() {
    const auto place =
        std::ranges::find_if(idle_, [](Slot* slot) { return slot->user.has_value(); });
    if (place == idle_.end()) return false;
    auto* const slot = *place;
    idle_.erase(place);
    slot->kill(KillCause::user_changed);
    return true;
}

void HelperPool::make_idle(Slot& slot) {
    slot.state = Slot::State::idle;
    idle_.push_back(&slot);
    dispatch();
}

bool HelperPool::assign(Slot& slot, Task& task) {
    const auto& request = task.request;
    const Job job{.size_bytes = request.size_bytes,
                  .output_bytes_max = request.limits.output_bytes_max,
                  .memory_bytes_max = request.limits.memory_bytes_max,
                  .filename = request.filename,
                  .source_uri = request.source_uri,
                  .chunks_key = request.chunks_key,
                  .outputs = request.outputs};
    std::optional<int> output;
    if (!slot.output_is_known) output = slot.output.get();
    slot.processor_time_before = slot.process->processor_time();
    if (!slot.process->send(job, request.file.get(), output)) return false;
    slot.output_is_known = true;
    slot.user = request.user_id;
    slot.assigned = Clock::now();
    slot.state = Slot::State::busy;
    slot.task = &task;
    task.slot = &slot;
    task.deadline = slot.assigned + request.limits.wall_time_max;
    // One thread cannot use more processor time than passes.
    task.next_check = std::min(task.deadline, slot.assigned + request.limits.cpu_time_max);
    task.wake.cancel();
    return true;
}

std::chrono::milliseconds HelperPool::backoff(int failures) const {
    return std::min<std::chrono::milliseconds>(
        options_.backoff_min * (1L << std::clamp(failures - 1, 0, 20)), options_.backoff_max);
}

asio::awaitable<void> HelperPool::run_zygote() {
    int failures = 0;
    while (!stopping_) {
        auto started = co_await start_zygote();
        failures = started ? 0 : failures + 1;
        if (started) {
            zygote_ready_ = true;
            for (auto& slot : slots_) slot->timer.cancel();
            const auto end = co_await zygote_->ended();
            zygote_ready_ = false;
            log_.write(stopping_ ? telemetry::LogLevel::debug : telemetry::LogLevel::warn,
                       "the zygote ended",
                       {{"end", describe(end)}, {"stderr", zygote_->take_stderr()}});
            zygote_.reset();
        }
        if (stopping_) co_return;
        if (!started) record_failed_start(started.error(), failures);
        zygote_timer_.expires_after(backoff(failures));
        co_await zygote_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<Result<std::monostate>> HelperPool::start_zygote() {
    auto started = Zygote::start(executor_, options_.program);
    if (!started) co_return std::unexpected(std::move(started.error()));
    zygote_ = std::move(*started);

    zygote_timer_.expires_after(options_.hello_time_max);
    zygote_timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled && zygote_ && !zygote_ready_) zygote_->kill();
    });
    const auto reply = co_await zygote_->receive();
    zygote_timer_.cancel();

    const auto* hello = reply ? std::get_if<Hello>(&*reply) : nullptr;
    if (hello != nullptr && hello->version == kProtocolVersion) {
        co_return std::monostate{};
    }
    zygote_->kill();
    const auto end = co_await zygote_->ended();
    const auto said = zygote_->take_stderr();
    zygote_.reset();
    co_return fail(
        Errc::unavailable,
        fmt::format("{} did not get ready: {}; {}", options_.program.string(),
                    hello != nullptr ? "it is of another version" : describe(end), said));
}

asio::awaitable<void> HelperPool::run_slot(Slot& slot) {
    while (!stopping_) {
        slot.state = Slot::State::waiting_to_start;
        if (!zygote_ready_) {
            slot.timer.expires_at(Deadline::max());
            co_await slot.timer.async_wait(asio::as_tuple(asio::use_awaitable));
            continue;
        }
        const auto started = co_await start_helper(slot);
        if (stopping_) break;
        if (!started) {
            slot.state = Slot::State::waiting_to_start;
            record_failed_start(started.error(), ++slot.failed_starts);
            slot.timer.expires_after(backoff(slot.failed_starts));
            co_await slot.timer.async_wait(asio::as_tuple(asio::use_awaitable));
            continue;
        }
        slot.failed_starts = 0;
        unavailable_reason_.reset();
        decide_first_start(std::monostate{});
        make_idle(slot);
        co_await serve_tasks(slot);
        co_await reap(slot);
    }
    if (slot.process) co_await reap(slot);
}

asio::awaitable<Result<std::monostate>> HelperPool::start_helper(Slot& slot) {
    slot.state = Slot::State::starting;
    slot.cause = KillCause::none;
    slot.documents = 0;
    slot.user.reset();
    std::string failure;
    try {
        auto asked = zygote_->fork_helper(executor_);
        if (!asked) co_return std::unexpected(std::move(asked.error()));
        slot.process = std::move(*asked);
        co_return co_await await_hello(slot);
    } catch (const boost::system::system_error& error) {
        // What the executor could not take on, for lack of memory or descriptors.
        failure = error.what();
    }
    slot.process.reset();
    co_return fail(Errc::unavailable, std::move(failure));
}

asio::awaitable<Result<std::monostate>> HelperPool::await_hello(Slot& slot) {
    slot.timer.expires_after(options_.hello_time_max);
    slot.timer.async_wait([this, &slot](const boost::system::error_code& cancelled) {
        if (cancelled || slot.state != Slot::State::starting) return;
        // A zygote that does not answer is of no use either.
        if (!slot.process->pid() && zygote_) zygote_->kill();
        slot.kill(KillCause::slow_start);
    });
    auto hello = co_await slot.process->ready();
    slot.timer.cancel();
    std::string failure;
    if (!hello) {
        failure = hello.error().message;
    } else if (slot.state != Slot::State::starting) {
        failure = restart_reason({}, slot.cause);
    } else if (auto accepted = accept_sandbox(hello->sandbox); !accepted) {
        slot.process.reset();
        co_return std::unexpected(std::move(accepted.error()));
    } else {
        co_return std::monostate{};
    }
    slot.process->kill();
    const auto end = co_await slot.process->ended();
    failure += fmt::format(" ({}) {}", describe(end), slot.process->take_stderr());
    slot.process.reset();
    co_return fail(Errc::unavailable, std::move(failure));
}

asio::awaitable<void> HelperPool::serve_tasks(Slot& slot) {
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
        if (needs_recycling(slot)) {
            slot.kill(KillCause::recycled);
            co_return;
        }
        make_idle(slot);
    }
}

bool HelperPool::take(Slot& slot, Reply reply) {
    if (slot.task == nullptr) return false;
    auto& task = *slot.task;
    if (const auto* progress = std::get_if<Progress>(&reply)) {
        if (++task.progress_messages > kProgressMessagesMax) return false;
        if (task.progress) task.progress(progress->pages_done);
        return true;
    }
    if (auto* failed = std::get_if<Failed>(&reply)) {
        if (!may_come_from_a_parser(failed->code)) return false;
        slot.release();
        task.end(Outputs(std::unexpect, refusal(failed->code, std::move(failed->message))));
        return true;
    }
    auto* done = std::get_if<Done>(&reply);
    if (done == nullptr ||
        !fits(*done, task.request.outputs, task.request.limits.output_bytes_max)) {
        return false;
    }
    slot.release();
    if (total_bytes(*done) > kReadAtOnceBytesMax) {
        task.end(Unread{.file = std::move(slot.output), .done = std::move(*done)});
        return true;
    }
    auto outputs = read_outputs(slot.output.get(), std::move(*done));
    if (outputs) {
        task.end(Outputs(std::move(*outputs)));
    } else {
        task.end(Outputs(std::unexpect, to_extraction_error(std::move(outputs.error()))));
    }
    return true;
}

asio::awaitable<void> HelperPool::reap(Slot& slot) {
    std::erase(idle_, &slot);
    slot.state = Slot::State::ending;
    slot.process->kill();
    count();
    const auto end = co_await slot.process->ended();
    const auto reason = restart_reason(end, slot.cause);
    const auto said = slot.process->take_stderr();
    const std::string_view source =
        slot.task != nullptr ? std::string_view(slot.task->request.source_uri) : "";
    log_.write(slot.cause == KillCause::none || slot.cause == KillCause::protocol
                   ? telemetry::LogLevel::warn
                   : telemetry::LogLevel::debug,
               "an extraction helper ended",
               {{"reason", reason},
                {"end", describe(end)},
                {"source", source},
                {"documents", slot.documents},
                {"stderr", said}});
    if (!stopping_) metrics_.helper_restarted(reason);
    if (auto* task = std::exchange(slot.task, nullptr)) {
        task->slot = nullptr;
        task->end(Outputs(std::unexpect, classify_exit(end, slot.cause, task->request.limits)));
    }
    slot.process.reset();
    // It holds text of the user that the helper has worked for.
    slot.output.reset();
}

void HelperPool::record_failed_start(const Error& error, int failures) {
    // The first, and then ever more seldom: the state lasts, and so would the lines.
    if ((failures & (failures - 1)) == 0) {
        log_.error("an extraction helper could not be started",
                   {{"error", error.message}, {"attempt", failures}});
    }
    metrics_.helper_restarted("start_failed");
    const bool none = std::ranges::all_of(
        slots_, [](const auto& slot) { return slot->state == Slot::State::waiting_to_start; });
    if (!none) return;
    unavailable_reason_ = fmt::format("no extraction helper can be started: {}", error.message);
    fail_waiting(*unavailable_reason_);
    decide_first_start(std::unexpected(error));
}

Result<void> HelperPool::accept_sandbox(const SandboxStatus& status) {
    if (status != sandbox_) {
        sandbox_ = status;
        log_.write(status.complete() ? telemetry::LogLevel::info : telemetry::LogLevel::warn,
                   "extraction sandbox",
                   {{"complete", status.complete()}, {"layers", status.summary()}});
    }
    sandbox_was_complete_ = sandbox_was_complete_ || status.complete();
    const bool required = options_.sandbox == SandboxPolicy::required ||
                          (options_.sandbox == SandboxPolicy::automatic && sandbox_was_complete_);
    if (status.complete() || !required) return {};
    return fail(Errc::unavailable, sandbox_warning());
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

bool HelperPool::needs_recycling(Slot& slot) {
    const auto took = Clock::now() - slot.assigned;
    ++slot.documents;
    if (slot.documents >= options_.documents_max) return true;
    // A brief document neither grew the helper by much nor left it much to complain of.
    if (took < kBrief && slot.documents % kBriefInARowMax != 0) return false;
    const auto said = slot.process->take_stderr();
    if (!said.empty()) log_.debug("a parser complained", {{"stderr", said}});
    return slot.process->resident_bytes() > options_.resident_bytes_max;
}

void HelperPool::count() {
    const auto busy =
        std::ranges::count(slots_, Slot::State::busy, [](const auto& slot) { return slot->state; });
    metrics_.set_helpers(idle_.size(), static_cast<std::size_t>(busy));
}

}  // namespace ingestor::documents

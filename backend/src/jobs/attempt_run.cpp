#include "jobs/attempt_run.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "async/task_group.hpp"
#include "jobs/file_keys.hpp"
#include "jobs/manifest.hpp"

namespace ingestor::jobs {

namespace asio = boost::asio;

namespace {

/// More lanes than slots, so that extraction goes on while outputs are being stored.
constexpr std::size_t kLanesPerSlot = 2;

constexpr std::string_view kInternalError = "internal error: the log says why";

ports::PutOptions as_type(std::string_view content_type) {
    ports::PutOptions options;
    options.attributes.content_type = std::string(content_type);
    return options;
}

/// True where the upload itself is at fault, and would be the next time.
bool is_of_the_upload(Errc code) {
    return code == Errc::not_found || code == Errc::corrupt || code == Errc::too_large ||
           code == Errc::invalid_argument || code == Errc::conflict;
}

/// True where the store refuses this output and would refuse it again.
bool is_of_the_output(Errc code) {
    return code == Errc::too_large || code == Errc::invalid_argument;
}

}  // namespace

ProcessJob::AttemptRun::AttemptRun(const Dependencies& dependencies, const Options& options,
                                   SoloGate& gate, ports::Claimed claimed, Deadline lease_until,
                                   std::stop_source& stop, Deadline deadline,
                                   asio::any_io_executor executor)
    : dependencies_(dependencies),
      options_(options),
      gate_(gate),
      job_(std::move(claimed.job)),
      lease_(std::move(claimed.lease)),
      lease_until_(lease_until),
      stop_(stop),
      deadline_(deadline),
      executor_(std::move(executor)),
      notes_(dependencies.jobs, lease_),
      renew_at_(dependencies.monotonic.now() + options.heartbeat),
      wake_(executor_),
      recorded_(executor_) {
    for (std::uint32_t index = 0; index < job_.files.size(); ++index) {
        if (domain::is_done(job_.files[index].status)) continue;
        const auto suspect = job_.suspects.find(index);
        if (suspect == job_.suspects.end()) {
            unsuspected_.push_back(index);
        } else if (suspect->second < domain::kDocumentCrashesMax) {
            suspects_.push_back(index);
        } else {
            exhausted_.push_back(index);
        }
    }
}

bool ProcessJob::AttemptRun::all_done() const {
    return std::ranges::all_of(job_.files, domain::is_done, &domain::JobFile::status);
}

std::optional<ports::FileRecord> ProcessJob::AttemptRun::unrecorded() const {
    if (!unrecorded_) return std::nullopt;
    return ports::FileRecord{.index = *unrecorded_, .file = job_.files[*unrecorded_]};
}

asio::awaitable<void> ProcessJob::AttemptRun::record_rest() {
    if (const auto index = std::exchange(unrecorded_, std::nullopt)) co_await record_now(*index);
}

bool ProcessJob::AttemptRun::going_on() const {
    return !lost_ && !trouble_ && !out_of_time_ && !stop_.stop_requested();
}

std::chrono::seconds ProcessJob::AttemptRun::time_for_document() const {
    const auto limit = options_.limits.wall_time_max;
    if (deadline_ == Deadline::max()) return limit;
    const auto left = deadline_ - options_.end_reserve - dependencies_.monotonic.now();
    return std::min(limit, std::chrono::floor<std::chrono::seconds>(left));
}

bool ProcessJob::AttemptRun::may_begin() {
    const auto time = time_for_document();
    if (time < std::chrono::seconds(1) && begun_ == 0) {
        // Another invocation would be as short.
        const std::string why =
            "there is no time to work on a document: raise the timeout of the function";
        trouble_ = Trouble{.reason = why, .kind = why};
        return false;
    }
    // Documents of the start get all the time there is; later ones only where it is worth while.
    out_of_time_ = begun_ > 0 && time < options_.limits.wall_time_max &&
                   deadline_ - dependencies_.monotonic.now() < options_.begin_reserve;
    if (!out_of_time_) ++begun_;
    return !out_of_time_;
}

void ProcessJob::AttemptRun::note(const Error& error, std::string_view doing, std::uint32_t index) {
    if (error.code == Errc::conflict) {
        lost_ = true;
        stop_.request_stop();
    } else if (!trouble_) {
        trouble_ = Trouble{
            .reason = fmt::format("{} {}: {}", doing, job_.files[index].filename, error.message),
            .kind = fmt::format("{} a document: {}", doing, to_string(error.code))};
    }
}

void ProcessJob::AttemptRun::note_fault(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& fault) {
        if (trouble_) return;
        trouble_ = Trouble{.reason = fmt::format("internal error: {}", fault.what()),
                           .kind = std::string(kInternalError)};
    }
}

asio::awaitable<void> ProcessJob::AttemptRun::run() {
    auto on_error = [this](const std::exception_ptr& thrown) { note_fault(thrown); };
    async::TaskGroup group(executor_, on_error);
    group.spawn(keep_alive());
    group.spawn(work());
    while (!co_await group.join(Deadline::max())) {
    }
    // Another one could not be put on record, and is to be done again.
    if (!all_done()) co_await record_rest();
}

asio::awaitable<void> ProcessJob::AttemptRun::work() {
    // Also where something throws, or keep_alive() would never end.
    struct Leave {
        AttemptRun& run;
        ~Leave() {
            run.working_ = false;
            run.wake_.notify();
        }
    };
    const Leave leave{*this};
    co_await fail_exhausted();
    co_await work_off(unsuspected_, SoloGate::Company::others,
                      std::max<std::size_t>(1, dependencies_.extractor.slots()) * kLanesPerSlot);
    if (!suspects_.empty()) co_await wait_for_suspects();
    co_await work_off(suspects_, SoloGate::Company::nobody, 1);
}

asio::awaitable<void> ProcessJob::AttemptRun::fail_exhausted() {
    for (const auto index : exhausted_) {
        if (!going_on()) co_return;
        auto& file = job_.files[index];
        file.status = domain::FileStatus::failed;
        file.error =
            domain::FileError{"crashed", fmt::format("the service failed {} times while it was "
                                                     "at work on this document",
                                                     job_.suspects.at(index))};
        dependencies_.metrics.document_done("unknown", domain::to_string(file.status), {});
        co_await record(index);
    }
}

asio::awaitable<void> ProcessJob::AttemptRun::wait_for_suspects() {
    const auto token = stop_.get_token();
    async::Notifier stopped(executor_);
    auto wake = [&stopped] { stopped.notify(); };
    const std::stop_callback on_stop(token, wake);
    while (going_on() && dependencies_.monotonic.now() < options_.suspects_from) {
        co_await dependencies_.monotonic.wait(stopped, options_.suspects_from);
    }
}

asio::awaitable<void> ProcessJob::AttemptRun::work_off(const std::vector<std::uint32_t>& documents,
                                                       SoloGate::Company company,
                                                       std::size_t lanes) {
    auto on_error = [this](const std::exception_ptr& thrown) { note_fault(thrown); };
    std::size_t next = 0;
    async::TaskGroup group(executor_, on_error);
    for (auto count = std::min(documents.size(), lanes); count > 0; --count) {
        group.spawn(lane(documents, next, company));
    }
    while (!co_await group.join(Deadline::max())) {
    }
}

asio::awaitable<void> ProcessJob::AttemptRun::lane(const std::vector<std::uint32_t>& documents,
                                                   std::size_t& next, SoloGate::Company company) {
    while (going_on() && next < documents.size()) {
        const auto index = documents[next++];
        auto slot =
            co_await dependencies_.slots.acquire(job_.user_id, job_.job_id, stop_.get_token());
        if (!slot || !going_on() || !may_begin()) break;
        try {
            co_await process(index, company, std::move(*slot));
        } catch (const std::bad_alloc&) {
            if (!trouble_) trouble_ = Trouble{.reason = "out of memory", .kind = "out of memory"};
        } catch (const std::exception& fault) {
            faults_.push_back(index);
            if (!trouble_) {
                trouble_ = Trouble{.reason = fmt::format("internal error at work on {}: {}",
                                                         job_.files[index].filename, fault.what()),
                                   .kind = std::string(kInternalError)};
            }
        }
    }
}

asio::awaitable<void> ProcessJob::AttemptRun::process(std::uint32_t index,
                                                      SoloGate::Company company,
                                                      FairSlots::Slot slot) {
    const auto pass = co_await gate_.enter(company, stop_.get_token());
    if (!pass || !going_on()) co_return;

    const auto started = dependencies_.monotonic.now();
    auto outcome = co_await extract(index);
    {
        const auto given_back = std::move(slot);
    }
    if (!outcome) co_return;

    auto& file = job_.files[index];
    std::string format = "unknown";
    if (*outcome) {
        format = (*outcome)->format;
        auto stored = co_await store(index, std::move(**outcome));
        if (!stored && is_of_the_output(stored.error().code)) {
            file.status = domain::FileStatus::failed;
            file.error = domain::FileError{std::string(to_string(stored.error().code)),
                                           stored.error().message};
        } else if (!stored) {
            note(stored.error(), "store the outputs of", index);
            co_return;
        }
    } else {
        file.status = domain::FileStatus::failed;
        file.error = outcome->error().file_error;
    }
    const auto took = dependencies_.monotonic.now() - started;
    file.duration = std::chrono::duration_cast<std::chrono::milliseconds>(took);
    dependencies_.metrics.document_done(format, domain::to_string(file.status), took);
    co_await record(index);
}

auto ProcessJob::AttemptRun::extract(std::uint32_t index)
    -> asio::awaitable<std::optional<Outcome>> {
    auto& file = job_.files[index];
    auto object = co_await dependencies_.objects.open(file.file_key);
    if (object) {
        const auto same = domain::check_same_upload(file, object->info.etag);
        if (!same) object = std::unexpected(same.error());
    }
    if (object) {
        // Bytes that the disk has changed would come out as if they had been uploaded.
        const auto sound = co_await dependencies_.objects.verify(*object);
        if (!sound) object = std::unexpected(sound.error());
    }
    if (!object) {
        const auto& error = object.error();
        if (!is_of_the_upload(error.code)) {
            note(error, "open", index);
            co_return std::nullopt;
        }
        const auto message = error.code == Errc::not_found
                                 ? std::string("the uploaded file is not there any more")
                                 : error.message;
        ports::ExtractionError failed{.file_error = {std::string(to_string(error.code)), message},
                                      .retryable = false};
        co_return std::optional<Outcome>(std::unexpected(std::move(failed)));
    }
    file.size_bytes = object->info.size_bytes;

    ports::ExtractionRequest request{
        .file = std::move(object->file),
        .size_bytes = object->info.size_bytes,
        .filename = file.filename,
        .source_uri = fmt::format("s3://{}/{}", options_.names.bucket(), file.file_key.value()),
        .user_id = job_.user_id,
        .chunks_key =
            output_key(job_.job_id, index, file.filename, formats::OutputKind::chunks).value(),
        .limits = options_.limits};
    request.limits.wall_time_max = time_for_document();
    // The documents of the start have all the time that an invocation can give.
    const bool cut_short = begun_ > dependencies_.extractor.slots() &&
                           request.limits.wall_time_max < options_.limits.wall_time_max;
    live_.push_back({.index = index, .started = dependencies_.monotonic.now()});
    wake_.notify();
    auto outcome = co_await hand_to_helper(index, std::move(request));
    std::erase_if(live_, [index](const Live& live) { return live.index == index; });

    if (outcome && !*outcome) {
        const auto& [file_error, retryable] = outcome->error();
        if (stop_.stop_requested() && file_error.code == to_string(Errc::cancelled)) {
            co_return std::nullopt;
        }
        if (cut_short && file_error.code == to_string(Errc::timed_out)) {
            // With the time of a whole invocation it may succeed.
            out_of_time_ = true;
            co_return std::nullopt;
        }
        if (retryable) {
            const Error error{.code = Errc::unavailable, .message = file_error.message};
            note(error, "extract", index);
            co_return std::nullopt;
        }
    }
    co_return outcome;
}

auto ProcessJob::AttemptRun::hand_to_helper(std::uint32_t index, ports::ExtractionRequest request)
    -> asio::awaitable<std::optional<Outcome>> {
    auto& file = job_.files[index];
    std::optional<Outcome> outcome;
    {
        const WorkNotes::AtWork at_work(notes_, index);
        // On record before a helper has the document: it may end the process at once.
        const auto noted = co_await notes_.write();
        if (!noted) {
            note(noted.error(), "begin", index);
            co_return std::nullopt;
        }
        std::function<void(std::uint32_t)> progress = [&file](std::uint32_t pages_done) {
            file.pages_done = pages_done;
        };
        outcome = co_await dependencies_.extractor.extract(std::move(request), stop_.get_token(),
                                                           std::move(progress));
    }
    // Of what ends the process from here on, this document is not the cause. Where that cannot be
    // noted, the document may have to work by itself next time, and takes no other harm.
    static_cast<void>(co_await notes_.write());
    co_return outcome;
}

auto ProcessJob::AttemptRun::store(std::uint32_t index, ports::Extraction extraction)
    -> asio::awaitable<Result<std::monostate>> {
    auto& file = job_.files[index];
    std::vector<ports::NewObject> objects;
    std::vector<std::pair<formats::OutputKind, domain::ObjectKey>> keys;
    for (auto& output : extraction.outputs) {
        auto key = output_key(job_.job_id, index, file.filename, output.kind);
        keys.emplace_back(output.kind, key);
        objects.push_back({.key = std::move(key),
                           .bytes = std::move(output.bytes),
                           .options = as_type(output.content_type())});
    }
    auto before = file;
    file.status = domain::FileStatus::completed;
    file.error.reset();
    file.content_type = std::move(extraction.content_type);
    file.sha256 = std::move(extraction.sha256);
    file.pages = extraction.pages;
    file.words = extraction.words;
    if (extraction.pages) file.pages_done = *extraction.pages;
    for (auto& [kind, key] : keys) {
        if (const auto member = recorded_key(kind)) file.*member = std::move(key);
    }
    const bool with_manifest = all_done();
    if (with_manifest) objects.push_back(manifest_of(job_));
    auto after = std::exchange(file, std::move(before));

    const auto put = co_await dependencies_.objects.put_all(std::move(objects));
    if (!put) co_return std::unexpected(put.error());
    file = std::move(after);
    has_manifest_ = with_manifest;
    co_return std::monostate{};
}

asio::awaitable<void> ProcessJob::AttemptRun::record(std::uint32_t index) {
    while (recording_ == index) co_await recorded_.wait(Deadline::max());
    if (all_done()) {
        unrecorded_ = index;
    } else {
        co_await record_now(index);
    }
}

asio::awaitable<void> ProcessJob::AttemptRun::record_now(std::uint32_t index) {
    const auto now = dependencies_.clock.now();
    const auto written =
        co_await dependencies_.jobs.record_file(lease_, index, job_.files[index], now);
    if (!written) {
        // What is not on record has to be done again.
        job_.files[index].status = domain::FileStatus::queued;
        note(written.error(), "record", index);
        co_return;
    }
    made_progress_ = true;
    dependencies_.trouble.passed();
    dependencies_.watch.notify(job_.user_id, job_.job_id);
}

asio::awaitable<void> ProcessJob::AttemptRun::keep_alive() {
    while (working_ && !lost_) {
        auto next = renew_at_;
        if (!live_.empty())
            next = std::min(next, dependencies_.monotonic.now() + options_.progress);
        co_await dependencies_.monotonic.wait(wake_, next);
        if (!working_) co_return;
        if (dependencies_.monotonic.now() >= renew_at_) co_await renew_lease();
        co_await record_progress();
    }
}

asio::awaitable<void> ProcessJob::AttemptRun::renew_lease() {
    const auto asked_at = dependencies_.monotonic.now();
    const auto now = dependencies_.clock.now();
    const auto renewed = co_await dependencies_.jobs.renew(lease_, now, now + options_.lease);
    renew_at_ = dependencies_.monotonic.now() + options_.heartbeat;
    if (renewed) {
        lease_until_ = asked_at + options_.lease;
    } else if (!is_retryable(renewed.error().code) ||
               dependencies_.monotonic.now() >= lease_until_) {
        // Once the lease has run out, somebody else may be at the job.
        lost_ = true;
        stop_.request_stop();
    }
}

asio::awaitable<void> ProcessJob::AttemptRun::record_progress() {
    const auto due = dependencies_.monotonic.now() - options_.progress;
    std::vector<std::uint32_t> indices;
    for (const auto& live : live_) {
        const auto& file = job_.files[live.index];
        const bool news =
            file.status != domain::FileStatus::processing || file.pages_done != live.pages_recorded;
        if (news && live.started <= due) indices.push_back(live.index);
    }
    for (const auto index : indices) {
        // The document may have ended while another one's progress was written.
        const auto live = std::ranges::find(live_, index, &Live::index);
        if (live == live_.end() || !going_on()) continue;
        auto& file = job_.files[index];
        file.status = domain::FileStatus::processing;
        live->pages_recorded = file.pages_done;
        recording_ = index;
        const auto now = dependencies_.clock.now();
        const auto written = co_await dependencies_.jobs.record_file(lease_, index, file, now);
        recording_.reset();
        recorded_.notify();
        // Progress that cannot be written just now is no reason to end the attempt.
        if (!written && written.error().code == Errc::conflict) {
            note(written.error(), "record the progress of", index);
        }
        if (written) dependencies_.watch.notify(job_.user_id, job_.job_id);
    }
}

}  // namespace ingestor::jobs

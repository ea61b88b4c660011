#include "simulation/clients.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "jobs/job_events.hpp"

namespace ingestor::simulation {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kUsers = 3;
constexpr std::size_t kFilesMax = 4;

Nature some_nature(Dice& dice) {
    const auto chance = dice.below(100);
    if (chance < 60) return Nature::sound;
    if (chance < 78) return Nature::slow;
    if (chance < 88) return Nature::corrupt;
    if (chance < 94) return Nature::crashes;
    if (chance < 98) return Nature::hangs;
    return Nature::poison;
}

domain::UserId user_of(std::size_t number) {
    return domain::UserId(fmt::format("user-{}", number));
}

/// Stores a document as POST /upload does; one that is `cut` is dropped half way.
asio::awaitable<Result<std::string>> store(jobs::JobService& service, ports::Principal who,
                                           jobs::UploadRequest wanted, std::string document,
                                           bool cut) {
    auto upload = co_await service.begin_upload(std::move(who), std::move(wanted));
    if (!upload) co_return std::unexpected(upload.error());
    const auto half = std::string_view(document).substr(0, document.size() / 2);
    const auto begun = co_await upload->writer->write(half);
    if (!begun) co_return std::unexpected(begun.error());
    if (cut) co_return fail(Errc::cancelled, "the client hung up");
    const auto rest = std::string_view(document).substr(half.size());
    const auto written = co_await upload->writer->write(rest);
    if (!written) co_return std::unexpected(written.error());
    const auto stored = co_await upload->writer->commit();
    if (!stored) co_return std::unexpected(stored.error());
    co_return upload->file_key.value();
}

asio::awaitable<Result<std::monostate>> append_again(engine::JobEngine& engine,
                                                     ports::Principal who, domain::JobId job_id,
                                                     domain::Names names, TimePoint now) {
    const auto view = co_await engine.service().get(std::move(who), std::move(job_id));
    if (!view) co_return std::unexpected(view.error());
    std::vector<eventbridge::Event> events{jobs::processing_required(view->job, names, now)};
    co_return co_await engine.events().append(std::move(events));
}

}  // namespace

std::vector<domain::UserId> Clients::users() const {
    std::vector<domain::UserId> users;
    for (std::size_t number = 0; number < kUsers; ++number) users.push_back(user_of(number));
    return users;
}

const Submission* Clients::submission_of(const std::string& job_name) const {
    std::size_t place = 0;
    const auto* end = job_name.data() + job_name.size();
    const auto parsed = std::from_chars(job_name.data(), end, place);
    if (parsed.ptr != end || place >= submissions_.size()) return nullptr;
    return &submissions_[place];
}

bool Clients::may_have_removed(const Upload& upload) const {
    const auto has_it = [&](const Submission& submission) {
        return submission.may_be_gone() &&
               std::ranges::any_of(submission.uploads,
                                   [&](std::size_t place) { return &uploads_[place] == &upload; });
    };
    return std::ranges::any_of(submissions_, has_it);
}

void Clients::process_ended() {
    for (auto& submission : submissions_) submission.sends_open = 0;
}

void Clients::note_damage(const domain::ObjectKey& key) {
    for (auto& upload : uploads_) {
        if (upload.key == key.value()) upload.damaged = true;
    }
}

void Clients::act(Service& service, const domain::Names& names) {
    const auto action = dice_.below(100);
    if (action < 33) {
        upload(service);
    } else if (action < 35) {
        upload_again(service);
    } else if (action < 65) {
        submit(service);
    } else if (action < 72) {
        repeat(service);
    } else if (action < 78) {
        cancel(service);
    } else if (action < 84) {
        retry(service);
    } else if (action < 88) {
        remove(service);
    } else if (action < 94) {
        publish_again(service, names);
    } else {
        look(service);
    }
}

void Clients::upload(Service& service) {
    const auto user = user_of(dice_.below(kUsers));
    const auto nature = some_nature(dice_);
    const auto name = fmt::format("{}-{}.txt", uploads_.size(), dice_.below(1'000'000'000));
    auto document = document_of(nature, name);
    const bool cut = dice_.percent(10);
    jobs::UploadRequest wanted{.filename = name, .content_type = "text/plain"};
    auto call = store(service.engine().service(), who(user), std::move(wanted), document, cut);
    service.request<std::string>(std::move(call), [=, this](const Result<std::string>& key) {
        if (!key) return;
        uploads_.push_back({.user = user, .key = *key, .nature = nature, .document = document});
    });
}

void Clients::upload_again(Service& service) {
    if (uploads_.empty()) return;
    const auto place = dice_.below(uploads_.size());
    // A submit under way may yet take either.
    bool taken = false;
    for (const auto& submission : submissions_) {
        if (std::ranges::count(submission.uploads, place) == 0) continue;
        if (!submission.job_id || submission.sends_open > 0) return;
        taken = true;
    }
    if (!taken) return;
    auto& upload = uploads_[place];
    upload.replaced = true;
    auto bytes = document_of(Nature::sound, "another");
    auto call =
        service.objects().put(domain::ObjectKey(upload.key), std::move(bytes), ports::PutOptions{});
    service.request<ports::ObjectInfo>(std::move(call), [](const Result<ports::ObjectInfo>&) {});
}

void Clients::submit(Service& service) {
    if (uploads_.empty()) return;
    // Mostly what was stored last, and of one user.
    const auto& last =
        uploads_[uploads_.size() - 1 - dice_.below(std::min<std::size_t>(uploads_.size(), kUsers))];
    Submission submission{.user = last.user, .uploads = {}, .request = {}, .job_id = {}};
    const auto number = submissions_.size();
    const auto files = 1 + dice_.below(kFilesMax);
    for (auto place = uploads_.size(); place-- > 0 && submission.uploads.size() < files;) {
        // What a job is to have is not replaced before its submit.
        if (uploads_[place].user != last.user || uploads_[place].replaced) continue;
        if (!submission.uploads.empty() && dice_.percent(30)) continue;
        const auto index = submission.uploads.size();
        submission.uploads.push_back(place);
        submission.request.files.push_back(
            {.file_key = uploads_[place].key, .filename = fmt::format("{}-{}.txt", number, index)});
    }
    if (submission.uploads.empty()) return;
    submission.request.job_name = std::to_string(number);
    if (dice_.percent(60)) submission.request.idempotency_key = fmt::format("key-{}", number);
    submissions_.push_back(std::move(submission));
    send(service, number);
}

void Clients::repeat(Service& service) {
    if (submissions_.empty()) return;
    const auto place = dice_.below(submissions_.size());
    const auto& submission = submissions_[place];
    // A repeat without a key is another job, and the key of a deleted job is new again.
    if (!submission.request.idempotency_key || submission.may_be_gone()) return;
    send(service, place);
}

void Clients::send(Service& service, std::size_t place) {
    auto& submission = submissions_[place];
    ++submission.sends_open;
    auto call = service.engine().service().submit(who(submission.user), submission.request);
    // That the answer is lost on its way is the same to the client as that there was none.
    const bool lost = dice_.percent(10);
    service.request<ports::CreatedJob>(std::move(call),
                                       [=, this](const Result<ports::CreatedJob>& answer) {
                                           --submissions_[place].sends_open;
                                           if (!lost) heard(place, answer);
                                       });
}

void Clients::heard(std::size_t place, const Result<ports::CreatedJob>& answer) {
    auto& submission = submissions_[place];
    if (!answer) {
        const auto code = answer.error().code;
        // An upload that no job took in time, or that went with its last job, is not there.
        if (is_retryable(code) || code == Errc::not_found) return;
        findings_.push_back(fmt::format("submit {} is refused as {}: {}", place, to_string(code),
                                        answer.error().message));
        return;
    }
    if (submission.job_id && *submission.job_id != answer->job_id) {
        findings_.push_back(fmt::format("submit {} became two jobs", place));
    }
    submission.job_id = answer->job_id;
}

std::optional<std::size_t> Clients::known() {
    if (submissions_.empty()) return std::nullopt;
    const auto place = dice_.below(submissions_.size());
    if (!submissions_[place].job_id) return std::nullopt;
    return place;
}

void Clients::cancel(Service& service) {
    const auto place = known();
    if (!place) return;
    auto& submission = submissions_[*place];
    submission.cancel_asked = true;
    auto call = service.engine().service().cancel(who(submission.user), *submission.job_id);
    service.request<domain::Job>(std::move(call), [](const Result<domain::Job>&) {});
}

void Clients::retry(Service& service) {
    const auto place = known();
    if (!place) return;
    const auto& submission = submissions_[*place];
    auto call = service.engine().service().retry(who(submission.user), *submission.job_id);
    service.request<domain::Job>(std::move(call), [](const Result<domain::Job>&) {});
}

void Clients::remove(Service& service) {
    const auto place = known();
    if (!place) return;
    auto& submission = submissions_[*place];
    // A submit that overtakes the deletion makes another job, and rightly so.
    if (submission.sends_open > 0) return;
    ++submission.removes_open;
    auto call = service.engine().service().remove(who(submission.user), *submission.job_id);
    service.request<domain::Job>(std::move(call), [=, this](const Result<domain::Job>& answer) {
        auto& of_job = submissions_[*place];
        if (answer) of_job.removed = true;
        // It had not ended: nothing was done. An answer of another kind leaves that open.
        if (!answer && answer.error().code == Errc::conflict) --of_job.removes_open;
    });
}

void Clients::look(Service& service) {
    const auto place = known();
    if (!place) return;
    const auto& submission = submissions_[*place];
    const bool was_removed = submission.removed;
    auto call = service.engine().service().get(who(submission.user), *submission.job_id);
    service.request<jobs::JobView>(std::move(call), [=, this](const Result<jobs::JobView>& answer) {
        const auto& of_job = submissions_[*place];
        if (answer && was_removed) {
            findings_.push_back(fmt::format("the job of submit {} is there again", *place));
        }
        if (!answer && answer.error().code == Errc::not_found && !of_job.may_be_gone()) {
            findings_.push_back(fmt::format("the job of submit {} is lost", *place));
        }
    });
}

void Clients::publish_again(Service& service, const domain::Names& names) {
    const auto place = known();
    if (!place) return;
    const auto& submission = submissions_[*place];
    auto call = append_again(service.engine(), who(submission.user), *submission.job_id, names,
                             TimePoint{});
    service.request<std::monostate>(std::move(call), [](const Result<std::monostate>&) {});
}

}  // namespace ingestor::simulation

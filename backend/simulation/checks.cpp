#include "simulation/checks.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "domain/names.hpp"
#include "eventbridge/event_reader.hpp"
#include "jobs/file_keys.hpp"
#include "sqlite/connection.hpp"

namespace ingestor::simulation {

namespace {

constexpr std::uint64_t kObjectBytesMax = 1 << 20;

constexpr std::uint32_t kPage = 100;

/// Asks on behalf of one user, in a healthy world.
class User {
public:
    User(World& world, domain::UserId id) : world_(world), who_{.user_id = std::move(id)} {}

    std::vector<domain::Job> list() {
        std::vector<domain::Job> jobs;
        jobs::JobListRequest request{.statuses = {}, .text = {}, .limit = kPage, .cursor = {}};
        for (bool more = true; more;) {
            auto page = ask(jobs_service().list(who_, request));
            if (!page) {
                found("the list cannot be read: " + page.error().message);
                break;
            }
            std::ranges::move(page->jobs, std::back_inserter(jobs));
            more = page->next_cursor.has_value();
            if (more) request.cursor = *page->next_cursor;
        }
        return jobs;
    }
    Result<jobs::JobView> get(const domain::JobId& job_id) {
        return ask(jobs_service().get(who_, job_id));
    }

    void check_figures(const std::vector<domain::Job>& jobs) {
        std::map<domain::JobStatus, std::uint64_t> counted;
        for (const auto& job : jobs) ++counted[job.status];
        auto counts = ask(jobs_service().counts(who_));
        if (!counts) return found("the counts cannot be read: " + counts.error().message);
        std::erase_if(*counts, [](const auto& entry) { return entry.second == 0; });
        if (*counts != counted) {
            found(fmt::format("the counts of {} are not those of the list", name()));
        }
        const auto usage = ask(jobs_service().usage(who_));
        if (!usage || !*usage) return found("the usage cannot be read");
        if ((*usage)->jobs != jobs.size()) {
            found(fmt::format("{} has {} jobs, and the ledger says {}", name(), jobs.size(),
                              (*usage)->jobs));
        }
    }

    void found(std::string finding) { world_.machine().findings.push_back(std::move(finding)); }
    [[nodiscard]] const std::string& name() const { return who_.user_id.value(); }

private:
    jobs::JobService& jobs_service() { return world_.service().engine().service(); }
    template <class Value>
    Result<Value> ask(boost::asio::awaitable<Result<Value>> call) {
        return world_.service().ask(std::move(call));
    }

    World& world_;
    ports::Principal who_;
};

Result<std::string> read_object(World& world, const domain::ObjectKey& key) {
    auto& service = world.service();
    return service.ask<std::string>(service.objects().get(key, kObjectBytesMax));
}

bool has_object(World& world, const domain::ObjectKey& key) {
    auto& service = world.service();
    return service.ask<ports::ObjectInfo>(service.objects().head(key)).has_value();
}

bool some_file_is_damaged(World& world) {
    return std::ranges::any_of(world.machine().objects.objects(),
                               [](const auto& entry) { return entry.second.damaged; });
}

std::set<domain::ObjectKey> keys_of_objects(World& world) {
    auto& service = world.service();
    std::set<domain::ObjectKey> keys;
    ports::ListQuery query;
    while (true) {
        const auto page = service.ask<ports::ListPage>(service.objects().list(query));
        if (!page) {
            world.machine().findings.push_back("the objects cannot be listed: " +
                                               page.error().message);
            return keys;
        }
        for (const auto& object : page->objects) keys.insert(object.key);
        if (!page->next) return keys;
        query.from = *page->next;
    }
}

/// Whether the file has the end that its document asks for.
void check_file(World& world, const domain::Job& job, std::uint32_t index, const Upload& upload) {
    const auto& file = job.files[index];
    const auto found = [&](std::string_view what) {
        world.machine().findings.push_back(
            fmt::format("job {} ({}), file {} ({}): {} [{} {}: {}]", job.job_name,
                        domain::to_string(job.status), index, to_string(upload.nature), what,
                        domain::to_string(file.status), file.error ? file.error->code : "",
                        file.error ? file.error->message : ""));
    };
    const auto expected = error_of(upload.nature);
    if (file.status == domain::FileStatus::failed) {
        const auto code = file.error ? file.error->code : "";
        if (upload.damaged && code == "corrupt") return;
        if (upload.replaced && code == "conflict") return;
        // It went with another job that had it too, while this one was being submitted.
        if (code == "not_found" && world.clients().may_have_removed(upload)) return;
        // No document is innocent for ever that is there each time the service dies.
        if (code == "crashed" && world.deaths(file.filename) >= 3) return;
        if (code != expected) found(expected.empty() ? "must be completed" : "has another error");
        return;
    }
    if (file.status != domain::FileStatus::completed) {
        if (job.status != domain::JobStatus::cancelled) found("has no end");
        return;
    }
    if (!expected.empty()) return found("must not be completed");
    const auto wanted = markdown_of(upload.document, file.filename);
    for (const auto* key : {&file.markdown_key, &file.sidecar_key, &file.chunks_key}) {
        if (!*key) {
            found("an output is not on record");
            continue;
        }
        const auto bytes = read_object(world, **key);
        if (!bytes && !(bytes.error().code == Errc::corrupt && some_file_is_damaged(world))) {
            found("an output is missing: " + bytes.error().message);
        } else if (bytes && key == &file.markdown_key && *bytes != wanted) {
            found("the output is not that of the document");
        }
    }
}

void check_job(World& world, const domain::Job& job, const Submission& submission) {
    const auto found = [&](std::string_view what) {
        world.machine().findings.push_back(fmt::format("job {}: {} [{}: {}]", job.job_name, what,
                                                       domain::to_string(job.status),
                                                       job.error.value_or("")));
    };
    if (!domain::is_terminal(job.status)) return found("has not ended");
    if (job.status == domain::JobStatus::cancelled && !submission.cancel_asked) {
        found("nobody has cancelled it");
    }
    if (job.files.size() != submission.uploads.size()) return found("has other files");
    std::uint32_t processed = 0;
    bool has_failed = false;
    for (std::uint32_t index = 0; index < job.files.size(); ++index) {
        check_file(world, job, index, world.clients().uploads()[submission.uploads[index]]);
        const auto status = job.files[index].status;
        if (status == domain::FileStatus::failed) has_failed = true;
        if (status == domain::FileStatus::failed || status == domain::FileStatus::completed)
            ++processed;
    }
    if (job.documents_processed != processed) found("counts its documents wrongly");
    if (job.status == domain::JobStatus::completed && has_failed)
        found("is completed with a failed file");
    if (job.status == domain::JobStatus::failed && !has_failed)
        found("failed without a failed file");
    if (job.status != domain::JobStatus::cancelled &&
        !has_object(world, jobs::manifest_key(job.job_id))) {
        found("has no manifest");
    }
    const auto open = std::ranges::count_if(
        job.attempts, [](const domain::Attempt& attempt) { return !attempt.ended_at; });
    if (open > 0) found("has ended, and an attempt at it has not");
}

/// The events that reached the endpoint, as `DETAIL-TYPE JOB_ID`.
std::set<std::string> told_of(World& world) {
    constexpr std::string_view kJobId = R"("job_id":")";
    constexpr std::size_t kIdSize = 36;
    std::set<std::string> told;
    for (const auto& [body, times] : world.machine().endpoint.taken()) {
        const auto event = eventbridge::read_event(body);
        const auto id = event ? event->detail.find(kJobId) : std::string::npos;
        if (id == std::string::npos) {
            world.machine().findings.push_back("the endpoint was sent no event of a job: " + body);
            continue;
        }
        told.insert(event->detail_type + " " + event->detail.substr(id + kJobId.size(), kIdSize));
    }
    return told;
}

std::int64_t rows_of(World& world, std::string_view table) {
    auto count = [table](sqlite::Connection& connection) -> Result<std::int64_t> {
        return connection.number(fmt::format("SELECT count(*) FROM {}", table));
    };
    auto& service = world.service();
    return service.ask<std::int64_t>(service.database().read(std::move(count))).value_or(-1);
}

}  // namespace

void check_ends(World& world) {
    std::set<std::string> there;
    const auto told = told_of(world);
    for (const auto& id : world.clients().users()) {
        User user(world, id);
        const auto jobs = user.list();
        user.check_figures(jobs);
        for (const auto& listed : jobs) {
            const auto view = user.get(listed.job_id);
            const auto* submission = world.clients().submission_of(listed.job_name);
            if (!view || submission == nullptr) {
                user.found(fmt::format("job {} is listed and cannot be read", listed.job_name));
                continue;
            }
            if (!there.insert(listed.job_name).second) {
                user.found(fmt::format("submit {} became two jobs", listed.job_name));
            }
            if (submission->removed) {
                user.found(fmt::format("job {} was deleted and is there", listed.job_name));
            }
            if (submission->user != id) {
                user.found(fmt::format("job {} is somebody else's", listed.job_name));
            }
            check_job(world, view->job, *submission);
            const auto& job = view->job;
            const bool is_told =
                job.status == domain::JobStatus::cancelled ||
                told.contains(fmt::format("{} {}",
                                          job.status == domain::JobStatus::completed
                                              ? domain::kProcessingCompleted
                                              : domain::kProcessingFailed,
                                          job.job_id.value()));
            if (!is_told) user.found(fmt::format("nobody was told of the end of {}", job.job_name));
        }
    }
    const auto& submissions = world.clients().submissions();
    for (std::size_t place = 0; place < submissions.size(); ++place) {
        const auto& submission = submissions[place];
        if (!submission.job_id || submission.may_be_gone()) continue;
        if (!there.contains(std::to_string(place))) {
            world.machine().findings.push_back(fmt::format("acknowledged job {} is lost", place));
        }
    }
}

void check_objects(World& world) {
    auto& findings = world.machine().findings;
    std::set<std::string> uploads;
    std::set<domain::JobId> jobs;
    for (const auto& id : world.clients().users()) {
        User user(world, id);
        for (const auto& listed : user.list()) {
            jobs.insert(listed.job_id);
            const auto view = user.get(listed.job_id);
            if (!view) continue;
            for (const auto& file : view->job.files) uploads.insert(file.file_key.value());
        }
    }
    const auto objects = keys_of_objects(world);
    for (const auto& key : objects) {
        const auto job_id = jobs::job_of_output(key.value());
        if (job_id ? !jobs.contains(*job_id) : !uploads.contains(key.value())) {
            findings.push_back(fmt::format("{} is on no record", key.value()));
        }
    }
    for (const auto& upload : world.clients().uploads()) {
        if (!uploads.contains(upload.key) || objects.contains(domain::ObjectKey(upload.key)))
            continue;
        // It went with another job that had it too, while this one was being submitted.
        if (world.clients().may_have_removed(upload)) continue;
        findings.push_back(fmt::format("{} is on record and gone", upload.key));
    }
    auto& service = world.service();
    const auto depth = service.ask(service.engine().events().depth());
    if (depth.value_or(1) != 0) findings.emplace_back("deliveries wait though all jobs have ended");
}

void check_nothing_is_left(World& world) {
    auto& findings = world.machine().findings;
    if (const auto objects = keys_of_objects(world); !objects.empty()) {
        findings.push_back(fmt::format("{} objects outlive their retention, {} first",
                                       objects.size(), objects.begin()->value()));
    }
    if (const auto& files = world.machine().objects.objects(); !files.empty()) {
        findings.push_back(fmt::format("{} files outlive their objects, {} first", files.size(),
                                       files.begin()->first.value()));
    }
    world.service().database().sweep_now();
    // The newest event stays, for the number of the next one.
    if (rows_of(world, "events") > 1) findings.emplace_back("events outlive their retention");
    for (const auto* table :
         {"jobs", "job_files", "job_attempts", "idempotency_keys", "deliveries", "dead_letters",
          "object_removals", "objects", "object_bodies", "file_removals"}) {
        const auto rows = rows_of(world, table);
        if (rows != 0) {
            findings.push_back(fmt::format("{} rows of {} outlive their retention", rows, table));
        }
    }
}

}  // namespace ingestor::simulation

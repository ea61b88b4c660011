#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/uuid.hpp"
#include "contract/harness.hpp"
#include "contract/run.hpp"
#include "ports/testing/all_due.hpp"

namespace ingestor::contract {

inline constexpr std::uint32_t kAll = 100;

inline ports::GivenUp given_up(TimePoint at, std::string message = "") {
    ports::GivenUp reason;
    reason.error_message = std::move(message);
    reason.at = at;
    return reason;
}

inline eventbridge::Event event_of(std::string detail) {
    eventbridge::Event event;
    event.id = uuid_v4();
    event.source = "agent2.ingestor";
    event.detail_type = "Document Processing Required";
    event.account = "000000000000";
    event.region = "us-east-1";
    event.time = TimePoint{std::chrono::milliseconds{1'767'323'045'000}};
    event.resources = {"arn:aws:s3:::bucket", "arn:aws:s3:::other"};
    event.detail = std::move(detail);
    return event;
}

/// What the tests say about a store, in few words.
class Driver {
public:
    Driver(Surroundings& around, ports::JobStore& jobs, ports::EventLog& log)
        : around_(around), jobs_(jobs), log_(log) {}

    [[nodiscard]] TimePoint now() const { return around_.clock.now(); }

    domain::Job new_job(int files = 1, const std::string& user = "ada") const {
        domain::Job job;
        job.job_id = domain::JobId{uuid_v7(now())};
        job.user_id = domain::UserId{user};
        job.job_name = "papers";
        job.created_at = now();
        for (int n = 0; n < files; ++n) {
            auto& file = job.files.emplace_back(domain::JobFile{
                .file_key = domain::ObjectKey{fmt::format("uploads/{}/{}.pdf", user, n)}});
            file.filename = fmt::format("{}.pdf", n);
            file.content_type = "application/pdf";
            file.size_bytes = 1000 + static_cast<std::uint64_t>(n);
            // Not of the first, as in jobs of earlier versions.
            if (n > 0) file.upload_etag = domain::ETag{fmt::format("etag-{}", n)};
        }
        return job;
    }
    domain::JobId submit(int files = 1, const std::string& user = "ada") {
        auto job = new_job(files, user);
        const auto id = job.job_id;
        const auto created =
            run(around_.io, jobs_.create(std::move(job), std::nullopt, event_of("{}")));
        EXPECT_TRUE(created) << created.error().message;
        return id;
    }
    ports::ClaimOutcome claim(const domain::JobId& id, const std::string& owner = kOwner) {
        domain::ClaimRequest request{id, owner, now(), now() + std::chrono::seconds{60}};
        auto outcome = run(around_.io, jobs_.claim(std::move(request)));
        EXPECT_TRUE(outcome) << outcome.error().message;
        return std::move(*outcome);
    }
    domain::Lease claimed(const domain::JobId& id, const std::string& owner = kOwner) {
        return std::get<ports::Claimed>(claim(id, owner)).lease;
    }
    Result<std::monostate> record(const domain::Lease& lease, std::uint32_t index,
                                  domain::FileStatus status) {
        auto file = get(lease.job_id).files.at(index);
        file.status = status;
        if (status == domain::FileStatus::failed)
            file.error = domain::FileError{"encrypted", "needs a password"};
        return run(around_.io, jobs_.record_file(lease, index, file, now()));
    }
    Result<std::monostate> finish(const domain::Lease& lease, domain::JobStatus status,
                                  std::optional<std::string> error = std::nullopt) {
        ports::JobEnd end{.status = status, .error = std::move(error)};
        return finish(lease, std::move(end));
    }
    Result<std::monostate> finish(const domain::Lease& lease, ports::JobEnd end) {
        return run(around_.io, jobs_.finish(lease, std::move(end), event_of("{}"), now()));
    }
    Result<std::monostate> release(const domain::Lease& lease, bool interrupted = false) {
        domain::AttemptEnd end{.error = "no helper", .interrupted = interrupted};
        return run(around_.io, jobs_.release(lease, std::move(end), now()));
    }
    /// The attempt has done its share.
    Result<std::monostate> requeue(const domain::Lease& lease) {
        return run(around_.io, jobs_.release(lease, domain::AttemptEnd{}, now()));
    }
    /// Trouble of the service; the job waits until then.
    Result<std::monostate> wait_out(const domain::Lease& lease, TimePoint until) {
        domain::AttemptEnd end{.error = "no helper", .next_attempt_at = until, .waits = 2};
        return run(around_.io, jobs_.release(lease, std::move(end), now()));
    }
    Result<std::monostate> note_at_work(const domain::Lease& lease,
                                        std::vector<std::uint32_t> documents) {
        return run(around_.io, jobs_.note_at_work(lease, std::move(documents)));
    }
    Result<std::monostate> renew(const domain::Lease& lease) {
        return run(around_.io, jobs_.renew(lease, now(), now() + std::chrono::seconds{60}));
    }
    Result<std::monostate> republish(const domain::JobId& id) {
        return run(around_.io, jobs_.republish(id, event_of("{}"), now()));
    }
    std::vector<domain::JobId> waiting(std::uint32_t limit = kAll) {
        return run(around_.io, jobs_.find_waiting(now(), limit)).value();
    }
    Result<domain::Job> retry(const domain::JobId& id) {
        return run(around_.io, jobs_.retry(id, event_of("{}"), now()));
    }
    Result<domain::Job> cancel(const domain::JobId& id) {
        return run(around_.io, jobs_.cancel(id, now()));
    }
    domain::Job get(const domain::JobId& id) {
        auto job = run(around_.io, jobs_.get(id));
        EXPECT_TRUE(job) << job.error().message;
        return job ? std::move(*job) : domain::Job{};
    }
    std::vector<domain::JobId> orphaned(TimePoint queued_before) {
        return run(around_.io, jobs_.find_orphaned(now(), queued_before, kAll)).value();
    }
    std::uint64_t depth() { return run(around_.io, log_.depth()).value(); }
    void acknowledge_all() {
        const auto due = run(around_.io, ports::testing::all_due(log_, now())).value();
        for (const auto& delivery : due) {
            EXPECT_TRUE(run(around_.io, log_.acknowledge(delivery.id)));
        }
    }
    std::vector<domain::JobId> list(const std::string& user,
                                    std::optional<domain::JobStatus> status = {}) {
        ports::JobQuery query{.user_id = domain::UserId{user}, .limit = kAll};
        if (status) query.statuses = {*status};
        return list(std::move(query));
    }
    std::vector<domain::JobId> list(ports::JobQuery query) {
        std::vector<domain::JobId> ids;
        const auto page = run(around_.io, jobs_.list(std::move(query))).value();
        ids.reserve(page.jobs.size());
        for (const auto& job : page.jobs) ids.push_back(job.job_id);
        return ids;
    }

private:
    Surroundings& around_;
    ports::JobStore& jobs_;
    ports::EventLog& log_;
};

}  // namespace ingestor::contract

#pragma once

#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "async/testing/spawned_task.hpp"
#include "base/testing/temporary_directory.hpp"
#include "base/uuid.hpp"
#include "sqlite/sqlite_event_log.hpp"
#include "sqlite/sqlite_job_store.hpp"

// What the tests of this module and its benchmark share.

namespace ingestor::sqlite::testing {

/// Runs one call to its end and hands on what it returned or threw.
template <class T>
T run(boost::asio::io_context& io, boost::asio::awaitable<T> call) {
    return async::testing::run_to_end(io, std::move(call));
}

struct OneRoute final : ports::EventRouter {
    [[nodiscard]] std::vector<ports::NewDelivery> route(const eventbridge::Event&) const override {
        return {{.rule = "agent2-ingestor-document-processing-dev",
                 .target_id = "1",
                 .target_arn = "arn:aws:lambda:us-east-1:000000000000:function:f"}};
    }
};

/// Throws what could not be opened.
inline std::unique_ptr<Database> open_database(const std::filesystem::path& directory,
                                               const ports::Clock& clock,
                                               DatabaseOptions options = {}) {
    auto opened = Database::open(directory, clock, options);
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(*opened);
}

inline domain::Job job_of(TimePoint now, const std::string& user = "ada", int files = 1) {
    domain::Job job;
    job.job_id = domain::JobId{uuid_v7(now)};
    job.user_id = domain::UserId{user};
    job.job_name = "Invoices of November";
    job.created_at = now;
    for (int n = 0; n < files; ++n) {
        auto& file = job.files.emplace_back(
            domain::JobFile{.file_key = domain::ObjectKey{fmt::format(
                                "uploads/{}/{}/invoice-{}.pdf", user, job.job_id.value(), n)}});
        file.filename = fmt::format("invoice-{}.pdf", n);
        file.content_type = "application/pdf";
        file.size_bytes = 123'456;
    }
    return job;
}

/// The event of a job, with a detail of `detail_bytes`.
inline eventbridge::Event event_of(const domain::Job& job, std::size_t detail_bytes = 200) {
    eventbridge::Event event;
    event.bus = "agent2-ingestor-events-dev";
    event.fairness_group = job.user_id.value();
    event.subject = job.job_id.value();
    event.id = uuid_v4();
    event.source = "agent2.ingestor";
    event.detail_type = "Document Processing Required";
    event.account = "000000000000";
    event.region = "us-east-1";
    event.time = job.created_at;
    event.detail =
        fmt::format(R"({{"job_id":"{}","pad":"{:x>{}}"}})", job.job_id.value(), "", detail_bytes);
    return event;
}

/// A whole engine in a directory, for the tests that reopen it.
class Engine {
public:
    Engine(const std::filesystem::path& directory, const ports::Clock& clock,
           DatabaseOptions options = {}, std::string owner = "owner")
        : outbox(router, clock, {}),
          database(open_database(directory, clock, options)),
          log(*database, outbox),
          jobs(*database, outbox, monotonic, std::move(owner)) {}

    Result<ports::CreatedJob> submit(boost::asio::io_context& io, domain::Job job) {
        auto event = event_of(job);
        return run(io, jobs.create(std::move(job), std::nullopt, std::move(event)));
    }
    std::int64_t number(boost::asio::io_context& io, Sql sql) {
        auto work = [sql](Connection& connection) -> Result<std::int64_t> {
            auto row = connection.query(sql);
            row.next();
            return row.integer(0);
        };
        return run(io, database->read(work)).value();
    }

    OneRoute router;
    async::SteadyClock monotonic;
    Outbox outbox;
    std::unique_ptr<Database> database;
    SqliteEventLog log;
    SqliteJobStore jobs;
};

}  // namespace ingestor::sqlite::testing

#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "jobs/process_job.hpp"

namespace ingestor {

/// One attempt at one job, from the claim to the last document. Lives in the frame of
/// ProcessJob::handle(), which waits for all that runs here.
class ProcessJob::AttemptRun {
public:
    /// All but `claimed` outlives the run. `lease_until`: as asked for with the claim. `deadline`:
    /// as ProcessJob::handle() has it.
    AttemptRun(const Parts& parts, const Options& options, Claimed claimed, TimePoint lease_until,
               std::stop_source& stop, Deadline deadline, boost::asio::any_io_executor executor);

    /// Works off the documents that are not done. Afterwards the below say how it went.
    boost::asio::awaitable<void> run();

    [[nodiscard]] const Job& job() const { return job_; }
    [[nodiscard]] const Lease& lease() const { return lease_; }
    [[nodiscard]] int attempt() const { return job_.attempts.back().number; }
    /// The store refused a write: the job is not ours any more.
    [[nodiscard]] bool lost() const { return lost_; }
    /// What ended the attempt early, where it may pass.
    [[nodiscard]] const std::optional<std::string>& passing_error() const { return error_; }
    /// Documents were left because the deadline is near.
    [[nodiscard]] bool out_of_time() const { return out_of_time_; }
    /// True once every document is completed or failed.
    [[nodiscard]] bool all_done() const;

private:
    using Outcome = std::expected<Extraction, ExtractionError>;

    /// A document under extraction.
    struct Live {
        std::uint32_t index = 0;
        Deadline started;
        std::uint32_t pages_recorded = 0;
    };

    boost::asio::awaitable<void> work_off();
    boost::asio::awaitable<void> process(std::uint32_t index, FairSlots::Slot slot);
    /// nullopt: the attempt ends; nothing is to be said about the document.
    boost::asio::awaitable<std::optional<Outcome>> extract(std::uint32_t index);
    boost::asio::awaitable<Result<std::monostate>> store(std::uint32_t index,
                                                         Extraction extraction);
    boost::asio::awaitable<void> record(std::uint32_t index);
    boost::asio::awaitable<void> keep_alive();
    boost::asio::awaitable<void> renew_lease();
    boost::asio::awaitable<void> record_progress();

    /// How long a document that is begun now may take.
    [[nodiscard]] std::chrono::seconds time_for_document() const;
    /// False, and out of time, once the deadline is too near for a further document.
    bool may_begin();

    void note(const Error& error, std::string_view doing);
    [[nodiscard]] bool going_on() const;

    const Parts& parts_;
    const Options& options_;
    Job job_;
    Lease lease_;
    TimePoint lease_until_;
    std::stop_source& stop_;
    Deadline deadline_;
    boost::asio::any_io_executor executor_;

    std::vector<std::uint32_t> todo_;
    std::size_t next_ = 0;
    std::size_t lanes_ = 0;
    std::size_t begun_ = 0;
    bool out_of_time_ = false;
    bool lost_ = false;
    std::optional<std::string> error_;

    std::vector<Live> live_;
    Deadline renew_at_;
    Notifier wake_;  ///< For keep_alive().
    /// Progress of this document is being written; its end must wait, so as not to be overtaken.
    std::optional<std::uint32_t> recording_;
    Notifier recorded_;
};

}  // namespace ingestor

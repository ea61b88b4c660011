#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "jobs/process_job.hpp"
#include "jobs/solo_gate.hpp"
#include "jobs/work_notes.hpp"

namespace ingestor::jobs {

/// One attempt at one job, from the claim to the last document. Lives in the frame of
/// ProcessJob::handle(), which waits for all that runs here.
class ProcessJob::AttemptRun {
public:
    /// All but `claimed` outlives the run. `lease_until`: of the lease that was claimed, on
    /// monotonic time. `deadline`: as ProcessJob::handle() has it.
    AttemptRun(const Dependencies& dependencies, const Options& options, SoloGate& gate,
               ports::Claimed claimed, Deadline lease_until, std::stop_source& stop,
               Deadline deadline, boost::asio::any_io_executor executor);

    /// Works off the documents that are not done: first all that nobody suspects, side by side;
    /// then each suspect by itself, which fails without being tried once the service has died of it
    /// often enough. Afterwards the below say how it went.
    boost::asio::awaitable<void> run();

    [[nodiscard]] const domain::Job& job() const { return job_; }
    [[nodiscard]] const domain::Lease& lease() const { return lease_; }
    [[nodiscard]] int attempt() const { return job_.attempts.back().number; }
    /// The store refused a write: the job is not ours any more.
    [[nodiscard]] bool lost() const { return lost_; }
    /// The trouble of the service that ended the attempt early.
    [[nodiscard]] const std::optional<Trouble>& trouble() const { return trouble_; }
    /// Documents whose work ended in a fault of ours.
    [[nodiscard]] const std::vector<std::uint32_t>& faults() const { return faults_; }
    /// At least one document was recorded.
    [[nodiscard]] bool made_progress() const { return made_progress_; }
    /// Documents were left because the deadline is near.
    [[nodiscard]] bool out_of_time() const { return out_of_time_; }
    /// True once every document is completed or failed.
    [[nodiscard]] bool all_done() const;
    /// The last document's state, which is to be recorded with the end of the job; nullopt: all
    /// are on record.
    [[nodiscard]] std::optional<ports::FileRecord> unrecorded() const;
    /// The manifest is stored, with the outputs of the last document.
    [[nodiscard]] bool has_manifest() const { return has_manifest_; }
    /// Where the job does not end, so that the last document need not be done again.
    boost::asio::awaitable<void> record_rest();

private:
    using Outcome = std::expected<ports::Extraction, ports::ExtractionError>;

    /// A document under extraction.
    struct Live {
        std::uint32_t index = 0;
        Deadline started;
        std::uint32_t pages_recorded = 0;
    };

    boost::asio::awaitable<void> work();
    boost::asio::awaitable<void> fail_exhausted();
    /// Works off `documents` in so many lanes.
    boost::asio::awaitable<void> work_off(const std::vector<std::uint32_t>& documents,
                                          SoloGate::Company company, std::size_t lanes);
    boost::asio::awaitable<void> lane(const std::vector<std::uint32_t>& documents,
                                      std::size_t& next, SoloGate::Company company);
    boost::asio::awaitable<void> process(std::uint32_t index, SoloGate::Company company,
                                         FairSlots::Slot slot);
    /// Suspects are left alone until the process has proved that it can live without them.
    boost::asio::awaitable<void> wait_for_suspects();
    /// nullopt: the attempt ends; nothing is to be said about the document.
    boost::asio::awaitable<std::optional<Outcome>> extract(std::uint32_t index);
    /// Notes that the document is at work for as long as the extractor has it.
    boost::asio::awaitable<std::optional<Outcome>> hand_to_helper(std::uint32_t index,
                                                                  ports::ExtractionRequest request);
    boost::asio::awaitable<Result<std::monostate>> store(std::uint32_t index,
                                                         ports::Extraction extraction);
    /// The last document's state is kept for the end of the job.
    boost::asio::awaitable<void> record(std::uint32_t index);
    boost::asio::awaitable<void> record_now(std::uint32_t index);
    boost::asio::awaitable<void> keep_alive();
    boost::asio::awaitable<void> renew_lease();
    boost::asio::awaitable<void> record_progress();

    /// How long a document that is begun now may take.
    [[nodiscard]] std::chrono::seconds time_for_document() const;
    /// False, and out of time, once the deadline is too near for a further document.
    bool may_begin();

    /// What failed, and at which document.
    void note(const Error& error, std::string_view doing, std::uint32_t index);
    /// A fault of ours outside of any document: the attempt ends and others may do better.
    void note_fault(const std::exception_ptr& thrown);
    [[nodiscard]] bool going_on() const;

    const Dependencies& dependencies_;
    const Options& options_;
    SoloGate& gate_;
    domain::Job job_;
    domain::Lease lease_;
    Deadline lease_until_;
    std::stop_source& stop_;
    Deadline deadline_;
    boost::asio::any_io_executor executor_;

    std::vector<std::uint32_t> unsuspected_;
    std::vector<std::uint32_t> suspects_;
    std::vector<std::uint32_t> exhausted_;  ///< Suspects that are not tried any more.
    WorkNotes notes_;
    bool working_ = true;
    bool made_progress_ = false;
    std::optional<std::uint32_t> unrecorded_;
    bool has_manifest_ = false;
    std::size_t begun_ = 0;
    bool out_of_time_ = false;
    bool lost_ = false;
    std::optional<Trouble> trouble_;
    std::vector<std::uint32_t> faults_;

    std::vector<Live> live_;
    Deadline renew_at_;
    async::Notifier wake_;  ///< For keep_alive().
    /// Progress of this document is being written; its end must wait, so as not to be overtaken.
    std::optional<std::uint32_t> recording_;
    async::Notifier recorded_;
};

}  // namespace ingestor::jobs

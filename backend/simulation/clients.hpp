#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/job.hpp"
#include "jobs/job_service.hpp"
#include "simulation/dice.hpp"
#include "simulation/service.hpp"

namespace ingestor::simulation {

/// A document that a client has stored and was told so.
struct Upload {
    domain::UserId user;
    std::string key;
    Nature nature = Nature::sound;
    std::string document;
    bool damaged = false;   ///< A bit of it flipped on the disk.
    bool replaced = false;  ///< Other bytes may stand in its place.
};

/// A submit, its repeats included, and what its client asked for then.
struct Submission {
    domain::UserId user;
    std::vector<std::size_t> uploads;  ///< Places in Clients::uploads().
    jobs::SubmitRequest request;
    std::optional<domain::JobId> job_id;  ///< As it was acknowledged.
    bool cancel_asked = false;
    int sends_open = 0;    ///< Without an answer, in the process that lives.
    int removes_open = 0;  ///< That may have been done, or may yet be.
    bool removed = false;  ///< As it was acknowledged.

    [[nodiscard]] bool may_be_gone() const { return removed || removes_open > 0; }
};

/// What the users of a service do, and what they have been told: an answer that a crash has
/// swallowed was not told. It outlives the processes.
class Clients {
public:
    Clients(std::uint64_t seed, std::vector<std::string>& findings)
        : dice_(seed), findings_(findings) {}

    /// One request of some user's, started at `service`.
    void act(Service& service, const domain::Names& names);
    /// Requests that had no answer will get none.
    void process_ended();
    void note_damage(const domain::ObjectKey& key);

    [[nodiscard]] const std::vector<Upload>& uploads() const { return uploads_; }
    [[nodiscard]] const std::vector<Submission>& submissions() const { return submissions_; }
    [[nodiscard]] std::vector<domain::UserId> users() const;
    /// Whether a job with this upload was deleted, as far as its client can tell.
    [[nodiscard]] bool may_have_removed(const Upload& upload) const;
    /// The submission that a job of this name came from; nullptr: none.
    [[nodiscard]] const Submission* submission_of(const std::string& job_name) const;

private:
    void upload(Service& service);
    /// A link to an upload is used again, with other bytes.
    void upload_again(Service& service);
    void submit(Service& service);
    void repeat(Service& service);
    void send(Service& service, std::size_t place);
    void heard(std::size_t place, const Result<ports::CreatedJob>& answer);
    void cancel(Service& service);
    void retry(Service& service);
    void remove(Service& service);
    void look(Service& service);
    /// An event comes again, as a bus may deliver it.
    void publish_again(Service& service, const domain::Names& names);
    /// The place of a submission whose job its client knows; nullopt: there is none.
    std::optional<std::size_t> known();
    [[nodiscard]] ports::Principal who(const domain::UserId& user) const {
        return ports::Principal{.user_id = user};
    }

    Dice dice_;
    std::vector<std::string>& findings_;
    std::vector<Upload> uploads_;
    std::vector<Submission> submissions_;
};

}  // namespace ingestor::simulation

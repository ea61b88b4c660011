#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "sqlite/checkpointer.hpp"
#include "sqlite/connection.hpp"

namespace ingestor::sqlite {

/// Reads the whole database once, on a thread of its own, so that a damaged page is found at the
/// start and not by whoever meets it. It goes table by table, as each holds a snapshot of its own;
/// one that is cut short, because the write-ahead log grows meanwhile, is begun again later.
class IntegrityCheck {
public:
    /// Takes over the connection; `checkpointer` outlives this.
    IntegrityCheck(Connection connection, const Checkpointer& checkpointer);
    ~IntegrityCheck();
    IntegrityCheck(const IntegrityCheck&) = delete;
    IntegrityCheck& operator=(const IntegrityCheck&) = delete;

    /// Starts the thread.
    void start();

    /// What is damaged, in SQLite's words; nullopt: nothing was found yet. Safe from any thread.
    [[nodiscard]] std::optional<std::string> damage() const;
    /// All was read.
    [[nodiscard]] bool finished() const { return finished_; }

private:
    void run();
    /// False: it was cut short.
    [[nodiscard]] bool check(const std::string& table);
    [[nodiscard]] bool wait_before_retry();
    void report(std::string damage);

    Connection connection_;
    const Checkpointer& checkpointer_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> finished_ = false;
    std::optional<std::string> damage_;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace ingestor::sqlite

#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/monotonic_clock.hpp"
#include "ports/clock.hpp"
#include "ports/file_join.hpp"
#include "ports/object_store.hpp"
#include "ports/object_walk.hpp"
#include "simulation/dice.hpp"
#include "sqlite/testing/simulated_disk.hpp"

namespace ingestor::simulation {

/// What is wrong with the disk of the objects at the moment.
struct ObjectFaults {
    std::uint64_t read_errors_percent = 0;
    std::uint64_t write_errors_percent = 0;
    bool full = false;
    bool hangs = false;
};

/// The disk that the objects are on; it outlives the processes that use it.
///
/// What a commit has returned for is durable. A commit that was under way when the process ended
/// may have come through; a removal may be undone by a power cut.
class ObjectDisk {
public:
    struct Object {
        ports::ObjectInfo info;
        std::string bytes;
        bool damaged = false;  ///< A bit of it has flipped since it was written.
    };

    explicit ObjectDisk(std::uint64_t seed) : dice_(seed) {}

    ObjectFaults faults;

    /// What the next process finds.
    void restart(sqlite::testing::Crash crash);
    /// Turns a bit of some object; nullptr: there is none with a bit to turn.
    const domain::ObjectKey* damage_one();
    [[nodiscard]] const std::map<domain::ObjectKey, Object>& objects() const { return objects_; }

private:
    friend class SimulatedObjects;

    Dice dice_;
    std::map<domain::ObjectKey, Object> objects_;
    std::map<domain::ObjectKey, Object> removed_;  ///< Since the last power cut.
    std::list<Object> committing_;
};

/// The ObjectStore of one process. Calls take turns of random length; a call that fails may have
/// done its work all the same.
class SimulatedObjects final : public ports::ObjectStore,
                               public ports::WalkableObjects,
                               public ports::FileJoin {
public:
    /// All outlive this.
    SimulatedObjects(ObjectDisk& disk, const ports::Clock& clock, async::MonotonicClock& monotonic)
        : disk_(disk), clock_(clock), monotonic_(monotonic) {}

    /// The process ends: nothing that it does from here on reaches the disk.
    void cut_off() { cut_off_ = true; }

    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override;
    Answer<ports::OpenObject> open(domain::ObjectKey key) override;
    Answer<std::monostate> verify(const ports::OpenObject& object) override;
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override;
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override;
    Answer<std::monostate> remove(domain::ObjectKey key) override;
    [[nodiscard]] std::unique_ptr<ports::ObjectWalk> walk() override;
    Answer<ports::ObjectInfo> join(domain::ObjectKey target, std::vector<ports::FilePiece> pieces,
                                   ports::PutOptions options) override;

private:
    class Writer;
    class Walk;

    /// Waits for a moment, as a disk lets its callers. Errors: unavailable.
    Answer<std::monostate> turn(std::uint64_t errors_percent);
    [[nodiscard]] Result<const ObjectDisk::Object*> find(const domain::ObjectKey& key) const;

    ObjectDisk& disk_;
    const ports::Clock& clock_;
    async::MonotonicClock& monotonic_;
    bool cut_off_ = false;
};

}  // namespace ingestor::simulation

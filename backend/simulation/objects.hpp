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
        ObjectInfo info;
        std::string bytes;
        bool damaged = false;  ///< A bit of it has flipped since it was written.
    };

    explicit ObjectDisk(std::uint64_t seed) : dice_(seed) {}

    ObjectFaults faults;

    /// What the next process finds.
    void restart(sqlite::testing::Crash crash);
    /// Turns a bit of some object; nullptr: there is none with a bit to turn.
    const ObjectKey* damage_one();
    [[nodiscard]] const std::map<ObjectKey, Object>& objects() const { return objects_; }

private:
    friend class SimulatedObjects;

    Dice dice_;
    std::map<ObjectKey, Object> objects_;
    std::map<ObjectKey, Object> removed_;  ///< Since the last power cut.
    std::list<Object> committing_;
};

/// The ObjectStore of one process. Calls take turns of random length; a call that fails may have
/// done its work all the same.
class SimulatedObjects final : public ObjectStore, public WalkableObjects {
public:
    /// All outlive this.
    SimulatedObjects(ObjectDisk& disk, const Clock& clock, MonotonicClock& monotonic)
        : disk_(disk), clock_(clock), monotonic_(monotonic) {}

    /// The process ends: nothing that it does from here on reaches the disk.
    void cut_off() { cut_off_ = true; }

    Answer<ObjectInfo> head(ObjectKey key) override;
    Answer<OpenObject> open(ObjectKey key) override;
    Answer<std::monostate> verify(const OpenObject& object) override;
    Answer<std::string> get(ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ObjectWriter>> begin_put(ObjectKey key, PutOptions options) override;
    Answer<ObjectInfo> put(ObjectKey key, std::string bytes, PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<NewObject> objects) override;
    Answer<std::monostate> remove(ObjectKey key) override;
    [[nodiscard]] std::unique_ptr<ObjectWalk> walk() override;

private:
    class Writer;
    class Walk;

    /// Waits for a moment, as a disk lets its callers. Errors: unavailable.
    Answer<std::monostate> turn(std::uint64_t errors_percent);
    [[nodiscard]] Result<const ObjectDisk::Object*> find(const ObjectKey& key) const;

    ObjectDisk& disk_;
    const Clock& clock_;
    MonotonicClock& monotonic_;
    bool cut_off_ = false;
};

}  // namespace ingestor::simulation

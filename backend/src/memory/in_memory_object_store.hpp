#pragma once

#include <map>

#include "ports/clock.hpp"
#include "ports/object_store.hpp"
#include "ports/object_walk.hpp"

namespace ingestor {

/// An ObjectStore that forgets with the process. Every call yields to the executor once before it
/// acts, as an adapter that does I/O would.
class InMemoryObjectStore final : public ObjectStore, public WalkableObjects {
public:
    /// `clock` outlives the store. An upload that grows over `object_bytes_max` is too_large.
    explicit InMemoryObjectStore(const Clock& clock,
                                 std::uint64_t object_bytes_max = std::uint64_t{1} << 30);

    Answer<ObjectInfo> head(ObjectKey key) override;
    Answer<OpenObject> open(ObjectKey key) override;
    Answer<std::string> get(ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ObjectWriter>> begin_put(ObjectKey key, PutOptions options) override;
    Answer<ObjectInfo> put(ObjectKey key, std::string bytes, PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<NewObject> objects) override;
    Answer<std::monostate> remove(ObjectKey key) override;
    [[nodiscard]] std::unique_ptr<ObjectWalk> walk() override;

    /// All keys in order: for assertions.
    [[nodiscard]] std::vector<ObjectKey> keys() const;

private:
    class Writer;
    class Walk;
    struct Object {
        ObjectInfo info;
        std::string bytes;
    };

    Result<const Object*> find(const ObjectKey& key) const;

    const Clock& clock_;
    std::uint64_t object_bytes_max_;
    std::map<ObjectKey, Object> objects_;
};

}  // namespace ingestor

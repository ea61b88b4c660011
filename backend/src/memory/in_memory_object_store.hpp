#pragma once

#include <map>

#include "ports/clock.hpp"
#include "ports/object_store.hpp"
#include "ports/object_walk.hpp"

namespace ingestor::memory {

/// An ObjectStore that forgets with the process. Every call yields to the executor once before it
/// acts, as an adapter that does I/O would.
class InMemoryObjectStore final : public ports::ObjectStore, public ports::WalkableObjects {
public:
    /// `clock` outlives the store. An upload that grows over `object_bytes_max` is too_large.
    explicit InMemoryObjectStore(const ports::Clock& clock,
                                 std::uint64_t object_bytes_max = std::uint64_t{1} << 30);

    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override;
    Answer<ports::OpenObject> open(domain::ObjectKey key) override;
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override;
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override;
    Answer<std::monostate> remove(domain::ObjectKey key) override;
    [[nodiscard]] std::unique_ptr<ports::ObjectWalk> walk() override;

    /// All keys in order: for assertions.
    [[nodiscard]] std::vector<domain::ObjectKey> keys() const;

private:
    class Writer;
    class Walk;
    struct Object {
        ports::ObjectInfo info;
        std::string bytes;
    };

    Result<const Object*> find(const domain::ObjectKey& key) const;

    const ports::Clock& clock_;
    std::uint64_t object_bytes_max_;
    std::map<domain::ObjectKey, Object> objects_;
};

}  // namespace ingestor::memory

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ports/object_store.hpp"

namespace ingestor::contract {

/// A store with what it stands on: an Owner is made of a clock and a limit, and has the store().
template <class Owner>
class OwnedStore final : public ports::ObjectStore {
public:
    OwnedStore(const ports::Clock& clock, std::uint64_t object_bytes_max)
        : owner_(clock, object_bytes_max) {}

    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override {
        return owner_.store().head(std::move(key));
    }
    Answer<ports::OpenObject> open(domain::ObjectKey key) override {
        return owner_.store().open(std::move(key));
    }
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override {
        return owner_.store().get(std::move(key), bytes_max);
    }
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override {
        return owner_.store().begin_put(std::move(key), std::move(options));
    }
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override {
        return owner_.store().put(std::move(key), std::move(bytes), std::move(options));
    }
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override {
        return owner_.store().put_all(std::move(objects));
    }
    Answer<std::monostate> remove(domain::ObjectKey key) override {
        return owner_.store().remove(std::move(key));
    }

private:
    Owner owner_;
};

}  // namespace ingestor::contract

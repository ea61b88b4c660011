#include <boost/asio/thread_pool.hpp>

#include "contract/harness.hpp"
#include "contract/run.hpp"
#include "files/files_object_store.hpp"

namespace ingestor::contract {
namespace {

/// The store with the directory and the threads that it needs.
class FilesObjects final : public ObjectStore {
public:
    FilesObjects(const Clock& clock, std::uint64_t object_bytes_max)
        : store_(directory_.path(), pool_, clock, {.object_bytes_max = object_bytes_max}) {}
    ~FilesObjects() override { pool_.join(); }

    Answer<ObjectInfo> head(ObjectKey key) override { return store_.head(std::move(key)); }
    Answer<OpenObject> open(ObjectKey key) override { return store_.open(std::move(key)); }
    Answer<std::string> get(ObjectKey key, std::uint64_t bytes_max) override {
        return store_.get(std::move(key), bytes_max);
    }
    Answer<std::unique_ptr<ObjectWriter>> begin_put(ObjectKey key, PutOptions options) override {
        return store_.begin_put(std::move(key), std::move(options));
    }
    Answer<ObjectInfo> put(ObjectKey key, std::string bytes, PutOptions options) override {
        return store_.put(std::move(key), std::move(bytes), std::move(options));
    }
    Answer<std::monostate> put_all(std::vector<NewObject> objects) override {
        return store_.put_all(std::move(objects));
    }
    Answer<std::monostate> remove(ObjectKey key) override { return store_.remove(std::move(key)); }

private:
    TemporaryDirectory directory_;
    boost::asio::thread_pool pool_{1};
    FilesObjectStore store_;
};

const ObjectStoreAdapter kObjects{
    "Files", [](Surroundings& around, std::uint64_t object_bytes_max) {
        return std::make_unique<FilesObjects>(around.clock, object_bytes_max);
    }};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Files, ObjectStoreContract, testing::Values(kObjects),
                         name_of<ObjectStoreAdapter>);

}  // namespace ingestor::contract

#include <boost/asio/thread_pool.hpp>

#include "contract/harness.hpp"
#include "contract/run.hpp"
#include "files/files_object_store.hpp"

namespace ingestor::contract {
namespace {

/// The store with the directory and the threads that it needs.
class FilesObjects final : public ports::ObjectStore {
public:
    FilesObjects(const ports::Clock& clock, std::uint64_t object_bytes_max)
        : store_(directory_.path(), pool_, clock, {.object_bytes_max = object_bytes_max}) {}
    ~FilesObjects() override { pool_.join(); }

    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override {
        return store_.head(std::move(key));
    }
    Answer<ports::OpenObject> open(domain::ObjectKey key) override {
        return store_.open(std::move(key));
    }
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override {
        return store_.get(std::move(key), bytes_max);
    }
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override {
        return store_.begin_put(std::move(key), std::move(options));
    }
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override {
        return store_.put(std::move(key), std::move(bytes), std::move(options));
    }
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override {
        return store_.put_all(std::move(objects));
    }
    Answer<std::monostate> remove(domain::ObjectKey key) override {
        return store_.remove(std::move(key));
    }

private:
    TemporaryDirectory directory_;
    boost::asio::thread_pool pool_{1};
    files::FilesObjectStore store_;
};

const ObjectStoreAdapter kObjects{
    "Files", [](Surroundings& around, std::uint64_t object_bytes_max) {
        return std::make_unique<FilesObjects>(around.clock, object_bytes_max);
    }};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Files, ObjectStoreContract, testing::Values(kObjects),
                         name_of<ObjectStoreAdapter>);

}  // namespace ingestor::contract

#include <boost/asio/thread_pool.hpp>

#include "contract/harness.hpp"
#include "contract/owned_store.hpp"
#include "contract/run.hpp"
#include "files/files_object_store.hpp"

namespace ingestor::contract {
namespace {

/// The store with the directory and the threads that it needs.
class FilesStore {
public:
    FilesStore(const ports::Clock& clock, std::uint64_t object_bytes_max)
        : store_(directory_.path(), pool_, clock, {.object_bytes_max = object_bytes_max}) {}
    ~FilesStore() { pool_.join(); }
    FilesStore(const FilesStore&) = delete;
    FilesStore& operator=(const FilesStore&) = delete;

    [[nodiscard]] files::FilesObjectStore& store() { return store_; }

private:
    TemporaryDirectory directory_;
    boost::asio::thread_pool pool_{1};
    files::FilesObjectStore store_;
};

const ObjectStoreAdapter kObjects{
    "Files", [](Surroundings& around, std::uint64_t object_bytes_max) {
        return std::make_unique<OwnedStore<FilesStore>>(around.clock, object_bytes_max);
    }};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Files, ObjectStoreContract, testing::Values(kObjects),
                         name_of<ObjectStoreAdapter>);

}  // namespace ingestor::contract

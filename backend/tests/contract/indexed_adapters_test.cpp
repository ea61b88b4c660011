#include <stdexcept>

#include <boost/asio/thread_pool.hpp>

#include "base/testing/temporary_directory.hpp"
#include "contract/harness.hpp"
#include "contract/owned_store.hpp"
#include "contract/run.hpp"
#include "files/files_object_store.hpp"
#include "objects/indexed_objects.hpp"
#include "sqlite/sqlite_object_index.hpp"

namespace ingestor::contract {
namespace {

/// The embedded engine's bucket with all that it stands on, and what must have a file in one.
class IndexedStore {
public:
    IndexedStore(const ports::Clock& clock, std::uint64_t object_bytes_max)
        : database_(sqlite::Database::open(directory_.path(), clock).value()),
          files_(directory_.path() / "objects", pool_, clock,
                 {.object_bytes_max = object_bytes_max}),
          store_({.index = index_, .files = files_, .clock = clock},
                 {.small_bytes_max = kSmallBytesMax, .object_bytes_max = object_bytes_max}) {}
    ~IndexedStore() { pool_.join(); }
    IndexedStore(const IndexedStore&) = delete;
    IndexedStore& operator=(const IndexedStore&) = delete;

    [[nodiscard]] objects::IndexedObjects& store() { return store_; }

private:
    /// Below what some tests of the suite store, and above what others do.
    static constexpr std::uint64_t kSmallBytesMax = 6;

    TemporaryDirectory directory_;
    boost::asio::thread_pool pool_{2};
    std::unique_ptr<sqlite::Database> database_;
    sqlite::SqliteObjectIndex index_{*database_};
    files::FilesObjectStore files_;
    objects::IndexedObjects store_;
};

const ObjectStoreAdapter kIndexed{
    "Indexed", [](Surroundings& around, std::uint64_t object_bytes_max) {
        return std::make_unique<OwnedStore<IndexedStore>>(around.clock, object_bytes_max);
    }};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Indexed, ObjectStoreContract, testing::Values(kIndexed),
                         name_of<ObjectStoreAdapter>);

}  // namespace ingestor::contract

#include "contract/harness.hpp"
#include "memory/in_memory_event_log.hpp"
#include "memory/in_memory_job_store.hpp"
#include "memory/in_memory_object_store.hpp"

namespace ingestor::contract {
namespace {

class MemoryStores final : public Stores {
public:
    explicit MemoryStores(Surroundings& around)
        : log_(around.router, around.clock, around.committed()),
          jobs_(log_, around.monotonic, kOwner) {}
    ports::JobStore& jobs() override { return jobs_; }
    ports::EventLog& log() override { return log_; }
    ports::DeliveryRecords& records() override { return log_; }
    ports::JobDeletions& deletions() override { return jobs_; }

private:
    memory::InMemoryEventLog log_;
    memory::InMemoryJobStore jobs_;
};

const StoresAdapter kStores{
    "Memory", [](Surroundings& around) { return std::make_unique<MemoryStores>(around); }};
const ObjectStoreAdapter kObjects{
    "Memory", [](Surroundings& around, std::uint64_t object_bytes_max) {
        return std::make_unique<memory::InMemoryObjectStore>(around.clock, object_bytes_max);
    }};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Memory, JobStoreContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Memory, EmbeddedJobStoreContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Memory, JobDeletionsContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Memory, EventLogContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Memory, DeliveryRecordsContract, testing::Values(kStores),
                         name_of<StoresAdapter>);
INSTANTIATE_TEST_SUITE_P(Memory, ObjectStoreContract, testing::Values(kObjects),
                         name_of<ObjectStoreAdapter>);

}  // namespace ingestor::contract

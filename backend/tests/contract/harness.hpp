#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "memory/manual_clock.hpp"
#include "memory/manual_monotonic_clock.hpp"
#include "ports/delivery_records.hpp"
#include "ports/event_log.hpp"
#include "ports/job_deletions.hpp"
#include "ports/job_store.hpp"
#include "ports/object_store.hpp"
#include "ports/queue_store.hpp"

// Each port has one suite, in PORT_contract.cpp. An adapter joins a suite by a line in its own
// ADAPTER_adapters_test.cpp:
//     INSTANTIATE_TEST_SUITE_P(Files, ObjectStoreContract, testing::Values(kObjects), ...);

namespace ingestor::contract {

/// Gives every event the deliveries in `routes`; a test changes them at will.
struct FixedRouter final : ports::EventRouter {
    std::vector<ports::NewDelivery> routes{
        {.rule = "rule",
         .target_id = "1",
         .target_arn = "arn:aws:lambda:us-east-1:000000000000:function:f"}};
    [[nodiscard]] std::vector<ports::NewDelivery> route(const eventbridge::Event&) const override {
        return routes;
    }
};

/// What a suite and its adapter share. Declared before the adapter, so it outlives it.
struct Surroundings {
    boost::asio::io_context io;
    memory::ManualClock clock;
    memory::ManualMonotonicClock monotonic;
    FixedRouter router;
    std::vector<ports::Delivery> announced;

    /// By both clocks.
    void pass(std::chrono::milliseconds time) {
        clock.advance(time);
        monotonic.advance(time);
    }
    ports::DeliveriesCommitted committed() {
        return [this](std::vector<ports::Delivery> deliveries) {
            for (auto& delivery : deliveries) announced.push_back(std::move(delivery));
        };
    }
};

/// The owner that the stores under test are built with: leases of any other are dead.
inline constexpr const char* kOwner = "this-process";

/// A job store and the event log that its events go to.
class Stores {
public:
    virtual ~Stores() = default;
    virtual ports::JobStore& jobs() = 0;
    virtual ports::EventLog& log() = 0;
    virtual ports::DeliveryRecords& records() = 0;
    virtual ports::JobDeletions& deletions() = 0;
};

struct StoresAdapter {
    const char* name;
    std::function<std::unique_ptr<Stores>(Surroundings&)> make;
    /// Why the tests are left out here; empty: they are not.
    std::function<std::string()> missing = {};
};
struct ObjectStoreAdapter {
    const char* name;
    /// A store that refuses uploads over `object_bytes_max`. Null: what it needs is not there.
    std::function<std::unique_ptr<ports::ObjectStore>(Surroundings&,
                                                      std::uint64_t object_bytes_max)>
        make;
    const char* needs = "";  ///< Why the tests are left out where there is no store.
};

class JobStoreContract : public testing::TestWithParam<StoresAdapter> {
protected:
    void SetUp() override {
        const auto missing = GetParam().missing ? GetParam().missing() : std::string();
        if (!missing.empty()) GTEST_SKIP() << missing;
    }
    Surroundings surroundings_;
    std::unique_ptr<Stores> stores_ = GetParam().make(surroundings_);
    ports::JobStore& jobs_ = stores_->jobs();
    ports::EventLog& log_ = stores_->log();
};

/// What a job store promises beside, if it has the deliveries in its own database and is the only
/// process at it: it sees what is under way, and that the holder of a lease is gone.
class EmbeddedJobStoreContract : public JobStoreContract {};

class JobDeletionsContract : public JobStoreContract {
protected:
    ports::JobDeletions& deletions_ = stores_->deletions();
};

class EventLogContract : public testing::TestWithParam<StoresAdapter> {
protected:
    Surroundings surroundings_;
    std::unique_ptr<Stores> stores_ = GetParam().make(surroundings_);
    ports::EventLog& log_ = stores_->log();
};

class DeliveryRecordsContract : public EventLogContract {
protected:
    ports::DeliveryRecords& records_ = stores_->records();
};

struct QueueStoreAdapter {
    const char* name;
    std::function<std::unique_ptr<ports::QueueStore>(Surroundings&)> make;
};

class QueueStoreContract : public testing::TestWithParam<QueueStoreAdapter> {
protected:
    Surroundings surroundings_;
    std::unique_ptr<ports::QueueStore> queues_ = GetParam().make(surroundings_);
};

class ObjectStoreContract : public testing::TestWithParam<ObjectStoreAdapter> {
protected:
    static constexpr std::uint64_t kObjectBytesMax = 1 << 20;
    void SetUp() override {
        if (!objects_) GTEST_SKIP() << GetParam().needs;
    }
    Surroundings surroundings_;
    std::unique_ptr<ports::ObjectStore> objects_ = GetParam().make(surroundings_, kObjectBytesMax);
};

template <class Adapter>
std::string name_of(const testing::TestParamInfo<Adapter>& row) {
    return row.param.name;
}

}  // namespace ingestor::contract

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.hpp"
#include "domain/job.hpp"
#include "domain/object_key.hpp"
#include "ports/event_log.hpp"
#include "sqlite/connection.hpp"

namespace ingestor::sqlite {

/// A job's id as it stands in the tables: the 16 bytes of the UUID, which sort as its text does.
class JobKey {
public:
    /// nullopt: not a UUID, so no job of ours.
    [[nodiscard]] static std::optional<JobKey> of(const domain::JobId& job_id);
    [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }

private:
    std::array<char, 16> bytes_{};
};

/// The keys of all jobs whose ids begin with a text; where no id can, a range that holds nothing.
class KeyRange {
public:
    explicit KeyRange(std::string_view text);
    [[nodiscard]] std::string_view first() const { return first_; }
    [[nodiscard]] std::string_view last() const { return last_; }

private:
    std::string first_ = "\xff";
    std::string last_;
};

/// The other way round; `bytes` are 16.
[[nodiscard]] domain::JobId job_id_of(std::string_view bytes);

/// The key in a column that is not null. Throws StorageFailure (corrupt).
[[nodiscard]] domain::ObjectKey object_key_at(const Query& row, int column);

/// So many deliveries an event may have; see the comment on the tables in migrations.cpp.
inline constexpr std::size_t kDeliveriesOfEventMax = 4096;
inline constexpr int kDeliveryBits = 12;
static_assert(std::size_t{1} << kDeliveryBits == kDeliveriesOfEventMax);

[[nodiscard]] constexpr std::int64_t first_delivery_id(std::int64_t seq) {
    return seq << kDeliveryBits;
}
[[nodiscard]] constexpr std::int64_t seq_of(std::int64_t delivery_id) {
    return delivery_id >> kDeliveryBits;
}

// The numbers in the tables. The SQL of this module names them, so they are pinned here.
static_assert(static_cast<int>(domain::JobStatus::queued) == 0);
static_assert(static_cast<int>(domain::JobStatus::processing) == 1);
static_assert(static_cast<int>(domain::JobStatus::completed) == 2);
static_assert(static_cast<int>(domain::JobStatus::failed) == 3);
static_assert(static_cast<int>(domain::JobStatus::cancelled) == 4);
static_assert(static_cast<int>(domain::FileStatus::queued) == 0);
static_assert(static_cast<int>(domain::FileStatus::processing) == 1);
static_assert(static_cast<int>(domain::FileStatus::completed) == 2);
static_assert(static_cast<int>(domain::FileStatus::failed) == 3);
static_assert(static_cast<int>(domain::FileStatus::cancelled) == 4);
static_assert(static_cast<int>(ports::DeliveryStage::delivery) == 0);
static_assert(static_cast<int>(ports::DeliveryStage::invocation) == 1);

/// One a line; a line break within one is `\n`, a backslash `\\`.
[[nodiscard]] std::string join_resources(const std::vector<std::string>& resources);
[[nodiscard]] std::vector<std::string> split_resources(std::string_view text);

/// A JSON object.
[[nodiscard]] std::string join_tags(const ports::Tags& tags);
[[nodiscard]] ports::Tags split_tags(std::string_view text);

/// A JSON object with the members of EventBridge's own API; empty for the event itself.
[[nodiscard]] std::string input_text(const eventbridge::transform::TargetInput& input);
[[nodiscard]] eventbridge::transform::TargetInput input_of(std::string_view text);

}  // namespace ingestor::sqlite

#include "sqlite/delivery_rows.hpp"

#include <fmt/format.h>

#include "ports/fairness_group.hpp"
#include "sqlite/queries.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {

namespace {

/// True where all that a delivery refers to is there.
bool is_whole(const Query& row) {
    return !row.is_null(9) && !row.is_null(10);
}

/// Reads the 22 columns that kDelivery and kDeadLetter begin with.
ports::Delivery read_delivery(const Query& row) {
    ports::Delivery delivery;
    delivery.id = row.integer(0);
    delivery.stage = static_cast<ports::DeliveryStage>(row.integer(1));
    delivery.attempts = static_cast<int>(row.integer(2));
    delivery.created_at = row.time(3);
    delivery.next_at = row.time(4);
    delivery.rule = row.text(7);
    delivery.target_id = row.text(8);
    delivery.target_arn = row.text(9);
    eventbridge::Event event;
    const auto group = row.text(5);
    if (ports::is_target_group(group)) delivery.fairness_group = group;
    event.fairness_group = ports::event_group(group);
    event.bus = row.text(6);
    event.id = row.text(10);
    event.time = row.time(11);
    event.source = row.text(12);
    event.detail_type = row.text(13);
    event.account = row.text(14);
    event.region = row.text(15);
    event.resources = split_resources(row.text(16));
    event.detail = row.text(17);
    if (!row.is_null(18)) event.subject = job_id_of(row.blob(18)).value();
    event.forwarded = row.integer(19) != 0;
    event.replay_name = row.text(20);
    delivery.first_failed_at = row.time_or_none(21);
    delivery.event = std::make_shared<const eventbridge::Event>(std::move(event));
    return delivery;
}

ports::DeadLetter read_dead_letter(const Query& row) {
    ports::DeadLetter letter;
    letter.id = row.integer(0);
    letter.delivery = read_delivery(row);
    letter.error_code = row.text(22);
    letter.error_message = row.text(23);
    letter.exhausted = row.text(24);
    letter.dead_at = row.time(25);
    letter.times = static_cast<std::uint64_t>(row.integer(26));
    letter.first_dead_at = row.time(27);
    return letter;
}

}  // namespace

Result<std::optional<ports::Delivery>> find_delivery(Connection& connection, std::int64_t id) {
    try {
        auto row = connection.query(kDelivery, id);
        if (!row.next()) return std::nullopt;
        if (is_whole(row)) return read_delivery(row);
    } catch (const StorageFailure& failure) {
        // Of one row, and not of the database as a whole: the others go on.
        if (failure.error.code != Errc::corrupt) throw;
    }
    return fail(Errc::corrupt, fmt::format("the event of delivery {} cannot be read", id));
}

Result<std::optional<ports::DeadLetter>> find_dead_letter(Connection& connection, std::int64_t id) {
    try {
        auto row = connection.query(kDeadLetter, id);
        if (!row.next()) return std::nullopt;
        if (is_whole(row)) return read_dead_letter(row);
    } catch (const StorageFailure& failure) {
        if (failure.error.code != Errc::corrupt) throw;
    }
    return fail(Errc::corrupt, fmt::format("the event of dead letter {} cannot be read", id));
}

std::optional<ports::DeadLetter> find_dead_letter_or_its_shell(Connection& connection,
                                                               std::int64_t id) {
    auto letter = find_dead_letter(connection, id);
    if (letter) return std::move(*letter);
    auto row = connection.query(kDeadLetterAlone, id);
    if (!row.next()) return std::nullopt;
    return read_dead_letter(row);
}

}  // namespace ingestor::sqlite

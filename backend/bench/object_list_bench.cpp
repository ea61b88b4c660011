// Pages of a bucket with N objects. Usage: object_list_bench DIR OBJECTS; one JSON object on
// stdout, the medians in microseconds of: the first page of 1,000 keys, a page from the middle on,
// and a page of 1,000 groups.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "async/testing/spawned_task.hpp"
#include "ports/clock.hpp"
#include "sqlite/database.hpp"
#include "sqlite/sqlite_object_index.hpp"

using namespace ingestor;
using Steady = std::chrono::steady_clock;

namespace {

constexpr int kRounds = 100;
constexpr long kPutsAtOnce = 10'000;

/// A folder an object, as uploads have them.
std::string key_of(long number) {
    return fmt::format("uploads/ada/{:09}/report.pdf", number);
}

void fill(boost::asio::io_context& io, sqlite::SqliteObjectIndex& index, long objects) {
    for (long first = 0; first < objects; first += kPutsAtOnce) {
        std::vector<ports::ObjectIndex::Put> puts;
        for (long n = first; n < std::min(objects, first + kPutsAtOnce); ++n) {
            ports::IndexedObject object{.info = {.key = domain::ObjectKey(key_of(n))}};
            object.info.size_bytes = 1 << 20;
            object.info.etag = domain::ETag("d41d8cd98f00b204e9800998ecf8427e");
            object.file = key_of(n);
            puts.push_back({.object = std::move(object)});
        }
        if (!async::testing::run_to_end(io, index.put(std::move(puts)))) std::abort();
    }
    if (!async::testing::run_to_end(io, index.finish_adoption())) std::abort();
}

double time_page(boost::asio::io_context& io, sqlite::SqliteObjectIndex& index,
                 const ports::ListQuery& query) {
    std::vector<double> times;
    for (int round = 0; round < kRounds; ++round) {
        const auto start = Steady::now();
        const auto page = async::testing::run_to_end(io, index.list(query));
        times.push_back(std::chrono::duration<double, std::micro>(Steady::now() - start).count());
        if (!page || page->objects.size() + page->groups.size() != query.count) std::abort();
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    const long objects = argc == 3 ? std::strtol(argv[2], nullptr, 10) : 0;
    if (objects < 2'000) return 2;
    const ports::SystemClock clock;
    auto database = sqlite::Database::open(argv[1], clock);
    if (!database) {
        fmt::print(stderr, "{}\n", database.error().message);
        return 1;
    }
    boost::asio::io_context io(1);
    sqlite::SqliteObjectIndex index(**database);
    fill(io, index, objects);
    const ports::ListQuery first{.prefix = "uploads/"};
    auto middle = first;
    middle.from = key_of(objects / 2);
    const ports::ListQuery groups{
        .prefix = "uploads/ada/", .delimiter = "/", .from = key_of(objects / 2)};
    fmt::print(R"({{"first_us":{:.1f},"middle_us":{:.1f},"groups_us":{:.1f}}})"
               "\n",
               time_page(io, index, first), time_page(io, index, middle),
               time_page(io, index, groups));
    return 0;
}

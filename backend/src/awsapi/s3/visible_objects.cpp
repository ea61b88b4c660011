#include "awsapi/s3/visible_objects.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "jobs/file_keys.hpp"

namespace ingestor::awsapi::s3 {

namespace asio = boost::asio;

namespace {

/// A page is full of outputs of fewer jobs, as a rule.
constexpr std::size_t kJobsAtOnce = 500;
/// What of a key names its job.
constexpr std::size_t kUuidSize = 36;

/// Whether keys below one of the two can be below the other.
bool overlap(std::string_view one, std::string_view other) {
    return one.starts_with(other) || other.starts_with(one);
}

}  // namespace

asio::awaitable<Result<ports::ListPage>> VisibleObjects::list(domain::UserId user,
                                                              ports::ListQuery query) {
    ports::ListPage page;
    // In the order of the keys: what is written stands between and behind the outputs.
    std::vector<std::string> own{jobs::inbox_prefix(user), jobs::upload_prefix(user)};
    auto next = own.begin();
    for (const auto folder : jobs::output_folders()) {
        if (next != own.end() && *next < folder) {
            const auto more = co_await add_below(std::move(*next++), query, page);
            if (!more) co_return std::unexpected(more.error());
            if (!*more) co_return page;
        }
        const auto more = co_await add_outputs(user, std::string(folder), query, page);
        if (!more) co_return std::unexpected(more.error());
        if (!*more) co_return page;
    }
    for (; next != own.end(); ++next) {
        const auto more = co_await add_below(std::move(*next), query, page);
        if (!more) co_return std::unexpected(more.error());
        if (!*more) co_return page;
    }
    co_return page;
}

asio::awaitable<Result<bool>> VisibleObjects::add_below(std::string prefix, ports::ListQuery& query,
                                                        ports::ListPage& page) {
    if (!overlap(prefix, query.prefix)) co_return true;
    std::vector<std::string> within;
    within.push_back(std::move(prefix));
    co_return co_await add(std::move(within), query, page);
}

asio::awaitable<Result<bool>> VisibleObjects::add_outputs(const domain::UserId& user,
                                                          std::string folder,
                                                          ports::ListQuery& query,
                                                          ports::ListPage& page) {
    if (!overlap(folder, query.prefix)) co_return true;
    while (true) {
        const auto start = std::max(query.from, query.prefix);
        // What lies before the folder begins with its first job.
        auto from =
            start.starts_with(folder) ? start.substr(folder.size(), kUuidSize) : std::string();
        if (from.empty() && start > folder) co_return true;
        const auto jobs = co_await own_jobs_(user, std::move(from), kJobsAtOnce);
        if (!jobs) co_return std::unexpected(jobs.error());
        if (jobs->empty()) co_return true;
        std::vector<std::string> within;
        within.reserve(jobs->size());
        for (const auto& job : *jobs) within.push_back(folder + job.value() + '/');
        auto last = within.back();
        const auto more = co_await add(std::move(within), query, page);
        if (!more || !*more) co_return more;
        if (jobs->size() < kJobsAtOnce) co_return true;
        if (last > query.prefix && !overlap(last, query.prefix)) co_return true;
        const auto end = ports::end_of_prefix(std::move(last));
        if (end) query.from = std::max(query.from, *end);
    }
}

asio::awaitable<Result<bool>> VisibleObjects::add(std::vector<std::string> within,
                                                  ports::ListQuery& query, ports::ListPage& page) {
    auto part = query;
    part.count = query.count - page.objects.size() - page.groups.size();
    part.within = std::move(within);
    auto found = co_await objects_.list(std::move(part));
    if (!found) co_return std::unexpected(found.error());
    std::ranges::move(found->objects, std::back_inserter(page.objects));
    std::ranges::move(found->groups, std::back_inserter(page.groups));
    page.rows_read += found->rows_read;
    page.next = std::move(found->next);
    if (page.next) co_return false;
    // What further keys are in the last group was shown with it.
    if (!page.groups.empty()) {
        const auto end = ports::end_of_prefix(page.groups.back());
        if (end) query.from = std::max(query.from, *end);
    }
    co_return true;
}

}  // namespace ingestor::awsapi::s3

#include "sqlite/sqlite_job_directory.hpp"

#include <algorithm>

#include "sqlite/queries.hpp"
#include "sqlite/row_codec.hpp"

namespace ingestor::sqlite {
namespace {

constexpr std::size_t kIdCharacters = 36;
constexpr int kStatuses = 5;

/// The least key whose id is not less than the text, or one a little before it where the text is
/// not the beginning of an id.
std::string least_key(std::string_view from) {
    for (auto text = from.substr(0, kIdCharacters);; text.remove_suffix(1)) {
        const KeyRange range(text);
        if (!range.last().empty()) return std::string(range.first());
    }
}

}  // namespace

boost::asio::awaitable<Result<std::vector<domain::JobId>>> SqliteJobDirectory::jobs_of(
    domain::UserId user_id, std::string from, std::size_t count) {
    auto work = [user_id = std::move(user_id), from = std::move(from),
                 count](Connection& connection) -> Result<std::vector<domain::JobId>> {
        const auto least = least_key(from);
        std::vector<std::string> keys;
        for (int status = 0; status < kStatuses; ++status) {
            auto rows = connection.query(kJobsOfUserFrom, user_id.value(), status, Blob{least},
                                         static_cast<std::int64_t>(count));
            while (rows.next()) keys.push_back(rows.blob(0));
        }
        std::ranges::sort(keys);
        keys.resize(std::min(keys.size(), count));
        std::vector<domain::JobId> jobs;
        jobs.reserve(keys.size());
        for (const auto& key : keys) jobs.push_back(job_id_of(key));
        return jobs;
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace ingestor::sqlite

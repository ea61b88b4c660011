#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "domain/ids.hpp"

namespace ingestor::sqlite {

/// Which documents this process is at work on, in a small file beside the database: the next
/// process reads there what this one died at.
///
/// Every document is noted before a helper gets it, so a note must cost next to nothing. It is
/// written into the page cache and not synced, which is enough for what it is for: the cache
/// outlives the process, whatever ends it, and an end of the whole machine proves nothing about a
/// document. docs/formats/work_register.md specifies the bytes. Use from one thread.
class WorkRegister {
public:
    struct Entry {
        domain::JobId job_id;
        std::int64_t fence = 0;
        std::uint32_t document = 0;

        friend bool operator==(const Entry&, const Entry&) = default;
    };

    /// Throws std::system_error.
    explicit WorkRegister(const std::filesystem::path& file);

    /// What an earlier process left behind. It stays in the file until forget_left_over().
    [[nodiscard]] const std::vector<Entry>& left_over() const { return left_over_; }
    void forget_left_over();

    /// Notes these documents of the job, and no others. Errors: conflict (a later attempt has noted
    /// some), unavailable (then some of them may be noted).
    [[nodiscard]] Result<std::monostate> set(const domain::JobId& job_id, std::int64_t fence,
                                             const std::vector<std::uint32_t>& documents);
    /// What is noted of the job at present.
    [[nodiscard]] std::vector<Entry> noted(const domain::JobId& job_id) const;
    /// Forgets what this attempt noted, or an earlier one.
    void clear(const domain::JobId& job_id, std::int64_t fence);

private:
    [[nodiscard]] std::size_t take_place();
    [[nodiscard]] Result<std::monostate> write(std::size_t place, const std::string& line);
    void erase(std::size_t place);

    FileDescriptor file_;
    std::vector<Entry> left_over_;
    std::vector<std::size_t> left_over_places_;
    std::map<domain::JobId, std::vector<std::pair<Entry, std::size_t>>> entries_;
    std::vector<std::size_t> free_;
    std::size_t places_ = 0;  ///< The file has so many lines.
};

}  // namespace ingestor::sqlite

#include "sqlite/work_register.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ingestor::sqlite {

namespace {

constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kIdBytes = 36;
/// A file that has more was written by no process of ours.
constexpr std::size_t kLinesMax = 1 << 20;

std::string line_of(const WorkRegister::Entry& entry) {
    auto line = fmt::format("{} {} {}", entry.job_id.value(), entry.fence, entry.document);
    line.resize(kLineBytes - 1, ' ');
    line += '\n';
    return line;
}

std::string blank_line() {
    return std::string(kLineBytes - 1, ' ') + '\n';
}

/// nullopt: blank, or torn.
std::optional<WorkRegister::Entry> entry_of(std::string_view line) {
    if (line.size() != kLineBytes || line.back() != '\n' || line[kIdBytes] != ' ' ||
        line.front() == ' ') {
        return std::nullopt;
    }
    WorkRegister::Entry entry{.job_id = domain::JobId(std::string(line.substr(0, kIdBytes)))};
    const auto* end = line.data() + line.size();
    const auto fence = std::from_chars(line.data() + kIdBytes + 1, end, entry.fence);
    if (fence.ec != std::errc() || *fence.ptr != ' ') return std::nullopt;
    const auto document = std::from_chars(fence.ptr + 1, end, entry.document);
    if (document.ec != std::errc() || *document.ptr != ' ') return std::nullopt;
    return entry;
}

}  // namespace

WorkRegister::WorkRegister(const std::filesystem::path& file)
    : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    struct stat status{};
    if (!file_ || ::fstat(file_.get(), &status) != 0) {
        throw std::system_error(errno, std::generic_category(), file.string());
    }
    places_ = std::min(static_cast<std::size_t>(status.st_size) / kLineBytes, kLinesMax);
    std::string line(kLineBytes, '\0');
    for (std::size_t place = 0; place < places_; ++place) {
        const auto offset = static_cast<off_t>(place * kLineBytes);
        const auto read = ::pread(file_.get(), line.data(), kLineBytes, offset);
        if (read < 0) throw std::system_error(errno, std::generic_category(), file.string());
        const auto entry = entry_of(std::string_view(line).substr(0, static_cast<size_t>(read)));
        if (entry) {
            left_over_.push_back(*entry);
            left_over_places_.push_back(place);
        } else {
            free_.push_back(place);
        }
    }
}

void WorkRegister::forget_left_over() {
    for (const auto place : left_over_places_) erase(place);
    left_over_places_.clear();
    left_over_.clear();
}

Result<std::monostate> WorkRegister::set(const domain::JobId& job_id, std::int64_t fence,
                                         const std::vector<std::uint32_t>& documents) {
    auto& entries = entries_[job_id];
    if (std::ranges::any_of(entries, [&](const auto& kept) { return kept.first.fence > fence; })) {
        return fail(Errc::conflict, fmt::format("the lease on job {} is lost", job_id.value()));
    }
    std::erase_if(entries, [&](const auto& kept) {
        const auto& [entry, place] = kept;
        if (entry.fence == fence && std::ranges::count(documents, entry.document) > 0) return false;
        erase(place);
        return true;
    });
    for (const auto document : documents) {
        const Entry wanted{.job_id = job_id, .fence = fence, .document = document};
        const auto is_wanted = [&wanted](const auto& kept) { return kept.first == wanted; };
        if (std::ranges::any_of(entries, is_wanted)) continue;
        const auto place = take_place();
        entries.emplace_back(wanted, place);
        if (auto written = write(place, line_of(wanted)); !written) return written;
    }
    return std::monostate{};
}

std::vector<WorkRegister::Entry> WorkRegister::noted(const domain::JobId& job_id) const {
    std::vector<Entry> noted;
    const auto of_job = entries_.find(job_id);
    if (of_job == entries_.end()) return noted;
    for (const auto& kept : of_job->second) noted.push_back(kept.first);
    return noted;
}

void WorkRegister::clear(const domain::JobId& job_id, std::int64_t fence) {
    const auto of_job = entries_.find(job_id);
    if (of_job == entries_.end()) return;
    std::erase_if(of_job->second, [&](const auto& kept) {
        const auto& [entry, place] = kept;
        if (entry.fence > fence) return false;
        erase(place);
        return true;
    });
    if (of_job->second.empty()) entries_.erase(of_job);
}

std::size_t WorkRegister::take_place() {
    if (free_.empty()) return places_++;
    const auto place = free_.back();
    free_.pop_back();
    return place;
}

Result<std::monostate> WorkRegister::write(std::size_t place, const std::string& line) {
    const auto offset = static_cast<off_t>(place * kLineBytes);
    const auto written = ::pwrite(file_.get(), line.data(), line.size(), offset);
    if (written == static_cast<ssize_t>(line.size())) return std::monostate{};
    const auto reason = written < 0 ? errno : ENOSPC;
    return fail(Errc::unavailable, fmt::format("cannot note what is at work: {}",
                                               std::generic_category().message(reason)));
}

void WorkRegister::erase(std::size_t place) {
    // Overwrites what is there, so no disk is too full for it. Where it fails, a document may
    // become suspect without need, which costs it a turn by itself.
    (void)write(place, blank_line());
    free_.push_back(place);
}

}  // namespace ingestor::sqlite

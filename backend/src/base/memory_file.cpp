#include "base/memory_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/system_error.hpp"

namespace ingestor {

namespace {

constexpr int kSeals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;

}  // namespace

Result<FileDescriptor> memory_file(std::string_view bytes) {
    FileDescriptor file(::memfd_create("object", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file) return std::unexpected(system_error("make a file in memory", errno));
    off_t written = 0;
    while (!bytes.empty()) {
        const auto count = ::pwrite(file.get(), bytes.data(), bytes.size(), written);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::unexpected(system_error("write a file in memory", errno));
        written += count;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) {
        return std::unexpected(system_error("seal a file in memory", errno));
    }
    return file;
}

bool is_sealed(const FileDescriptor& file) {
    const int seals = ::fcntl(file.get(), F_GET_SEALS);
    return seals >= 0 && (seals & kSeals) == kSeals;
}

}  // namespace ingestor

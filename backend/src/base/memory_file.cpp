#include "base/memory_file.hpp"

#include <cerrno>

#include <sys/mman.h>
#include <unistd.h>

#include "base/system_error.hpp"

namespace ingestor {

Result<FileDescriptor> memory_file(std::string_view bytes) {
    FileDescriptor file(::memfd_create("object", MFD_CLOEXEC));
    if (!file) return std::unexpected(system_error("make a file in memory", errno));
    off_t written = 0;
    while (!bytes.empty()) {
        const auto count = ::pwrite(file.get(), bytes.data(), bytes.size(), written);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::unexpected(system_error("write a file in memory", errno));
        written += count;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return file;
}

}  // namespace ingestor

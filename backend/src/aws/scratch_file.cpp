#include "aws/scratch_file.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>

namespace ingestor::aws {

Result<FileDescriptor> open_scratch_file(const std::string& directory) {
    constexpr mode_t kOwnerOnly = 0600;
    FileDescriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kOwnerOnly));
    if (!file) file = FileDescriptor(::memfd_create("object", MFD_CLOEXEC));
    if (!file) {
        return fail(Errc::unavailable, "no room for a copy in '" + directory + "' or in memory: " +
                                           std::generic_category().message(errno));
    }
    return file;
}

}  // namespace ingestor::aws

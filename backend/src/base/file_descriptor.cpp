#include "base/file_descriptor.hpp"

#include <unistd.h>

namespace ingestor {

void FileDescriptor::reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

}  // namespace ingestor

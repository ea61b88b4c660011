#include <unistd.h>

#include "ports/object_store.hpp"

namespace ingestor {

void FileDescriptor::reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

}  // namespace ingestor

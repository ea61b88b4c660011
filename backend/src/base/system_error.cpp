#include "base/system_error.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace ingestor {

namespace {

std::string_view remedy(int error) {
    switch (error) {
        case ENOSPC:
            return "; make room on the disk (bytes or inodes)";
        case EDQUOT:
            return "; raise the quota, or make room within it";
        case EMFILE:
            return "; raise the limit of open files of the service (ulimit -n)";
        case ENFILE:
            return "; raise the limit of open files of the system (sysctl fs.file-max)";
        case EROFS:
            return "; mount the disk for writing";
        default:
            return "";
    }
}

}  // namespace

Errc errc_of_system_error(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return Errc::out_of_space;
        case EBADF:
        case EFAULT:
        case EINVAL:
        case ENAMETOOLONG:
        case ENOTSOCK:
            return Errc::internal;
        default:
            return Errc::unavailable;
    }
}

Error system_error(std::string_view what, int error) {
    return Error{.code = errc_of_system_error(error),
                 .message = fmt::format("{}: {}{}", what, std::generic_category().message(error),
                                        remedy(error))};
}

}  // namespace ingestor

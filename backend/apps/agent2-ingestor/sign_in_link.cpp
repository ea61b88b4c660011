#include "sign_in_link.hpp"

#include <string_view>
#include <system_error>

#include <unistd.h>

#include "identity/secret_file.hpp"

namespace ingestor {

namespace fs = std::filesystem;

Result<std::monostate> SignInLink::offer(const std::string& link) const {
    constexpr std::string_view kMessage = "sign in once, within 15 minutes";
    if (::isatty(STDOUT_FILENO) == 1) {
        log_.info(kMessage, {{"link", link}});
        return std::monostate{};
    }
    const auto written = identity::write_secret_file(file_, link + "\n");
    if (!written) return std::unexpected(written.error());
    log_.info(kMessage, {{"link_is_in", fs::absolute(file_).string()}});
    return std::monostate{};
}

void SignInLink::forget() const {
    std::error_code ignored;
    fs::remove(file_, ignored);
}

}  // namespace ingestor

#pragma once

#include <cstdint>
#include <string>

namespace ingestor::cli {

/// One line on stderr that is written over while something goes on; silent where stderr is no
/// terminal, so that logs stay readable.
class ProgressBar {
public:
    ProgressBar();
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void show(const std::string& label, std::uint64_t done, std::uint64_t total);
    /// Ends the line.
    void finish();

private:
    bool terminal_;
    bool open_ = false;
    std::string last_;
};

}  // namespace ingestor::cli

#pragma once

namespace ingestor::cli {

/// What a command's exit status says; also in `--help` and the README.
enum ExitCode : int {
    kDone = 0,
    kFailed = 1,       ///< The job or the document failed, or was cancelled.
    kUsage = 2,        ///< The command line is wrong, or a file named on it cannot be read.
    kRefused = 3,      ///< The service answered with an error.
    kUnreachable = 4,  ///< The service did not answer.
};

}  // namespace ingestor::cli

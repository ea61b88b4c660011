#pragma once

#include <cstdint>
#include <functional>

#include "extract/model/document.hpp"
#include "formats/limits.hpp"

namespace ingestor::extract {

using formats::ParseLimits;
using model::Box;
using model::Document;

/// Told of pages done, now and then.
using Progress = std::function<void(std::uint32_t pages_done)>;

}  // namespace ingestor::extract

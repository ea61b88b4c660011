#pragma once

// Headers of others that most files include and that take a second or more to parse. Each file
// still names what it uses; the release build is without this one. Not Asio's, which want its
// library.
#include <algorithm>
#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

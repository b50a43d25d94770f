// Random bytes are the same in every run.
#pragma once

#include <memory>
#include <string_view>

#include "ipc/description.h"

namespace ipcgrade {

/// /dev/random and /dev/urandom.
[[nodiscard]] bool is_random_device(std::string_view path);
[[nodiscard]] std::shared_ptr<Description> make_random_description(int flags);

}  // namespace ipcgrade

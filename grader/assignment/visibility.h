// Who sees a part of a report on Gradescope, as a key of a table says it.
#pragma once

#include <string>
#include <string_view>

#include "assignment/reader.h"

namespace ipcgrade {

inline constexpr std::string_view kVisibilities =
    R"("hidden", "after_due_date", "after_published" or "visible")";

/// Empty where the table has no such key, or another value, which is noted.
[[nodiscard]] std::string read_visibility(const TableReader& reader, std::string_view key);

}  // namespace ipcgrade

// What a batch hands from process to process, and keeps, as bytes (CBOR, RFC 8949): names and
// outputs of students need be no UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "batch/graded.h"
#include "batch/import.h"
#include "sandbox/error.h"

namespace ipcgrade {

// unpacked_…() give an error where the bytes are not what packed() gave.

[[nodiscard]] std::string packed(const std::vector<Grade>& grades);
[[nodiscard]] sandbox::Expected<std::vector<Grade>> unpacked_grades(std::string_view bytes);

[[nodiscard]] std::string packed(const Imported& imported);
[[nodiscard]] sandbox::Expected<Imported> unpacked_imported(std::string_view bytes);

[[nodiscard]] std::string packed(const BatchOrigin& origin);
[[nodiscard]] sandbox::Expected<BatchOrigin> unpacked_origin(std::string_view bytes);

}  // namespace ipcgrade

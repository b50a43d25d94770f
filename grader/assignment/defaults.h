// What a check is decided by when its id is one of those that labs share.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "assignment/assignment.h"

namespace ipcgrade {

struct CheckDefaults {
  std::string_view id;
  Stage stage;
  std::vector<Kind> kinds;
  bool per_scenario = false;
};

/// In the order of assignments/README.md.
[[nodiscard]] std::span<const CheckDefaults> check_defaults();
/// nullptr for an id that has none.
[[nodiscard]] const CheckDefaults* defaults_of(std::string_view check_id);

/// The word for it in assignment files: "fair".
[[nodiscard]] std::string_view name_of(Stage stage);
[[nodiscard]] std::optional<Stage> stage_named(std::string_view name);
[[nodiscard]] std::span<const std::string_view> stage_names();

}  // namespace ipcgrade

// What the first lines of a program say is to become of it. Their form is in README.md.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ipcgrade {

struct Expectation {
  char tier = 'A';                 ///< of the box, as the program has it, too: TIER
  std::vector<std::string> terms;  ///< "outcome=exited", "left~daemon"
  std::vector<std::string> flags;  ///< of `ipcgrade sandbox`
  std::vector<std::string> link;   ///< of gcc
  int refused_line = 0;            ///< the one that is marked "refused here", if it is; or 0
};

/// `tier`: of the box that it runs in, 'A' to 'D'.
[[nodiscard]] Expectation expectation_of(const std::filesystem::path& program, char tier);

/// For programs as they come from the compiler; its message where it fails.
[[nodiscard]] std::string compile(const std::filesystem::path& source,
                                  const Expectation& expectation, const std::filesystem::path& to);

/// The terms that do not hold for a report, each with what was there instead.
[[nodiscard]] std::vector<std::string> broken_terms(const Expectation& expectation,
                                                    const nlohmann::json& report,
                                                    const std::string& errors);

}  // namespace ipcgrade

// What a CI system runs for each push, as files to be put beside a hand-in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ipcgrade {

struct Workflow {
  std::string path;  ///< where that system looks for it, from the top of the repository
  std::string text;
};

/// Of "github", "gitlab" or "jenkins"; nothing where it is another. `lab` is the name of an
/// installed lab; `source` is where git finds the grader, as a word of a shell.
[[nodiscard]] std::optional<Workflow> workflow_of(std::string_view system, const std::string& lab,
                                                  const std::string& source);

/// A template with @LAB@ and @SOURCE@ filled in.
[[nodiscard]] std::string fill_in(std::string_view text, const std::string& lab,
                                  const std::string& source);

}  // namespace ipcgrade

#include "cli/open_lab.h"

#include <string_view>
#include <vector>

#include "assignment/lab_finder.h"
#include "assignment/parse.h"
#include "sandbox/policy.h"

namespace ipcgrade {

std::optional<Assignment> open_lab(const Context& context, const std::string& name) {
  const auto folder = find_lab(name, context.assignments);
  if (!folder) {
    context.console.error(folder.error());
    return std::nullopt;
  }
  std::vector<std::string_view> groups;
  for (const sandbox::PolicyGroup& group : sandbox::kPolicyGroups) groups.push_back(group.name);
  auto assignment = parse_assignment(*folder, groups);
  if (!assignment) {
    context.console.error("the assignment file has mistakes\n" + assignment.error().text());
    return std::nullopt;
  }
  return std::move(*assignment);
}

}  // namespace ipcgrade

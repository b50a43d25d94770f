// Run by the build: prints the program of the widest policy as the elements of a C++ array.
// libseccomp needs as long for it as making a box takes; built in, it costs nothing.
#include <cstdio>

#include "sandbox/policy_compiler.h"
#include "sandbox/policy_groups.h"

int main() {
  std::vector<std::string> groups;
  for (const sandbox::PolicyGroup& group : sandbox::kPolicyGroups) groups.emplace_back(group.name);
  const auto program = sandbox::compile_policy(groups);
  if (!program) {
    std::fprintf(stderr, "%s\n", program.error().text().c_str());
    return 1;
  }
  for (const sock_filter& step : *program) {
    std::printf("{%u, %u, %u, %u},\n", step.code, step.jt, step.jf, step.k);
  }
  return 0;
}

#include "export/workflow.h"

#include "export/templates.h"
#include "report/escape.h"

namespace ipcgrade {

std::string fill_in(std::string_view text, const std::string& lab, const std::string& source) {
  return replaced(replaced(text, "@LAB@", lab), "@SOURCE@", source);
}

std::optional<Workflow> workflow_of(std::string_view system, const std::string& lab,
                                    const std::string& source) {
  if (system == "github") {
    return Workflow{".github/workflows/ipcgrade.yml", fill_in(kGithub, lab, source)};
  }
  if (system == "gitlab") return Workflow{".gitlab-ci.yml", fill_in(kGitlab, lab, source)};
  if (system == "jenkins") return Workflow{"Jenkinsfile", fill_in(kJenkins, lab, source)};
  return std::nullopt;
}

}  // namespace ipcgrade

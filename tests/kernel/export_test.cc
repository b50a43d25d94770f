// What other systems are given, run as far as it runs here.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../support/process.h"

namespace ipcgrade::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

const std::string kProgram = IPCGRADE_BINARY;
const fs::path kSource = IPCGRADE_SOURCE_DIR;

class Export : public testing::Test {
 protected:
  static Ran shell(const std::string& command) { return run({"sh", "-c", command}); }

  [[nodiscard]] Ran workflow(const std::string& system) const {
    return run({kProgram, "export", system, "shared-memory", "--source",
                "https://git.example.edu/it's mine.git", "--out", folder_.path().string()});
  }

  TemporaryFolder folder_;
};

TEST_F(Export, GradescopeRunsTheZip) {
  if (run({kProgram, "sandbox", "--", "true"}).status != 0) GTEST_SKIP() << "needs a box";
  const std::string zip = (folder_ / "autograder.zip").string();
  const Ran made = run({kProgram, "export", "gradescope", "shared-memory", "--out", zip});
  ASSERT_EQ(made.status, 0) << made.errors;
  // The folders that Gradescope makes, in another place.
  const std::string top = folder_.path().string();
  ASSERT_EQ(shell(fmt::format("cd '{}' && mkdir source submission results && cd source && cmake -E "
                              "tar xf '{}' && cp run_autograder ..",
                              top, zip))
                .status,
            0);
  // Built already, which would take minutes.
  const fs::path build = folder_ / "source/ipcgrade/build/release";
  fs::create_directories(build / "grader");
  for (const char* name : {"ipcgrade", "ipcgrade-sandbox"}) {
    fs::copy(fs::path(kProgram).parent_path() / name, build / "grader" / name);
  }
  ASSERT_EQ(shell(fmt::format("touch '{}'", (build / ".built").string())).status, 0);
  const Ran set_up = shell(fmt::format("'{}/source/setup.sh'", top));
  EXPECT_EQ(set_up.status, 0) << set_up.errors;
  EXPECT_THAT(set_up.output, HasSubstr("shared-memory"));
  EXPECT_THAT(set_up.output, Not(HasSubstr("pipes"))) << "one lab is enough";
  for (const auto& [name, points] : {std::pair{"reference/shared-memory", 10.0},
                                     {"tests/corpus/shared-memory/wrong/lecture", 3.0}}) {
    ASSERT_EQ(shell(fmt::format("cd '{}' && rm -rf submission && cp -r '{}' submission", top,
                                (kSource / name).string()))
                  .status,
              0);
    const Ran ran = shell(fmt::format("'{}/run_autograder'", top));
    EXPECT_EQ(ran.status, 0) << ran.output << ran.errors;
    double score = 0;
    const json parsed = json::parse(contents(folder_ / "results/results.json"));
    for (const json& test : parsed["tests"]) {
      score += test["score"].get<double>();
    }
    EXPECT_DOUBLE_EQ(score, points) << name;
  }
}

TEST_F(Export, TheSolutionStaysAtHome) {
  folder_.write("lab/solution/say.c", "int main(void) { return 0; }\n");
  folder_.write("lab/corpus/wrong/x/say.c", "int main(void) { return 1; }\n");
  folder_.write("lab/assignment.toml",
                "schema = 1\nname = \"lab\"\ntitle = \"t\"\nprograms = [\"say\"]\n"
                "reference = \"solution/\"\ncorpus = \"./corpus\"\n"
                "[[scenario]]\nid = \"s\"\ntitle = \"t\"\n[[scenario.start]]\nprogram = \"say\"\n"
                "[[scenario.result]]\nsay = { output = \"\" }\n"
                "[[check]]\nid = \"build\"\ntitle = \"t\"\npoints = 1\n");
  const std::string zip = (folder_ / "a.zip").string();
  const Ran made =
      run({kProgram, "export", "gradescope", (folder_ / "lab").string(), "--out", zip});
  ASSERT_EQ(made.status, 0) << made.errors;
  const Ran listed = shell(fmt::format("cmake -E tar tf '{}'", zip));
  EXPECT_THAT(listed.output, HasSubstr("ipcgrade/assignments/lab/assignment.toml"));
  EXPECT_THAT(listed.output, HasSubstr("ipcgrade/grader/main.cc"));
  EXPECT_THAT(listed.output, HasSubstr("run_autograder"));
  EXPECT_THAT(listed.output, Not(HasSubstr("solution")));
  EXPECT_THAT(listed.output, Not(HasSubstr("corpus")));
  EXPECT_THAT(listed.output, Not(HasSubstr("build/")));
}

TEST_F(Export, NothingIsOverwritten) {
  ASSERT_EQ(workflow("gitlab").status, 0);
  const Ran again = workflow("gitlab");
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.errors, HasSubstr("exists already"));
}

TEST_F(Export, WhatIsMissingIsSaid) {
  const Ran source = run({kProgram, "export", "github", "shared-memory"});
  EXPECT_EQ(source.status, 2);
  EXPECT_THAT(source.errors, HasSubstr("--source is missing"));
  EXPECT_EQ(run({kProgram, "export", "sourceforge", "shared-memory"}).status, 2);
  EXPECT_EQ(run({kProgram, "export", "github"}).status, 2);
}

TEST_F(Export, FilesAreWhereTheSystemsLook) {
  for (const auto& [system, file] : {std::pair{"github", ".github/workflows/ipcgrade.yml"},
                                     {"gitlab", ".gitlab-ci.yml"},
                                     {"jenkins", "Jenkinsfile"}}) {
    const Ran made = workflow(system);
    EXPECT_EQ(made.status, 0) << made.errors;
    const std::string text = contents(folder_ / file);
    EXPECT_THAT(text, HasSubstr("ipcgrade check shared-memory ."));
    EXPECT_THAT(text, HasSubstr("'https://git.example.edu/it'\\''s mine.git'"));
    EXPECT_THAT(text, Not(HasSubstr("@LAB@")));
    EXPECT_THAT(text, Not(HasSubstr("@SOURCE@")));
  }
}

/// What a workflow's steps run, as the system's own parser reads them.
class ExportedWorkflow : public Export {
 protected:
  void SetUp() override {
    if (run({"sh", "-c", "command -v node"}).status != 0) {
      GTEST_SKIP() << "needs node (Debian package nodejs)";
    }
    if (!fs::exists(fs::path(IPCGRADE_CONSUMERS_DIR) / "node_modules/@actions/workflow-parser")) {
      GTEST_SKIP() << "needs GitHub's parser (tests/support/consumers/install.sh)";
    }
    if (run({kProgram, "sandbox", "--", "true"}).status != 0) GTEST_SKIP() << "needs a box";
  }

  /// Of a file without mistakes.
  std::vector<std::string> scripts(const std::string& system, const std::string& file) {
    const Ran made = workflow(system);
    EXPECT_EQ(made.status, 0) << made.errors;
    const Ran read = run({"node", std::string(IPCGRADE_CONSUMER_SCRIPTS) + "/check_workflow.mjs",
                          IPCGRADE_CONSUMERS_DIR, system, (folder_ / file).string()});
    EXPECT_EQ(read.status, 0) << read.errors;
    EXPECT_EQ(std::ranges::count(read.output, '\n'), 1) << read.output;
    return json::parse(read.output).get<std::vector<std::string>>();
  }

  /// The script that grades, run in a hand-in, with the program of these tests.
  Ran grade(std::string script, const std::string& hand_in) {
    const auto replace = [&script](const std::string& from, const std::string& to) {
      for (auto at = script.find(from); at != std::string::npos; at = script.find(from, at)) {
        script.replace(at, from.size(), to);
        at += to.size();
      }
    };
    replace("/opt/ipcgrade/ipcgrade", kProgram);
    replace("/tmp/reports", (folder_ / "reports").string());
    const std::string own = (folder_ / "hand-in").string();
    fs::copy(kSource / hand_in, own, fs::copy_options::recursive);
    return shell(fmt::format("cd '{}' && export GITHUB_OUTPUT='{}' && set -e\n{}", own,
                             (folder_ / "github-output").string(), script));
  }
};

TEST_F(ExportedWorkflow, GithubGradesAndHandsOver) {
  const auto all = scripts("github", ".github/workflows/ipcgrade.yml");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_THAT(all[1], HasSubstr("git clone --quiet --depth 1 'https://git.example.edu/it'"));
  const Ran ran = grade(all[2], "tests/corpus/shared-memory/wrong/lecture");
  EXPECT_EQ(ran.status, 1) << ran.errors;
  for (const char* report : {"ipcgrade.xml", "ipcgrade.sarif", "ipcgrade.html"}) {
    EXPECT_TRUE(fs::exists(folder_ / "reports" / report)) << report;
  }
  // As Classroom's reporter takes it.
  const Ran decoded = shell(
      fmt::format("sed -n 's/^result=//p' '{}' | base64 -d", (folder_ / "github-output").string()));
  EXPECT_EQ(json::parse(decoded.output)["max_score"], 10);
}

TEST_F(ExportedWorkflow, GitlabGrades) {
  const auto all = scripts("gitlab", ".gitlab-ci.yml");
  ASSERT_EQ(all.size(), 2U);
  const Ran ran = grade(all[1], "reference/shared-memory");
  EXPECT_EQ(ran.status, 0) << ran.errors;
  EXPECT_TRUE(fs::exists(folder_ / "hand-in/ipcgrade.xml"));
  EXPECT_TRUE(fs::exists(folder_ / "hand-in/ipcgrade.html"));
}

// There is no parser of Jenkins' here: what its steps run is looked for in the text.
TEST_F(ExportedWorkflow, JenkinsGrades) {
  ASSERT_EQ(workflow("jenkins").status, 0);
  const std::string text = contents(folder_ / "Jenkinsfile");
  EXPECT_EQ(std::ranges::count(text, '{'), std::ranges::count(text, '}'));
  const std::string quotes(3, '\'');
  const std::size_t stage = text.find("stage('Grade')");
  ASSERT_NE(stage, std::string::npos);
  const std::size_t begin = text.find(quotes, stage) + quotes.size();
  const std::string script = text.substr(begin, text.find(quotes, begin) - begin);
  const Ran ran = grade(script, "tests/corpus/shared-memory/wrong/lecture");
  EXPECT_EQ(ran.status, 0) << "that something failed is in the report";
  EXPECT_TRUE(fs::exists(folder_ / "hand-in/ipcgrade.xml"));
}

}  // namespace
}  // namespace ipcgrade::test

// Everything hostile that was thought of, run in a box: it is contained, it is told by its right
// name, and nothing of it is left on the host. README.md says how a case is written.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <tinyxml2.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "attacker.h"
#include "expectation.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const fs::path kHere = fs::path(IPCGRADE_SOURCE_DIR) / "tests/hostile";
const fs::path kLab = fs::path(IPCGRADE_SOURCE_DIR) / "assignments/shared-memory";

std::vector<std::string> names_in(const fs::path& folder, std::string_view ending) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ending) names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

struct Case {
  std::string name;
  User user = User::kSelf;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class HostileProgram : public testing::TestWithParam<Case> {};

TEST_P(HostileProgram, IsContained) {
  const auto& [name, user] = GetParam();
  const Scratch scratch;
  if (const std::string why = why_no_box(scratch, user); !why.empty()) GTEST_SKIP() << why;
  const Expectation expectation = expectation_of(kHere / "programs" / (name + ".c"), tier_of(user));
  const fs::path program = scratch.path() / name;
  ASSERT_EQ("", compile(kHere / "programs" / (name + ".c"), expectation, program));

  const auto before = traces_on_host();
  const std::string report = (scratch.path() / "report.json").string();
  std::vector<std::string> arguments{"sandbox", "--json", report};
  arguments.insert(arguments.end(), expectation.flags.begin(), expectation.flags.end());
  arguments.insert(arguments.end(), {"--", program.string()});
  const Ran ran = run_grader(scratch, arguments, user);

  SCOPED_TRACE(ran.output.substr(0, 2000) + ran.errors.substr(0, 2000));
  const json told = json::parse(contents_of(report), nullptr, false);
  ASSERT_FALSE(told.is_discarded()) << "exit " << ran.status;
  SCOPED_TRACE(told.dump(2));
  EXPECT_THAT(broken_terms(expectation, told, ran.errors), IsEmpty());
  EXPECT_THAT(left_on_host(ran, before), IsEmpty());
  EXPECT_EQ("", why_no_box(scratch, user)) << "no box can be made afterwards";
}

std::vector<Case> cases_of(User user) {
  std::vector<Case> cases;
  for (const std::string& name : names_in(kHere / "programs", ".c")) cases.push_back({name, user});
  return cases;
}

std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Self, HostileProgram, testing::ValuesIn(cases_of(User::kSelf)), name_of);
INSTANTIATE_TEST_SUITE_P(OrdinaryUser, HostileProgram, testing::ValuesIn(cases_of(User::kNobody)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Container, HostileProgram, testing::ValuesIn(cases_of(User::kContainer)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(ContainerUser, HostileProgram,
                         testing::ValuesIn(cases_of(User::kContainerUser)), name_of);

/// What `check` made of a submission: its four reports.
struct Graded {
  Ran ran;
  json report, sarif, gradescope, classroom;
  std::string junit;
  std::string page;

  [[nodiscard]] std::string all() const {
    return ran.output + ran.errors + junit + page + sarif.dump() + gradescope.dump() +
           classroom.dump();
  }
};

Graded grade(const Scratch& scratch, const fs::path& submission, User user = User::kSelf) {
  const std::string report = (scratch.path() / "report.json").string();
  const std::string junit = (scratch.path() / "report.xml").string();
  const std::string page = (scratch.path() / "report.html").string();
  Graded graded;
  const auto file = [&](const char* name) { return (scratch.path() / name).string(); };
  graded.ran = run_grader(scratch,
                          {"check", kLab.string(), submission.string(), "--json", report, "--junit",
                           junit, "--html", page, "--sarif", file("report.sarif"), "--gradescope",
                           file("results.json"), "--classroom", file("classroom.json")},
                          user);
  graded.report = json::parse(contents_of(report), nullptr, false);
  graded.sarif = json::parse(contents_of(file("report.sarif")), nullptr, false);
  graded.gradescope = json::parse(contents_of(file("results.json")), nullptr, false);
  graded.classroom = json::parse(contents_of(file("classroom.json")), nullptr, false);
  graded.junit = contents_of(junit);
  graded.page = contents_of(page);
  return graded;
}

/// The strings in it, as a reader of JSON gets them.
std::vector<std::string> texts_in(const json& value) {
  if (value.is_string()) return {value.get<std::string>()};
  std::vector<std::string> texts;
  for (const auto& [key, part] : value.items()) {
    if (value.is_object()) texts.push_back(key);
    if (part.is_primitive() && !part.is_string()) continue;
    for (std::string& text : texts_in(part)) texts.push_back(std::move(text));
  }
  return texts;
}

/// That no byte in a report is a command to a terminal, a parser or a CI system.
void expect_harmless(const Graded& graded) {
  std::vector<std::string> texts{graded.ran.output, graded.ran.errors, graded.junit, graded.page};
  // What a page shows as it is. (Our own report tells what there was, byte for byte.)
  for (const json* whole : {&graded.sarif, &graded.gradescope, &graded.classroom}) {
    EXPECT_TRUE(whole->is_object()) << whole->dump();
    for (std::string& text : texts_in(*whole)) texts.push_back(std::move(text));
  }
  for (const std::string& text : texts) {
    const auto control = std::ranges::find_if(text, [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    });
    EXPECT_EQ(text.end(), control) << "a control character in: " << text;
  }
  EXPECT_THAT(graded.page, HasSubstr("</html>"));
  EXPECT_THAT(graded.page, Not(HasSubstr("<script>alert")));
  for (const char* command : {"[[ATTACHMENT|", "##vso[", "\n::error"}) {
    EXPECT_THAT(graded.junit, Not(HasSubstr(command)));
  }
  tinyxml2::XMLDocument document;
  EXPECT_EQ(tinyxml2::XML_SUCCESS, document.Parse(graded.junit.c_str())) << graded.junit;
}

std::set<std::string> kinds_of(const json& report) {
  std::set<std::string> kinds;
  for (const json& finding : report["findings"]) kinds.insert(finding["kind"]);
  return kinds;
}

std::set<std::string> strings(const toml::table& table, std::string_view key) {
  std::set<std::string> values;
  if (const toml::array* array = table[key].as_array()) {
    for (const toml::node& node : *array) values.insert(node.value_or(std::string()));
  }
  return values;
}

/// The key "says", or "says_TIERS" with that tier among TIERS.
std::string key_of_says(const toml::table& table, char tier) {
  for (const auto& [key, value] : table) {
    const std::string_view name = key.str();
    if (name.starts_with("says_") && name.find(tier) != std::string_view::npos) {
      return std::string(name);
    }
  }
  return "says";
}

class HostileSubmission : public testing::TestWithParam<Case> {
 protected:
  Scratch scratch_;
};

TEST_P(HostileSubmission, IsGradedByWhatItDid) {
  const auto& [name, user] = GetParam();
  if (const std::string why = why_no_box(scratch_, user); !why.empty()) GTEST_SKIP() << why;
  const fs::path folder = kHere / "submissions" / name;
  const toml::table expectation = toml::parse_file(folder.string() + ".toml");
  const fs::path handed_in = scratch_.path() / "handed-in";
  if (const auto on = expectation["on"].value<std::string>()) {
    fs::copy(kHere / "submissions" / *on, handed_in);
  }
  fs::copy(folder, handed_in, fs::copy_options::recursive | fs::copy_options::copy_symlinks);

  const auto before = traces_on_host();
  const Graded graded = grade(scratch_, handed_in, user);
  SCOPED_TRACE(graded.ran.output.substr(0, 4000) + graded.ran.errors.substr(0, 2000));
  ASSERT_FALSE(graded.report.is_discarded()) << "exit " << graded.ran.status;
  EXPECT_EQ(expectation["outcome"].value_or(std::string("failed")), graded.report["outcome"]);
  for (const json& check : graded.report["checks"]) {
    const std::string id = check["id"];
    if (const auto wanted = expectation["checks"][id].value<std::string>()) {
      EXPECT_EQ(*wanted, check["outcome"]) << id;
    }
  }
  if (expectation.contains("kinds")) {
    EXPECT_EQ(strings(expectation, "kinds"), kinds_of(graded.report));
  }
  const std::string findings = graded.report["findings"].dump();
  for (const std::string& text : strings(expectation, key_of_says(expectation, tier_of(user)))) {
    EXPECT_THAT(findings, HasSubstr(text));
  }
  for (const std::string& text : strings(expectation, "never")) {
    EXPECT_THAT(graded.report.dump() + graded.all(), Not(HasSubstr(text)));
  }
  expect_harmless(graded);
  EXPECT_THAT(left_on_host(graded.ran, before), IsEmpty());
  EXPECT_EQ("", why_no_box(scratch_, user)) << "no box can be made afterwards";
}

std::vector<Case> submissions(User user) {
  std::vector<Case> cases;
  for (const std::string& name : names_in(kHere / "submissions", ".toml"))
    cases.push_back({name, user});
  return cases;
}

/// Those that attack what is another without namespaces: builds, which nobody holds there.
std::vector<Case> attacks_on_builds(User user) {
  std::vector<Case> cases = submissions(user);
  std::erase_if(cases, [](const Case& one) {
    return !one.name.starts_with("make_") && !one.name.starts_with("includes_") &&
           !one.name.starts_with("embeds_");
  });
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Lab, HostileSubmission, testing::ValuesIn(submissions(User::kSelf)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Container, HostileSubmission,
                         testing::ValuesIn(attacks_on_builds(User::kContainer)), name_of);
INSTANTIATE_TEST_SUITE_P(ContainerUser, HostileSubmission,
                         testing::ValuesIn(attacks_on_builds(User::kContainerUser)), name_of);

/// What can't lie in a repository: folders that are made here.
class HostileFolder : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = why_no_box(scratch_, User::kSelf); !why.empty()) {
      GTEST_SKIP() << why;
    }
    fs::create_directory(folder_);
  }

  void write(const std::string& name, const std::string& bytes) {
    write_file(folder_ / name, bytes);
  }
  void write_programs() {
    write("server.c", "int main(void) { return 0; }\n");
    write("client.c", "int main(void) { return 1; }\n");
  }
  Graded grade_it() {
    before_ = traces_on_host();
    Graded graded = grade(scratch_, folder_);
    EXPECT_FALSE(graded.report.is_discarded()) << graded.ran.errors;
    expect_harmless(graded);
    EXPECT_THAT(left_on_host(graded.ran, before_), IsEmpty());
    EXPECT_EQ("", why_no_box(scratch_, User::kSelf)) << "no box can be made afterwards";
    return graded;
  }
  static std::string outcome_of(const Graded& graded, const std::string& id) {
    for (const json& check : graded.report["checks"]) {
      if (check["id"] == id) return check["outcome"];
    }
    return "none";
  }

  Scratch scratch_;
  fs::path folder_ = scratch_.path() / "\033[2Jsubmission\n";
  std::vector<std::string> before_;
};

TEST_F(HostileFolder, NamesThatAreCommands) {
  write_programs();
  for (const char* name :
       {"-rf", "--version", "-o", "@server", "$(touch escape)", "`touch escape`", "; touch escape",
        "a\n::error file=x::owned.h", "\033]0;owned\a.h", "\xff\xfe.h", "\u202ec.exe.h", "...",
        "]]>.h", "[[ATTACHMENT|x]].h", "server.o ", "%s%n.h", "CON"}) {
    write(name, "not for a compiler\n");
  }
  write(std::string(255, 'n'), "");
  EXPECT_EQ("passed", outcome_of(grade_it(), "build"));
}

TEST_F(HostileFolder, NamesThatAreCommandsInMessages) {
  // An error in a file of such a name comes back in the compiler's message.
  write("\033[2J::error::\n\x80.h", "#error \"\033[31m]]> ::error:: [[ATTACHMENT|\"\n");
  write("server.c", "#include \"\033[2J::error::\\\n\n\x80.h\"\nint main(void) { return x; }\n");
  write("client.c", "int main(void) { return \033[31m\001; }\n");
  EXPECT_EQ("failed", outcome_of(grade_it(), "build"));
}

TEST_F(HostileFolder, FifoAsSource) {
  write_programs();
  fs::remove(folder_ / "server.c");
  ASSERT_EQ(0, ::mkfifo((folder_ / "server.c").c_str(), 0600));
  const Graded graded = grade_it();
  EXPECT_EQ("failed", outcome_of(graded, "build"));
  EXPECT_THAT(graded.report["findings"].dump(), HasSubstr("server.c is a FIFO"));
}

TEST_F(HostileFolder, LinkOutOfTheFolder) {
  write_programs();
  fs::remove(folder_ / "server.c");
  fs::create_symlink("/etc/passwd", folder_ / "server.c");
  fs::create_directory_symlink("/etc", folder_ / "headers");
  const Graded graded = grade_it();
  EXPECT_THAT(graded.report["findings"].dump(), HasSubstr("server.c is a symbolic link"));
  EXPECT_THAT(graded.all(), Not(HasSubstr("root:")));
}

TEST_F(HostileFolder, ProgramsThatAreCompiledAlready) {
  fs::copy_file("/proc/self/exe", folder_ / "server");
  fs::copy_file("/proc/self/exe", folder_ / "client.o");
  write("server.a", "!<arch>\nobjects\n");
  write("Makefile", "client: client.o\n\tcp client.o client\n");
  EXPECT_EQ("failed", outcome_of(grade_it(), "build"));
}

TEST_F(HostileFolder, DeepTreeAndManyFiles) {
  write_programs();
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "deep/";
  write(deep + "server.c", "");
  for (int i = 0; i < 3000; ++i) write(fmt::format("many/{}.h", i), "");
  EXPECT_EQ("passed", outcome_of(grade_it(), "build"));
}

TEST(HostileBoxes, SameKeyInTwo) {
  const Scratch first;
  const Scratch second;
  if (const std::string why = why_no_box(first, User::kSelf); !why.empty()) GTEST_SKIP() << why;
  const std::string name = "takes_the_key";
  const Expectation expectation =
      expectation_of(kHere / "programs" / (name + ".c"), tier_of(User::kSelf));
  const auto before = traces_on_host();
  std::vector<Running> runs;
  for (const Scratch* scratch : {&first, &second}) {
    const std::string program = (scratch->path() / name).string();
    ASSERT_EQ("", compile(kHere / "programs" / (name + ".c"), expectation, program));
    runs.emplace_back(*scratch, std::vector<std::string>{"sandbox", "--", program}, User::kSelf);
  }
  for (Running& run : runs) {
    const Ran ran = run.wait();
    EXPECT_EQ(0, ran.status) << ran.output << ran.errors;
    EXPECT_THAT(left_on_host(ran, before), IsEmpty());
  }
}

// The one end that no destructor sees. init follows its keeper, and with it all that is in the box;
// the cgroup is removed by the next run.
TEST(HostileBoxes, KeeperIsKilled) {
  const Scratch scratch;
  if (const std::string why = why_no_box(scratch, User::kSelf); !why.empty()) GTEST_SKIP() << why;
  const auto before = traces_on_host();
  Running running(scratch, {"sandbox", "--", "sh", "-c", "trap '' TERM HUP; echo up; sleep 100"},
                  User::kSelf);
  while (contents_of(scratch.path() / "output").empty()) ::usleep(1000);
  running.kill();
  Ran ran = running.wait();
  EXPECT_EQ(128 + SIGKILL, ran.status);
  // Its orphans come to us; the kernel ends them in its own time, but soon.
  EXPECT_TRUE(no_child_within(std::chrono::seconds(20)));
  EXPECT_EQ("", why_no_box(scratch, User::kSelf));
  EXPECT_THAT(left_on_host(ran, before), IsEmpty());
}

}  // namespace
}  // namespace ipcgrade

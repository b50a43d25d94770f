// Where no namespaces are to be had: what a container without privileges offers its root (tier C)
// and an ordinary user (tier D). tests/support/like_container.cc gives up the rest for real.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "../support/box_folders.h"
#include "../support/process.h"

namespace ipcgrade::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const fs::path kSource = IPCGRADE_SOURCE_DIR;
constexpr const char* kNobody = "65534";
constexpr int kCanNot = 125;  // of like_container
/// Orders: what is tried here is where they are run, and not how many.
constexpr const char* kFew = "50";

std::vector<std::string> container(char tier, std::vector<std::string> words) {
  std::vector<std::string> all{IPCGRADE_LIKE_CONTAINER};
  if (tier == 'D') all.insert(all.end(), {"--user", kNobody});
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

/// A report without what tells of the machine, and of this run of all; and without addresses, which
/// a container leaves to chance.
std::string comparable(json report) {
  static const std::regex kAddress("0x[0-9a-f]{9,}");
  for (const char* key : {"sandbox", "seconds", "tool", "command"}) report.erase(key);
  for (json& one : report["exploration"]) one.erase("seconds");
  return std::regex_replace(report.dump(1), kAddress, "ADDRESS");
}

class WithoutNamespaces : public testing::TestWithParam<char> {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give up what root has";
    const Ran ran = run(container(GetParam(), {"true"}));
    if (ran.status == kCanNot) GTEST_SKIP() << ran.errors;
    ::chmod(folder_.path().c_str(), 0777);
    before_ = unused_box_folders();
  }
  void TearDown() override {
    if (IsSkipped()) return;
    std::vector<std::string> left;
    std::ranges::set_difference(unused_box_folders(), before_, std::back_inserter(left));
    EXPECT_THAT(left, IsEmpty());
  }

  Ran grader(std::vector<std::string> words) const {
    words.insert(words.begin(), IPCGRADE_BINARY);
    return run(container(GetParam(), words));
  }
  /// With the environment variable by which a site demands an isolation.
  Ran grader_where(const std::string& demanded, std::vector<std::string> words) const {
    words.insert(words.begin(), {"env", "IPCGRADE_ISOLATION=" + demanded, IPCGRADE_BINARY});
    return run(container(GetParam(), words));
  }
  json report_of(const Ran& ran) const {
    SCOPED_TRACE(ran.output + ran.errors);
    json report = json::parse(contents(folder_ / "report.json"), nullptr, false);
    EXPECT_FALSE(report.is_discarded()) << ran.output << ran.errors;
    return report;
  }
  json check(const std::string& lab, const fs::path& hand_in) const {
    return report_of(grader({"check", lab, hand_in.string(), "--schedules", kFew, "--json",
                             (folder_ / "report.json").string()}));
  }

  TemporaryFolder folder_;
  std::vector<std::string> before_;
};

INSTANTIATE_TEST_SUITE_P(Tier, WithoutNamespaces, testing::Values('C', 'D'),
                         [](const auto& one) { return std::string{one.param}; });

TEST_P(WithoutNamespaces, ReferencesHaveAllPoints) {
  for (const char* lab : {"shared-memory", "pipes", "signals"}) {
    SCOPED_TRACE(lab);
    const json report = check(lab, kSource / "reference" / lab);
    EXPECT_EQ("passed", report["outcome"]) << report.dump(1);
    EXPECT_THAT(std::string(report["sandbox"]["tier"]), StartsWith(std::string{GetParam()} + ": "));
    EXPECT_THAT(report["sandbox"]["missing"].dump(), HasSubstr("no namespaces"));
  }
}

// Names in /tmp and /dev/shm, files that are mapped, a daemon, memory.
TEST_P(WithoutNamespaces, GradesAreWhatTheyAreElsewhere) {
  for (const char* hand_in :
       {"shared-memory/correct/maps_a_file", "shared-memory/wrong/leaked_shm_object",
        "shared-memory/wrong/leaked_daemon", "address-space/wrong/leaked_named_semaphores"}) {
    SCOPED_TRACE(hand_in);
    const std::string lab = std::string(hand_in).substr(0, std::string(hand_in).find('/'));
    const fs::path folder = kSource / "tests/corpus" / hand_in;
    const json here = check(lab, folder);
    const Ran ran = run({IPCGRADE_BINARY, "check", lab, folder.string(), "--schedules", kFew,
                         "--json", (folder_ / "elsewhere.json").string()});
    const json there = json::parse(contents(folder_ / "elsewhere.json"), nullptr, false);
    ASSERT_FALSE(there.is_discarded()) << ran.errors;
    EXPECT_EQ(comparable(there), comparable(here));
  }
}

// No cgroup ends it: who holds it looks.
TEST_P(WithoutNamespaces, MemoryHasItsLimit) {
  folder_.write("hand-in/server.c",
                "#include <stdlib.h>\n#include <string.h>\n"
                "int main(void) { for (;;) memset(malloc(1 << 20), 1, 1 << 20); }\n");
  folder_.write("hand-in/client.c", "int main(void) { return 0; }\n");
  const json report = check("shared-memory", folder_ / "hand-in");
  EXPECT_EQ("failed", report["outcome"]);
  EXPECT_THAT(report["findings"].dump(), HasSubstr("memory-limit"));
}

TEST_P(WithoutNamespaces, ABuildReachesNothing) {
  folder_.write("secret", "tell nobody\n");
  folder_.write("hand-in/server.c", "int main(void) { return 0; }\n");
  folder_.write("hand-in/client.c", "int main(void) { return 0; }\n");
  const std::string outside = folder_.path().string();
  folder_.write("hand-in/Makefile",
                "all := $(shell cat " + outside + "/secret; touch " + outside +
                    "/escape; ipcmk -M 64; kill -9 -1; kill -9 $$PPID; echo > /dev/shm/escape; "
                    "mkfifo /tmp/escape; (sleep 1000 > /dev/null 2>&1 &) )\n"
                    "server client: %: %.c\n\t@echo '$(all)'\n\tcc -o $@ $<\n");
  const auto segments = contents("/proc/sysvipc/shm");
  const json report = check("shared-memory", folder_ / "hand-in");
  EXPECT_THAT(report["outcome"], testing::AnyOf("failed", "ungraded"));
  EXPECT_THAT(report.dump(), Not(HasSubstr("tell nobody")));
  EXPECT_FALSE(fs::exists(folder_ / "escape"));
  EXPECT_FALSE(fs::exists("/dev/shm/escape"));
  EXPECT_FALSE(fs::exists("/tmp/escape"));
  EXPECT_EQ(segments, contents("/proc/sysvipc/shm"));
}

TEST_P(WithoutNamespaces, WhatIsDemandedIsHeeded) {
  const std::string reference = (kSource / "reference/shared-memory").string();
  const Ran demanded = grader_where("B", {"check", "shared-memory", reference});
  EXPECT_EQ(3, demanded.status);
  EXPECT_THAT(demanded.output, HasSubstr("IPCGRADE_ISOLATION asks for B"));
  const Ran unclear = grader_where("b", {"check", "shared-memory", reference});
  EXPECT_EQ(3, unclear.status);
  EXPECT_THAT(unclear.output, HasSubstr("it is A, B, C or D"));

  const fs::path lab = folder_ / "shared-memory";
  fs::copy(kSource / "assignments/shared-memory", lab, fs::copy_options::recursive);
  std::string text = contents(lab / "assignment.toml");
  text.insert(text.find("\nprograms"), "\nisolation = \"A\"");
  folder_.write("shared-memory/assignment.toml", text);
  const Ran by_lab = grader({"check", lab.string(), reference});
  EXPECT_EQ(3, by_lab.status) << by_lab.output << by_lab.errors;
  EXPECT_THAT(by_lab.output, HasSubstr("the lab asks for A"));
}

TEST_P(WithoutNamespaces, ABatchIsOfOthersWork) {
  fs::create_directory(folder_ / "class");
  for (const char* name : {"ann", "bob"}) {
    fs::copy(kSource / "reference/shared-memory", folder_ / "class" / name);
  }
  const std::vector<std::string> words{"batch", "shared-memory", (folder_ / "class").string(),
                                       "--out", (folder_ / "graded").string()};
  const Ran ran = grader(words);
  SCOPED_TRACE(ran.output + ran.errors);
  if (GetParam() == 'C') {
    EXPECT_EQ(0, ran.status);
    EXPECT_THAT(ran.output, HasSubstr("2 passed"));
    return;
  }
  EXPECT_EQ(3, ran.status);
  EXPECT_THAT(contents(folder_ / "graded/grades.csv"), HasSubstr("a batch asks for C"));
  const Ran allowed = grader_where("D", words);
  EXPECT_EQ(0, allowed.status) << allowed.output << allowed.errors;
}

}  // namespace
}  // namespace ipcgrade::test

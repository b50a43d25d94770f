// Two dozen attackers at once, and beside them somebody honest and somebody wrong: their reports
// are what they always are.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "attacker.h"
#include "expectation.h"

namespace ipcgrade {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AnyOf;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

const fs::path kRoot = IPCGRADE_SOURCE_DIR;

constexpr std::array kAttackers{
    "fork_bomb",     "thread_bomb",           "zombies",         "orphan_storm",
    "pid_hopper",    "vfork_exec_loop",       "spins",           "hides_cpu_time",
    "eats_memory",   "eats_memory_together",  "hoards_segments", "hoards_memory_files",
    "hoards_pipes",  "hoards_pipes_together", "huge_segment",    "many_segments",
    "floods_queues", "floods_stdout",         "floods_stderr",   "floods_keeper",
    "fills_dev_shm", "full_folders",          "deep_tree",       "kills_everyone"};
static_assert(kAttackers.size() == 24);

/// Starts its attack anew, in a new box, until it is told to stop.
class Attacker {
 public:
  Attacker(const char* name, User user, std::vector<std::string> before)
      : name_(name), user_(user), before_(std::move(before)) {
    const fs::path source = kRoot / "tests/hostile/programs" / (name_ + ".c");
    why_not_ = compile(source, expectation_of(source, tier_of(user)), program());
  }
  [[nodiscard]] const std::string& why_not() const { return why_not_; }

  /// Starts the next one where none is on its way.
  void attack() {
    if (running_ && !running_->has_ended()) return;
    end();
    running_ =
        std::make_unique<Running>(scratch_,
                                  std::vector<std::string>{"sandbox", "--wall", "5s", "--cpu", "5s",
                                                           "--", program().string()},
                                  user_);
  }
  /// Waits for the one that is on its way.
  void end() {
    if (!running_) return;
    const Ran ran = running_->wait();
    // The sandbox's own failure, and signals that would be the grader's.
    EXPECT_THAT(ran.status, Not(AnyOf(125, 128 + SIGABRT, 128 + SIGSEGV))) << name_ << ran.errors;
    EXPECT_THAT(left_on_host(ran, before_), IsEmpty()) << name_;
    running_.reset();
  }

 private:
  [[nodiscard]] fs::path program() const { return scratch_.path() / name_; }

  std::string name_;
  User user_;
  Scratch scratch_;
  std::string why_not_;
  std::vector<std::string> before_;
  std::unique_ptr<Running> running_;
};

void forget_times(json& value) {
  if (value.is_object()) value.erase("seconds");
  if (!value.is_structured()) return;
  for (auto& [key, member] : value.items()) forget_times(member);
}

/// Grades a hand-in; meanwhile `others` are kept going.
json graded(const fs::path& submission, User user,
            std::vector<std::unique_ptr<Attacker>>* others = nullptr) {
  const Scratch scratch;
  const fs::path report = scratch.path() / "report.json";
  Running running(scratch,
                  {"check", (kRoot / "assignments/shared-memory").string(), submission.string(),
                   "--json", report.string()},
                  user);
  while (others != nullptr && !running.has_ended()) {
    for (const auto& one : *others) one->attack();
    std::this_thread::sleep_for(20ms);
  }
  const Ran ran = running.wait();
  json told = json::parse(contents_of(report), nullptr, false);
  EXPECT_FALSE(told.is_discarded()) << "exit " << ran.status << ran.errors;
  forget_times(told);
  return told;
}

class HostileCrowd : public testing::TestWithParam<User> {};

TEST_P(HostileCrowd, ChangesNobodysGrade) {
  const User user = GetParam();
  {
    const Scratch scratch;
    if (const std::string why = why_no_box(scratch, user); !why.empty()) GTEST_SKIP() << why;
  }
  const fs::path honest = kRoot / "reference/shared-memory";
  const fs::path wrong = kRoot / "tests/corpus/shared-memory/wrong/last_letter_by_cout";
  const auto before = traces_on_host();
  const json honest_alone = graded(honest, user);
  const json wrong_alone = graded(wrong, user);
  EXPECT_EQ("passed", honest_alone["outcome"]);
  EXPECT_EQ("failed", wrong_alone["outcome"]);

  std::vector<std::unique_ptr<Attacker>> attackers;
  for (const char* name : kAttackers) {
    attackers.push_back(std::make_unique<Attacker>(name, user, before));
    ASSERT_EQ("", attackers.back()->why_not());
  }
  for (const auto& one : attackers) one->attack();
  EXPECT_EQ(honest_alone, graded(honest, user, &attackers));
  EXPECT_EQ(wrong_alone, graded(wrong, user, &attackers));
  for (const auto& one : attackers) one->end();
  EXPECT_TRUE(no_child_within(20s));
  EXPECT_THAT(left_on_host({}, before), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(By, HostileCrowd, testing::Values(User::kSelf, User::kNobody),
                         [](const testing::TestParamInfo<User>& one) {
                           return one.param == User::kSelf ? "Self" : "OrdinaryUser";
                         });

}  // namespace
}  // namespace ipcgrade

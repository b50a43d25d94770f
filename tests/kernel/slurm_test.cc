// A batch on a real Slurm of two nodes, both on this machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "../support/process.h"

namespace ipcgrade::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string kProgram = IPCGRADE_BINARY;
const fs::path kSource = IPCGRADE_SOURCE_DIR;

class OnSlurm : public testing::Test {
 protected:
  void SetUp() override {
    if (run({"sh", "-c", "command -v slurmctld slurmd sbatch"}).status != 0) {
      GTEST_SKIP() << "needs slurm-wlm";
    }
    const Ran box = run({kProgram, "sandbox", "--", "true"});
    if (box.status != 0) GTEST_SKIP() << box.errors;
    ::setenv("SLURM_CONF", (folder_ / "slurm/slurm.conf").c_str(), 1);
    // Of its own: tests run beside each other.
    const std::string port = std::to_string(20'000 + ::getpid() % 5'000 * 4);
    const Ran started = run({kSource / "tests/support/slurm/start.sh", folder_ / "slurm", port});
    if (started.status != 0) GTEST_SKIP() << "Slurm does not start here: " << started.errors;
    is_up_ = true;
    for (const char* name :
         {"missing_semicolon", "undefined_reference", "missing_client", "two_sources"}) {
      add(name);
    }
  }
  void add(const std::string& name) const {
    fs::create_directories(folder_ / "class");
    fs::copy(kSource / "tests/corpus/shared-memory/wrong" / name, folder_ / "class" / name,
             fs::copy_options::recursive);
  }
  void TearDown() override {
    if (is_up_) (void)run({kSource / "tests/support/slurm/stop.sh", folder_ / "slurm"});
  }

  [[nodiscard]] std::vector<std::string> words(const std::string& out) const {
    return {kProgram, "batch", "shared-memory", folder_ / "class", "--out", folder_ / out};
  }
  [[nodiscard]] std::vector<std::string> on_slurm(const std::string& out) const {
    auto all = words(out);
    all.insert(all.end(), {"--engine", "slurm", "--shards", "3", "--jobs", "1"});
    return all;
  }

  TemporaryFolder folder_;
  bool is_up_ = false;
};

TEST_F(OnSlurm, TheSameGradesAsHere) {
  const Ran ran = run(on_slurm("out"));
  EXPECT_EQ(ran.status, 1) << ran.errors;
  EXPECT_THAT(ran.output, HasSubstr("4 hand-ins: 0 passed, 4 failed"));
  EXPECT_THAT(ran.errors, HasSubstr(" of 3 parts are done"));
  (void)run(words("here"));
  EXPECT_EQ(contents(folder_ / "out/grades.csv"), contents(folder_ / "here/grades.csv"));
  EXPECT_THAT(run(on_slurm("out")).output, HasSubstr("4 hand-ins")) << "nothing is left to do";
}

// The node is gone, and with it what it runs; Slurm finds out after SlurmdTimeout.
TEST_F(OnSlurm, ANodeThatIsLostLosesNothing) {
  add("client_segfaults");  // takes seconds
  Started started(on_slurm("out"));
  const std::string log = folder_ / "out/parts";
  for (int i = 0; i < 600 && !fs::exists(log + "/part-2.log"); ++i) {
    std::this_thread::sleep_for(50ms);
  }
  const std::string node = contents(folder_ / "slurm/slurmd-n2.pid");
  ::kill(std::atoi(node.c_str()), SIGKILL);
  (void)run({"scontrol", "update", "nodename=n2", "state=down", "reason=test"});
  (void)run({"sh", "-c", "scontrol update jobid=$(squeue -h -o %A | head -n 1) starttime=now"});
  const Ran ran = started.wait();
  EXPECT_EQ(ran.status, 1) << ran.errors;
  EXPECT_THAT(ran.output, HasSubstr("5 hand-ins: 0 passed, 5 failed"));
  (void)run(words("here"));
  EXPECT_EQ(contents(folder_ / "out/grades.csv"), contents(folder_ / "here/grades.csv"));
}

TEST_F(OnSlurm, WhatIsStoppedIsCancelled) {
  add("client_segfaults");
  Started started(on_slurm("out"));
  for (int i = 0; i < 600 && !fs::exists(folder_ / "out/parts/part-1.log"); ++i) {
    std::this_thread::sleep_for(50ms);
  }
  ::kill(started.pid(), SIGINT);
  EXPECT_EQ(started.wait().status, 130);
  std::this_thread::sleep_for(1s);
  EXPECT_EQ(run({"squeue", "--noheader", "--states=pending,running"}).output, "");
}

}  // namespace
}  // namespace ipcgrade::test

// Boxes on a real kernel: that they end, when told and with their keeper, and leave nothing.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "kernel/guest_box.h"
#include "sandbox/init_parts.h"
#include "sandbox/plan.h"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ipcgrade_test::BoxTest;
using ipcgrade_test::exit_status;
using ipcgrade_test::GuestBox;
using ipcgrade_test::host;
using ipcgrade_test::kSoon;
using ipcgrade_test::soon;
using ipcgrade_test::TestBox;
using sandbox::BoxSpec;
using sandbox::Ended;
using sandbox::NotStarted;
using testing::IsEmpty;

/// Processes of this machine whose command line or name holds `text`.
std::vector<std::string> processes_with(const std::string& text) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "cmdline");
    std::ostringstream line;
    line << file.rdbuf();
    if (line.str().find(text) != std::string::npos) found.push_back(name);
  }
  return found;
}

std::array<fs::path, 4> cgroup_parents() {
  const auto& found = host().cgroups;
  return {found.v2, found.v1_memory, found.v1_pids, found.v1_cpuacct};
}

/// The groups of living boxes of this process.
std::size_t own_cgroups() {
  const std::string prefix = "ipcgrade-" + std::to_string(::getpid()) + "-";
  std::size_t count = 0;
  for (const fs::path& parent : cgroup_parents()) {
    std::error_code error;
    if (parent.empty()) continue;
    for (const auto& entry : fs::directory_iterator(parent, error)) {
      if (entry.path().filename().string().starts_with(prefix)) ++count;
    }
  }
  return count;
}

std::size_t own_descriptors() {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

std::size_t mounts() {
  std::ifstream file("/proc/self/mountinfo");
  return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(file), {}, '\n'));
}

// --- ends ---------------------------------------------------------------------------------------

TEST_F(BoxTest, EndsAllAndGoesOn) {
  TestBox box;
  const int one = box.start_shell("trap '' TERM INT HUP; setsid sleep 1000 & sleep 1000");
  const int two = box.start_shell("kill -STOP $$");
  box.wait(50ms);
  ASSERT_TRUE(box->end_all());
  EXPECT_FALSE(box->running());
  EXPECT_TRUE(std::holds_alternative<Ended>(*box->command(one).end));
  EXPECT_TRUE(std::holds_alternative<Ended>(*box->command(two).end));
  EXPECT_FALSE(box->cause());
  EXPECT_THAT(box.list().processes, IsEmpty());
  EXPECT_EQ(exit_status(box.end(box.start({"/bin/true"}))), 0);
}

TEST_F(BoxTest, StopsWhenTold) {
  const sandbox::Fd stop(::eventfd(0, EFD_CLOEXEC));
  BoxSpec spec;
  spec.stop = stop.get();
  TestBox box(std::move(spec));
  const std::string mark = "1000." + std::to_string(::getpid());
  const int command =
      box.start_shell("trap '' TERM INT; sleep " + mark + " & echo up; sleep " + mark);
  ASSERT_TRUE(box.wait_for_output(command, "up"));
  ASSERT_EQ(::eventfd_write(stop.get(), 1), 0);
  const auto begin = std::chrono::steady_clock::now();
  box.finish();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kSoon);
  ASSERT_TRUE(box->cause());
  EXPECT_TRUE(std::holds_alternative<sandbox::Interrupted>(box->cause()->what));
  EXPECT_TRUE(std::holds_alternative<Ended>(*box->command(command).end));
  EXPECT_THAT(processes_with(mark), IsEmpty());
}

TEST_F(BoxTest, DiesWithItsKeeper) {
  const std::string mark = "1001." + std::to_string(::getpid());
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t keeper = ::fork();
  ASSERT_GE(keeper, 0);
  if (keeper == 0) {
    TestBox box;
    const int command = box.start_shell("setsid sleep " + mark + " & echo up; sleep " + mark);
    if (box.wait_for_output(command, "up")) (void)!::write(ends[1], "u", 1);
    for (;;) box.wait();
  }
  char byte = 0;
  ASSERT_EQ(::read(ends[0], &byte, 1), 1);
  EXPECT_FALSE(processes_with(mark).empty());
  ::kill(keeper, SIGKILL);
  ::waitpid(keeper, nullptr, 0);
  EXPECT_TRUE(soon([&] { return processes_with(mark).empty(); }));
  // Its cgroup goes with the next box of anybody.
  const std::string stale = "ipcgrade-" + std::to_string(keeper) + "-0";
  EXPECT_TRUE(soon([&] {
    TestBox next;
    return std::ranges::none_of(cgroup_parents(), [&](const fs::path& parent) {
      return !parent.empty() && fs::exists(parent / stale);
    });
  }));
}

TEST_F(BoxTest, LeavesNothing) {
  { TestBox warm; }
  const std::size_t descriptors = own_descriptors();
  const std::size_t mounted = mounts();
  for (int i = 0; i < 50; ++i) {
    GuestBox box;
    EXPECT_EQ(exit_status(box.end(box.start_guest({"leave-all"}))), 0);
  }
  EXPECT_EQ(own_descriptors(), descriptors);
  EXPECT_EQ(mounts(), mounted);
  EXPECT_EQ(own_cgroups(), 0);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no child is left";
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(BoxTest, IsOpenedByManyThreadsAtATime) {
  std::vector<std::thread> threads;
  std::array<std::string, 8> said;
  for (std::string& words : said) {
    threads.emplace_back([&words] {
      try {
        for (int i = 0; i < 5; ++i) {
          GuestBox box;
          const int command = box.start_guest({"make-segment", "5678", "27"});
          if (!box.wait_for_output(command, "ready")) words += box.output[command];
          const auto left = box.list();
          if (left.segments.size() != 1) words += "met another";
          const int listing = box.start_guest({"inherited"});
          if (!box.wait_for_output(listing, "\n") || box.output[listing] != "0\n") {
            words += "descriptors: " + box.output[listing];
          }
        }
      } catch (const std::exception& error) {
        words += error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& words : said) EXPECT_EQ(words, "");
  EXPECT_EQ(own_cgroups(), 0);
}

TEST_F(BoxTest, WaitsWithoutBurning) {
  TestBox box;
  EXPECT_EQ(exit_status(box.end(box.start({"/bin/true"}))), 0);  // its listener has hung up
  box.start_shell("sleep 1");
  rusage before{};
  rusage after{};
  ::getrusage(RUSAGE_SELF, &before);
  box.finish();
  ::getrusage(RUSAGE_SELF, &after);
  const auto microseconds = [](const rusage& usage) {
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
  };
  EXPECT_LT(microseconds(after) - microseconds(before), 400'000);
}

TEST_F(BoxTest, HasABoundOnCommands) {
  TestBox box;
  int last = 0;
  for (int i = 0; i < 65; ++i) last = box.start({"/bin/true"});
  EXPECT_EQ(exit_status(box.end(0)), 0);
  const auto* refused = std::get_if<NotStarted>(&box.end(last));
  ASSERT_NE(refused, nullptr);
  EXPECT_FALSE(refused->own_fault);
}

// --- layers -------------------------------------------------------------------------------------

TEST(LandlockTest, ConfinesWriting) {
  const int version = host().landlock_version;
  if (version == 0) GTEST_SKIP() << "no Landlock in this kernel";
  const std::string denied = "/var/tmp/ipcgrade-test-" + std::to_string(::getpid());
  const std::string allowed = "/tmp/ipcgrade-test-" + std::to_string(::getpid());
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // An ordinary user may enter only so.
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(11);
    sandbox::Plan plan;
    plan.landlock_version = version;
    if (sandbox::enter_landlock(plan) != 0) ::_exit(12);
    if (::open(denied.c_str(), O_WRONLY | O_CREAT, 0600) >= 0 || errno != EACCES) ::_exit(13);
    if (::open(allowed.c_str(), O_WRONLY | O_CREAT, 0600) < 0) ::_exit(14);
    if (::unlink(allowed.c_str()) != 0) ::_exit(15);
    if (::open("/etc/passwd", O_RDONLY) < 0) ::_exit(16);
    if (::open("/dev/null", O_WRONLY) < 0) ::_exit(17);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(AsOrdinaryUser, AllOfThisHolds) {
  if (::geteuid() != 0) GTEST_SKIP() << "is an ordinary user already";
  if (::access("/usr/bin/setpriv", X_OK) != 0) GTEST_SKIP() << "needs setpriv (util-linux)";
  std::string folder = "/tmp/ipcgrade-test-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  fs::permissions(folder, fs::perms(0755));
  fs::copy_file("/proc/self/exe", folder + "/test");
  fs::copy_file(IPCGRADE_GUEST, folder + "/guest");
  for (const char* file : {"/test", "/guest"}) fs::permissions(folder + file, fs::perms(0755));
  const std::string log = folder + "/log";
  // IsOpenedByManyThreads and the like: all of them. Skips are told by their reasons in the log.
  const std::string command =
      "cd / && env -u GTEST_OUTPUT IPCGRADE_GUEST_COPY=" + folder + "/guest " +
      "/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups " + folder +
      "/test --gtest_filter='BoxTest.*:*/LimitTest.*' --gtest_brief=1 > " + log + " 2>&1";
  const int status = std::system(command.c_str());
  std::ifstream file(log);
  std::ostringstream text;
  text << file.rdbuf();
  fs::remove_all(folder);
  if (text.str().find("no box can be made here") != std::string::npos) {
    GTEST_SKIP() << text.str().substr(0, 500);
  }
  EXPECT_EQ(status, 0) << text.str();
}

TEST(InAChroot, CallsAreNamedWithTheirPlaces) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may change its root";
  std::string folder = "/tmp/ipcgrade-test-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string command =
      "unshare --mount sh -c 'mount --rbind / " + folder + " && exec chroot " + folder + " " +
      fs::read_symlink("/proc/self/exe").string() +
      " --gtest_filter=BoxTest.NamesARefusedCallWithItsPlace --gtest_brief=1' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  fs::remove(folder);
}

}  // namespace

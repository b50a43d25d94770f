// Boxes on a real kernel: what is confined, what is told, and that nothing is left.
#include "sandbox/box.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "sandbox/init_parts.h"
#include "support/box_support.h"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ipcgrade_test::exit_status;
using ipcgrade_test::host;
using ipcgrade_test::TestBox;
using sandbox::BoxSpec;
using sandbox::Cause;
using sandbox::Ended;
using sandbox::Exited;
using sandbox::Host;
using sandbox::LimitKind;
using sandbox::LimitReached;
using sandbox::Limits;
using sandbox::NotStarted;
using sandbox::Policy;
using sandbox::RefusedCall;
using sandbox::Signalled;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kGuest = "/programs/guest";
/// Ends take a few milliseconds, and a second at most is promised; a loaded machine gets more.
constexpr auto kSoon = 3s;

/// Whether it comes true soon.
template <typename Condition>
bool soon(Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + kSoon;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

std::string guest_bytes() {
  // As an ordinary user the tests run from a copy: see AsOrdinaryUser.
  const char* copy = std::getenv("IPCGRADE_GUEST_COPY");
  return ipcgrade_test::bytes_of(copy != nullptr ? copy : IPCGRADE_GUEST);
}

/// A box in which the guest can be started.
class GuestBox : public TestBox {
 public:
  explicit GuestBox(BoxSpec spec = {}, const Host& on = host()) : TestBox(std::move(spec), on) {
    if (auto placed = (*this)->place_program("guest", guest_bytes()); !placed) {
      throw std::runtime_error(placed.error().text());
    }
  }
  int start_guest(std::vector<std::string> action, sandbox::Fd input = {}) {
    action.insert(action.begin(), kGuest);
    return start(std::move(action), std::move(input));
  }
};

BoxSpec with_limits(Limits limits) {
  BoxSpec spec;
  spec.limits = limits;
  return spec;
}

BoxSpec with_policy(std::vector<std::string> groups) {
  auto policy = Policy::of(groups);
  EXPECT_TRUE(policy) << policy.error().text();
  BoxSpec spec;
  spec.policy = *policy;
  return spec;
}

std::string cause_text(const std::optional<Cause>& cause) {
  if (!cause) return "no cause";
  if (const auto* limit = std::get_if<LimitReached>(&cause->what)) {
    return "limit " + std::to_string(static_cast<int>(limit->kind));
  }
  if (const auto* refused = std::get_if<RefusedCall>(&cause->what)) return refused->call;
  return "interrupted";
}

std::string end_text(const sandbox::CommandEnd& end) {
  if (const auto* exited = std::get_if<Exited>(&end))
    return "exit " + std::to_string(exited->status);
  if (const auto* signalled = std::get_if<Signalled>(&end)) {
    return "signal " + std::to_string(signalled->signal);
  }
  if (const auto* not_started = std::get_if<NotStarted>(&end)) {
    return not_started->step + ": " + std::strerror(not_started->error_number);
  }
  return "ended by the keeper";
}

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

class BoxTest : public ipcgrade_test::BoxFixture {};

// --- how commands end ---------------------------------------------------------------------------

TEST_F(BoxTest, TellsTheExitStatus) {
  GuestBox box;
  for (const int status : {0, 1, 2, 125, 137, 255}) {
    const int command = box.start_guest({"exit", std::to_string(status)});
    EXPECT_EQ(exit_status(box.end(command)), status);
  }
  EXPECT_FALSE(box->cause()) << cause_text(box->cause());
}

TEST_F(BoxTest, TellsASignalOfItsOwn) {
  GuestBox box;
  // SIGXFSZ and SIGSYS are what two limits are told by: sent by a program they are like any other.
  for (const int number : {SIGSEGV, SIGKILL, SIGTERM, SIGABRT, SIGXFSZ, SIGSYS, SIGPROF, 40}) {
    const int command = box.start_guest({"raise", std::to_string(number)});
    const auto* signalled = std::get_if<Signalled>(&box.end(command));
    ASSERT_NE(signalled, nullptr) << number << " " << cause_text(box->cause());
    EXPECT_EQ(signalled->signal, number);
  }
  EXPECT_FALSE(box->cause()) << cause_text(box->cause());
}

TEST_F(BoxTest, TellsWhatCouldNotBeExecuted) {
  TestBox box;
  ASSERT_TRUE(box->place_program("script", "#!/no/such/interpreter\n"));
  ASSERT_TRUE(box->place_program("nothing", "neither script nor program"));
  ASSERT_TRUE(box->place_file("data", "not executable"));
  const struct {
    const char* path;
    int error_number;
  } cases[] = {{"/programs/missing", ENOENT},  {"/programs/script", ENOENT},
               {"/programs/nothing", ENOEXEC}, {"/work/data", EACCES},
               {"/programs", EACCES},          {"", ENOENT}};
  for (const auto& one : cases) {
    const int command = box.start({one.path});
    const auto* not_started = std::get_if<NotStarted>(&box.end(command));
    ASSERT_NE(not_started, nullptr) << one.path;
    EXPECT_EQ(not_started->error_number, one.error_number) << one.path;
    EXPECT_TRUE(not_started->own_fault) << one.path;
  }
  EXPECT_FALSE(box->cause()) << cause_text(box->cause());
}

TEST_F(BoxTest, TellsTooManyArguments) {
  TestBox box;
  const int large = box.start({"/bin/true", std::string(200'000, 'x')});
  const int many = box.start(std::vector<std::string>(5000, "/bin/true"));
  const int zero = box.start({"/bin/true", std::string("a\0b", 3)});
  for (const int command : {large, many, zero}) {
    const auto* not_started = std::get_if<NotStarted>(&box.end(command));
    ASSERT_NE(not_started, nullptr) << command;
    EXPECT_EQ(not_started->error_number, E2BIG);
  }
}

// --- what commands are given --------------------------------------------------------------------

TEST_F(BoxTest, GivesStandardInput) {
  TestBox box;
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += static_cast<char>(i % 251);
  auto input = sandbox::anonymous_file(text);
  ASSERT_TRUE(input);
  const int cat = box.start({"/bin/cat"}, std::move(*input));
  EXPECT_EQ(exit_status(box.end(cat)), 0);
  EXPECT_EQ(box.output[cat], text);
  const int none = box.start({"/bin/cat"});
  EXPECT_EQ(exit_status(box.end(none)), 0);
  EXPECT_EQ(box.output[none], "");
}

TEST_F(BoxTest, GivesArgumentsAsTheyAre) {
  GuestBox box;
  const int command = box.start_guest(
      {"print-arguments", "a b", "line\nline", "", "-rf", "$(id)", "'\"", "\xff\x1b[31m"});
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command],
            "[/programs/guest][print-arguments][a b][line\nline][][-rf][$(id)]['\"][\xff\x1b[31m]");
}

TEST_F(BoxTest, GivesTheEnvironmentThatIsNamedAndNothingElse) {
  ::setenv("IPCGRADE_TEST_SECRET", "1", 1);
  TestBox box;
  const int command = box.start({"/usr/bin/env"});
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command], "PATH=/usr/bin:/bin\nLC_ALL=C\n");
}

TEST_F(BoxTest, GivesNoDescriptorOfTheKeeper) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);  // not close-on-exec, on purpose
  GuestBox box;
  const int command = box.start_guest({"inherited"});
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command], "0\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(BoxTest, GivesOutputWhileTheCommandRuns) {
  TestBox box;
  const int command = box.start_shell("echo first; echo problem >&2; sleep 1000");
  ASSERT_TRUE(box.wait_for_output(command, "first\n"));
  while (box.errors[command].empty()) box.wait();
  EXPECT_EQ(box.errors[command], "problem\n");
  EXPECT_TRUE(box->running());
  EXPECT_FALSE(box->command(command).end);
}

TEST_F(BoxTest, KeepsAllThatWasPrintedBeforeTheEnd) {
  TestBox box;
  const int command = box.start_shell("head -c 500000 /dev/zero | tr '\\0' x; exit 3");
  EXPECT_EQ(exit_status(box.end(command)), 3);
  EXPECT_EQ(box.output[command], std::string(500'000, 'x'));
}

TEST_F(BoxTest, MakesFoldersOfItsOwn) {
  TestBox box;
  ASSERT_TRUE(box->place_file("folder/inner/file", "text"));
  const int command = box.start_shell(
      "pwd; cat folder/inner/file; echo; echo mine > folder/inner/file && rm -r folder && ls -A;"
      "ls -A /tmp /dev/shm; touch /tmp/a /dev/shm/a b && echo written;"
      "for f in /a /usr/a /etc/a /programs/a /proc/a /bin/a; do"
      "  touch $f 2> /dev/null && echo wrote $f; done;"
      "ls -A /");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_THAT(box.output[command],
              testing::StartsWith("/work\ntext\n/dev/shm:\n\n/tmp:\nwritten\n"));
  EXPECT_THAT(box.output[command], testing::Not(HasSubstr("wrote")));
  for (const char* hosts : {"home", "root", "var", "boot", "sys"}) {
    EXPECT_THAT(box.output[command], testing::Not(HasSubstr(std::string("\n") + hosts + "\n")));
  }
  EXPECT_FALSE(fs::exists("/tmp/a") && fs::exists("/dev/shm/a"));
}

TEST_F(BoxTest, TakesEveryPrivilege) {
  GuestBox box;
  const int command = box.start_shell("cat /proc/self/status; ulimit -c; id -u; id -G");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  const std::string& status = box.output[command];
  for (const char* line :
       {"CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000",
        "CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2",
        "SigBlk:\t0000000000000000"}) {
    EXPECT_THAT(status, HasSubstr(line));
  }
  EXPECT_THAT(status, testing::Not(HasSubstr("Uid:\t0\t")));
}

TEST_F(BoxTest, HidesItsInitFromCommands) {
  TestBox box;
  const int command = box.start_shell(
      "for f in environ maps mem stack fd/0 root/etc/shadow cwd/x; do"
      "  cat /proc/1/$f > /dev/null 2>&1 && echo read $f; done;"
      "kill -KILL 1; kill -STOP 1; echo alive");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command], "alive\n");
  EXPECT_EQ(exit_status(box.end(box.start({"/bin/true"}))), 0);
}

TEST_F(BoxTest, ShowsOnlyItsOwnProcesses) {
  TestBox box;
  const int command = box.start_shell("ls -d /proc/[0-9]* | wc -l; hostname");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  std::istringstream words(box.output[command]);
  int count = 0;
  std::string name;
  words >> count >> name;
  EXPECT_LE(count, 5) << "init, the shell, its pipe";
  EXPECT_EQ(name, "box");
}

TEST_F(BoxTest, LetsCommandsSignalEachOther) {
  GuestBox box;
  const int waiting = box.start_guest({"wait-for-signal"});
  ASSERT_TRUE(box.wait_for_output(waiting, "ready"));
  const int sending = box.start_guest({"send-signal"});
  EXPECT_EQ(exit_status(box.end(sending)), 0) << box.output[sending];
  EXPECT_EQ(exit_status(box.end(waiting)), 0) << box.output[waiting];
}

TEST_F(BoxTest, LetsCommandsConnectByAbstractNames) {
  GuestBox box;
  const int listening = box.start_guest({"listen-abstract"});
  ASSERT_TRUE(box.wait_for_output(listening, "ready")) << box.output[listening];
  const int connecting = box.start_guest({"connect-abstract"});
  EXPECT_EQ(exit_status(box.end(connecting)), 0) << box.output[connecting];
  EXPECT_EQ(exit_status(box.end(listening)), 0) << box.output[listening];
}

// --- limits -------------------------------------------------------------------------------------

enum class Cgroups { kAsFound, kNone };

/// The limits, with the cgroups of this machine and without any.
class LimitTest : public testing::TestWithParam<Cgroups> {
 protected:
  void SetUp() override {
    if (!ipcgrade_test::why_no_box().empty()) GTEST_SKIP() << ipcgrade_test::why_no_box();
    host_ = host();
    if (GetParam() == Cgroups::kNone) host_.cgroups = {};
  }

  /// Whether the kernel counts what the whole tree uses.
  [[nodiscard]] bool counted() const {
    return TestBox({}, host_)->isolation().cgroup != sandbox::CgroupMode::kNone;
  }

  /// The limit that ends the guest's action.
  LimitReached reached(Limits limits, std::vector<std::string> action) {
    GuestBox box(with_limits(limits), host_);
    const int command = box.start_guest(std::move(action));
    const auto begin = std::chrono::steady_clock::now();
    box.finish();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
    if (!box->cause() || !std::holds_alternative<LimitReached>(box->cause()->what)) {
      ADD_FAILURE() << "no limit, but " << cause_text(box->cause()) << ", "
                    << end_text(*box->command(command).end) << ", printed " << box.output[command];
      return {};
    }
    EXPECT_EQ(box->cause()->command.value_or(command), command);
    EXPECT_TRUE(box->end_all());
    EXPECT_THAT(box.list().processes, IsEmpty());
    return std::get<LimitReached>(box->cause()->what);
  }

  Host host_;
};

TEST_P(LimitTest, WallTime) {
  Limits limits;
  limits.wall = 300ms;
  const auto limit = reached(limits, {"sleep", "100"});
  EXPECT_EQ(limit.kind, LimitKind::kWallTime);
  EXPECT_EQ(limit.limit, 300);
  EXPECT_GE(limit.used, 300);
}

TEST_P(LimitTest, CpuTime) {
  Limits limits;
  limits.wall = 60s;
  limits.cpu = 300ms;
  const auto limit = reached(limits, {"burn"});
  EXPECT_EQ(limit.kind, LimitKind::kCpuTime);
  EXPECT_GE(limit.used, 300);
}

TEST_P(LimitTest, CpuTimeOfChildrenThatNobodyWaitsFor) {
  if (!counted()) GTEST_SKIP() << "no cgroup: CPU time is a lower bound";
  Limits limits;
  limits.wall = 60s;
  limits.cpu = 500ms;
  EXPECT_EQ(reached(limits, {"burn-in-children"}).kind, LimitKind::kCpuTime);
}

TEST_P(LimitTest, MemoryOfOneProcess) {
  if (!counted()) GTEST_SKIP() << "no cgroup: the allocation fails instead";
  Limits limits;
  limits.memory = 48ULL << 20;
  const auto limit = reached(limits, {"touch", "200"});
  EXPECT_EQ(limit.kind, LimitKind::kMemory);
  EXPECT_EQ(limit.limit, limits.memory);
}

TEST_P(LimitTest, MemoryOfTheWholeTree) {
  Limits limits;
  limits.memory = 64ULL << 20;
  EXPECT_EQ(reached(limits, {"share-out-memory", "4", "30"}).kind, LimitKind::kMemory);
}

TEST_P(LimitTest, MemoryOfAChildWhoseParentGoesOn) {
  if (!counted()) GTEST_SKIP() << "no cgroup: nobody counts what the kernel kills";
  Limits limits;
  limits.memory = 64ULL << 20;
  TestBox box(with_limits(limits), host_);
  const int command = box.start_shell("head -c 200M /dev/zero | tail > /dev/null; exit 0");
  box.finish();
  ASSERT_TRUE(box->cause()) << end_text(*box->command(command).end);
  EXPECT_EQ(std::get<LimitReached>(box->cause()->what).kind, LimitKind::kMemory);
}

TEST_P(LimitTest, Processes) {
  Limits limits;
  limits.processes = 10;
  const auto limit = reached(limits, {"fork-on"});
  EXPECT_EQ(limit.kind, LimitKind::kProcesses);
  EXPECT_EQ(limit.limit, 10);
}

TEST_P(LimitTest, ProcessesOfACommandThatGivesUpAtOnce) {
  if (!counted()) GTEST_SKIP() << "no cgroup: the number of processes is sampled";
  Limits limits;
  limits.processes = 10;
  EXPECT_EQ(reached(limits, {"fork-until-refused"}).kind, LimitKind::kProcesses);
}

TEST_P(LimitTest, AllowsAsManyProcessesAsItSays) {
  Limits limits;
  limits.processes = 10;
  TestBox box(with_limits(limits), host_);
  const int command =
      box.start_shell("for i in 1 2 3 4 5 6 7 8 9; do sleep 0.3 & done; wait; echo done");
  EXPECT_EQ(exit_status(box.end(command)), 0) << box.errors[command];
  EXPECT_EQ(box.output[command], "done\n");
  EXPECT_FALSE(box->cause()) << cause_text(box->cause());
}

TEST_P(LimitTest, FileSize) {
  Limits limits;
  limits.file_size = 1ULL << 20;
  const auto limit = reached(limits, {"write-file", "3000000"});
  EXPECT_EQ(limit.kind, LimitKind::kFileSize);
  EXPECT_EQ(limit.limit, 1ULL << 20);
}

TEST_P(LimitTest, Output) {
  Limits limits;
  limits.output = 100'000;
  BoxSpec spec = with_limits(limits);
  TestBox box(std::move(spec), host_);
  const int command = box.start_shell("while :; do echo flood; echo flood >&2; done");
  box.finish();
  ASSERT_TRUE(box->cause());
  ASSERT_EQ(std::get<LimitReached>(box->cause()->what).kind, LimitKind::kOutput);
  EXPECT_EQ(box->cause()->command, command);
  EXPECT_LE(box.output[command].size() + box.errors[command].size(), 100'000);
  EXPECT_TRUE(std::holds_alternative<Ended>(*box->command(command).end));
}

TEST_P(LimitTest, AllowsWhatJustFits) {
  Limits limits;
  limits.file_size = 1ULL << 20;
  limits.memory = 256ULL << 20;
  limits.output = 6;
  GuestBox box(with_limits(limits), host_);
  EXPECT_EQ(exit_status(box.end(box.start_guest({"write-file", "1048576"}))), 0);
  const int echo = box.start_shell("printf sixsix");
  EXPECT_EQ(exit_status(box.end(echo)), 0);
  EXPECT_EQ(box.output[echo], "sixsix");
  EXPECT_EQ(exit_status(box.end(box.start_shell("head -c 1000000 /dev/zero > /tmp/some"))), 0);
  EXPECT_FALSE(box->cause()) << cause_text(box->cause());
}

INSTANTIATE_TEST_SUITE_P(Cgroups, LimitTest, testing::Values(Cgroups::kAsFound, Cgroups::kNone),
                         [](const auto& of) {
                           return of.param == Cgroups::kAsFound ? "AsFound" : "None";
                         });

TEST_F(BoxTest, BoundsTheBytesInAWritableFolder) {
  Limits limits;
  limits.storage = 1ULL << 20;
  TestBox box(with_limits(limits));
  const int command = box.start_shell("head -c 3000000 /dev/zero > /tmp/full; wc -c < /tmp/full");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command], "1048576\n");
}

TEST_F(BoxTest, BoundsTheOpenFiles) {
  Limits limits;
  limits.open_files = 17;
  TestBox box(with_limits(limits));
  const int command = box.start_shell("ulimit -n");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command], "17\n");
}

// --- refused calls ------------------------------------------------------------------------------

TEST_F(BoxTest, NamesARefusedCallWithItsPlace) {
  GuestBox box(with_policy({}));
  const int command = box.start_guest({"open-internet-socket"});
  EXPECT_TRUE(std::holds_alternative<Ended>(box.end(command)));
  ASSERT_TRUE(box->cause());
  const auto* refused = std::get_if<RefusedCall>(&box->cause()->what);
  ASSERT_NE(refused, nullptr) << cause_text(box->cause());
  EXPECT_EQ(refused->call, "socket(AF_INET, SOCK_STREAM, 0)");
  EXPECT_EQ(refused->group, "network");
  EXPECT_EQ(refused->reason, "reaches the network");
  EXPECT_EQ(box->cause()->command, command);
  ASSERT_GE(refused->stack.size(), 1);
  EXPECT_THAT(refused->stack.front().file, testing::EndsWith("guest.c"));
  EXPECT_EQ(refused->stack.front().line, std::atoi(box.output[command].c_str()));
  EXPECT_EQ(refused->stack.back().function, "main");
}

TEST_F(BoxTest, RefusesASecondExecutionOnlyWithoutTheGroup) {
  {
    TestBox box(with_policy({}));
    const int command = box.start_shell("echo started; exec /bin/true");
    EXPECT_TRUE(std::holds_alternative<Ended>(box.end(command)));
    EXPECT_EQ(box.output[command], "started\n");
    EXPECT_THAT(cause_text(box->cause()), HasSubstr("execve(\"/bin/true\""));
  }
  TestBox box(with_policy({"exec"}));
  EXPECT_EQ(exit_status(box.end(box.start_shell("exec /bin/true"))), 0);
}

TEST_F(BoxTest, LooksUpNamesWithoutTheGroupOfSockets) {
  GuestBox box(with_policy({}));
  EXPECT_EQ(exit_status(box.end(box.start_guest({"look-up-names"}))), 0)
      << cause_text(box->cause());
}

TEST_F(BoxTest, RefusesEverySignalWithoutTheGroup) {
  for (const int number : {SIGUSR1, SIGKILL, SIGXFSZ, SIGSYS}) {
    GuestBox box(with_policy({}));
    const int command = box.start_guest({"send-to-child", std::to_string(number)});
    EXPECT_TRUE(std::holds_alternative<Ended>(box.end(command))) << number;
    EXPECT_THAT(cause_text(box->cause()), testing::StartsWith("kill(")) << number;
  }
  GuestBox box(with_policy({"signals"}));
  for (const int number : {SIGUSR1, SIGKILL, SIGXFSZ, SIGSYS}) {
    EXPECT_EQ(exit_status(box.end(box.start_guest({"send-to-child", std::to_string(number)}))), 0);
  }
}

TEST_F(BoxTest, TellsACallOfAnotherArchitecture) {
#ifndef __x86_64__
  GTEST_SKIP() << "int 0x80 is x86's";
#endif
  GuestBox box;
  const int command = box.start_guest({"other-architecture"});
  EXPECT_TRUE(std::holds_alternative<Ended>(box.end(command)));
  ASSERT_TRUE(box->cause());
  ASSERT_TRUE(std::holds_alternative<RefusedCall>(box->cause()->what));
  EXPECT_EQ(box->cause()->command, command);
}

// --- objects ------------------------------------------------------------------------------------

TEST_F(BoxTest, ListsEverySortOfObject) {
  GuestBox box;
  EXPECT_EQ(exit_status(box.end(box.start_guest({"leave-all"}))), 0);
  for (int i = 0; i < 100 && box.list().processes.empty(); ++i) box.wait(10ms);
  const sandbox::Listing left = box.list();
  ASSERT_EQ(left.segments.size(), 1);
  EXPECT_EQ(left.segments[0].key, 5678);
  EXPECT_EQ(left.segments[0].size, 27);
  EXPECT_EQ(left.segments[0].attached, 0);
  EXPECT_FALSE(left.segments[0].removed);
  ASSERT_EQ(left.semaphore_sets.size(), 1);
  EXPECT_EQ(left.semaphore_sets[0].key, 5678);
  EXPECT_EQ(left.semaphore_sets[0].count, 3);
  ASSERT_EQ(left.message_queues.size(), 1);
  EXPECT_EQ(left.message_queues[0].key, 5679);
  EXPECT_EQ(left.message_queues[0].messages, 1);
  EXPECT_EQ(left.message_queues[0].bytes, 5);
  ASSERT_EQ(left.posix_queues.size(), 1);
  EXPECT_EQ(left.posix_queues[0].name, "/queue");
  ASSERT_EQ(left.shared_memory_files.size(), 2);
  EXPECT_EQ(left.shared_memory_files[0].name, "object");
  EXPECT_EQ(left.shared_memory_files[0].size, 100);
  EXPECT_EQ(left.shared_memory_files[1].name, "sem.semaphore");
  ASSERT_EQ(left.processes.size(), 1);
  EXPECT_EQ(left.processes[0].name, "guest");
  ASSERT_TRUE(box->end_all());
  const sandbox::Listing after = box.list();
  EXPECT_THAT(after.processes, IsEmpty());
  EXPECT_EQ(after.segments.size(), 1) << "objects stay, to be listed";
  EXPECT_THAT(box->orphans(), IsEmpty()) << "what we killed had no chance to be waited for";
}

TEST_F(BoxTest, ListsAProcessWhoseFirstThreadHasEnded) {
  GuestBox box;
  EXPECT_EQ(exit_status(box.end(box.start_guest({"headless"}))), 0);
  EXPECT_EQ(box.list().processes.size(), 1);
}

TEST_F(BoxTest, TellsChildrenThatNobodyWaitedFor) {
  GuestBox box;
  EXPECT_EQ(exit_status(box.end(box.start_guest({"orphan"}))), 0);
  for (int i = 0; i < 500 && box->orphans().empty(); ++i) box.wait(10ms);
  EXPECT_THAT(box->orphans(), ElementsAre("guest"));
}

TEST_F(BoxTest, GivesASegmentThatCommandsMayRemove) {
  GuestBox box;
  ASSERT_TRUE(box->give_segment(5678, 27));
  auto segments = box->segments();
  ASSERT_TRUE(segments);
  ASSERT_EQ(segments->size(), 1);
  EXPECT_EQ(segments->front().size, 27);
  const int command = box.start_guest({"remove-segment", "5678"});
  EXPECT_EQ(exit_status(box.end(command)), 0) << box.output[command];
  EXPECT_THAT(box.list().segments, IsEmpty());
  EXPECT_TRUE(box->give_segment(1, 1));
  EXPECT_FALSE(box->give_segment(1, 1)) << "exists";
  EXPECT_FALSE(box->give_segment(2, 0)) << "no such size";
}

TEST_F(BoxTest, KeepsTwoBoxesWithOneKeyApart) {
  GuestBox one;
  GuestBox two;
  const int first = one.start_guest({"make-segment", "5678", "27"});
  ASSERT_TRUE(one.wait_for_output(first, "ready"));
  const int second = two.start_guest({"make-segment", "5678", "4096"});
  ASSERT_TRUE(two.wait_for_output(second, "ready")) << two.output[second];
  EXPECT_EQ(one.list().segments.at(0).size, 27);
  EXPECT_EQ(two.list().segments.at(0).size, 4096);
  EXPECT_EQ(::shmget(5678, 0, 0), -1) << "nor is it seen outside";
}

TEST_F(BoxTest, HasNoPosixObjectsWithoutTheGroup) {
  TestBox box(with_policy({"exec"}));
  const int command = box.start_shell("ls -d /dev/shm /dev/mqueue 2> /dev/null");
  box.finish();
  EXPECT_EQ(box.output[command], "");
  const auto left = box.list();
  EXPECT_THAT(left.posix_queues, IsEmpty());
  EXPECT_THAT(left.shared_memory_files, IsEmpty());
}

// --- files --------------------------------------------------------------------------------------

TEST_F(BoxTest, FetchesRegularFilesOnly) {
  TestBox box;
  ASSERT_TRUE(box->place_file("whole", "bytes"));
  const int command = box.start_shell(
      "mkfifo fifo; ln -s /etc/hostname link; ln -s whole near; mkdir folder; ln -s /etc away;"
      "mkdir -p deep/er; cp whole deep/er/file; head -c 1000 /dev/zero > large; echo made");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box->fetch_file("whole", 100).value_or("?"), "bytes");
  EXPECT_EQ(box->fetch_file("deep/er/file", 100).value_or("?"), "bytes");
  for (const char* path : {"fifo", "link", "near", "folder", "missing", "large", "away/hostname",
                           "away/passwd", "../etc/passwd", "/etc/passwd"}) {
    const auto fetched = box->fetch_file(path, 100);
    EXPECT_FALSE(fetched) << path << " gave " << *fetched;
  }
  EXPECT_EQ(box->fetch_file("missing", 100).error().error_number, ENOENT);
}

TEST_F(BoxTest, PlacesNoFileThroughALinkOfACommand) {
  const std::string target = "/tmp/ipcgrade-test-" + std::to_string(::getpid());
  ASSERT_TRUE(fs::create_directory(target));
  TestBox box;
  const int command = box.start_shell("ln -s " + target + " out; ln -s " + target + "/x file");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_FALSE(box->place_file("out/stolen", "bytes"));
  EXPECT_FALSE(box->place_file("out/folder/stolen", "bytes"));
  EXPECT_FALSE(box->place_file("file", "bytes"));
  EXPECT_TRUE(fs::is_empty(target));
  fs::remove_all(target);
}

TEST_F(BoxTest, MakesProgramsUnchangeable) {
  GuestBox box;
  const int command = box.start_shell(
      "echo > /programs/guest || rm -f /programs/guest || mv /programs /p || echo kept");
  EXPECT_EQ(exit_status(box.end(command)), 0);
  EXPECT_EQ(box.output[command], "kept\n");
  EXPECT_FALSE(box->place_program("late", "bytes"));
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
    if (sandbox::enter_landlock(version) != 0) ::_exit(12);
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

}  // namespace

// Boxes on a real kernel: how commands end, and what they are given and kept from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "kernel/guest_box.h"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ipcgrade_test::BoxTest;
using ipcgrade_test::cause_text;
using ipcgrade_test::exit_status;
using ipcgrade_test::GuestBox;
using ipcgrade_test::TestBox;
using ipcgrade_test::with_policy;
using sandbox::NotStarted;
using sandbox::Signalled;
using testing::HasSubstr;

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
  for (const std::size_t size : {text.size(), std::size_t{40'000}, std::size_t{0}}) {
    auto input = sandbox::input_with(text.substr(0, size));
    ASSERT_TRUE(input);
    const int cat = box.start({"/bin/cat"}, std::move(*input));
    EXPECT_EQ(exit_status(box.end(cat)), 0);
    EXPECT_EQ(box.output[cat], text.substr(0, size));
  }
  const int none = box.start({"/bin/cat"});
  EXPECT_EQ(exit_status(box.end(none)), 0);
  EXPECT_EQ(box.output[none], "");
}

TEST_F(BoxTest, StandardStreamsCanBeOpenedByName) {
  TestBox box;
  for (const std::size_t size : {std::size_t{300'000}, std::size_t{100}}) {
    const std::string text(size, 'x');
    auto input = sandbox::input_with(text);
    ASSERT_TRUE(input);
    const int cat = box.start(
        {"/bin/sh", "-c", "cat /dev/stdin > /dev/fd/1; echo end > /dev/stdout"}, std::move(*input));
    EXPECT_EQ(exit_status(box.end(cat)), 0);
    EXPECT_EQ(box.output[cat], text + "end\n");
  }
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

TEST_F(BoxTest, LetsCallsOfDeniedGroupsFail) {
  {
    GuestBox box(with_policy({}, {"peer-memory", "exec"}));
    const int command = box.start_guest({"read-child"});
    EXPECT_EQ(exit_status(box.end(command)), 0) << box.output[command];
    EXPECT_EQ(box.output[command], "EPERM\n");
    EXPECT_FALSE(box->cause()) << cause_text(box->cause());
  }
  {
    TestBox box(with_policy({}, {"exec"}));
    const int command = box.start_shell("exec /bin/true");
    EXPECT_EQ(exit_status(box.end(command)), 126);
    EXPECT_FALSE(box->cause()) << cause_text(box->cause());
  }
  GuestBox box(with_policy({"peer-memory"}));
  const int command = box.start_guest({"read-child"});
  EXPECT_EQ(exit_status(box.end(command)), 0) << box.output[command];
  EXPECT_EQ(box.output[command], "read 1\n");
}

TEST_F(BoxTest, HidesTheFramesOfPages) {
  GuestBox box;
  const int command = box.start_guest({"print-frame"});
  EXPECT_EQ(exit_status(box.end(command)), 0) << box.output[command];
  EXPECT_EQ(box.output[command], "present 1, frame 0\n");
}

TEST_F(BoxTest, LetsCommandsConnectByAbstractNames) {
  GuestBox box;
  const int listening = box.start_guest({"listen-abstract"});
  ASSERT_TRUE(box.wait_for_output(listening, "ready")) << box.output[listening];
  const int connecting = box.start_guest({"connect-abstract"});
  EXPECT_EQ(exit_status(box.end(connecting)), 0) << box.output[connecting];
  EXPECT_EQ(exit_status(box.end(listening)), 0) << box.output[listening];
}

}  // namespace

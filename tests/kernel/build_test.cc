// Hand-ins are built in a box: what comes of honest, wrong and hostile ones.
#include "compile/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>

#include "compile/instrument.h"
#include "runtime/runtime.h"
#include "support/box_support.h"

namespace ipcgrade {
namespace {

using ipcgrade_test::host;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kHello =
    "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n";

class BuildTest : public ipcgrade_test::BoxFixture {
 protected:
  using Files = std::vector<SourceFile>;

  void SetUp() override {
    BoxFixture::SetUp();
    for (const char* tool : {"gcc", "g++", "make"}) {
      if (::access((std::string("/usr/bin/") + tool).c_str(), X_OK) != 0) {
        GTEST_SKIP() << tool << " is not installed";
      }
    }
  }

  static Build built(Files files, std::vector<std::string> programs = {"server"}, int stop = -1,
                     Instrument instrument = Instrument::kNo) {
    Assignment assignment;
    assignment.programs = std::move(programs);
    Submission submission;
    submission.files = std::move(files);
    auto made = build(host(), assignment, submission, stop, instrument);
    if (!made) throw std::runtime_error(made.error().text());
    return std::move(*made);
  }

  /// Kills every compiler proper below this process that shows up, `most` of them, until told to
  /// stop: as the kernel does where a machine has no memory left.
  static int kill_compilers(const std::atomic<bool>& done, int most) {
    int killed = 0;
    std::set<pid_t> seen;
    while (!done) {
      std::error_code error;
      for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const pid_t pid = std::atoi(entry.path().filename().c_str());
        std::ifstream stat(entry.path() / "stat");
        std::string line;
        if (pid <= 0 || !std::getline(stat, line) || !line.contains("(cc1)")) continue;
        if (killed < most && is_below_us(pid) && seen.insert(pid).second) {
          killed += ::kill(pid, SIGKILL) == 0 ? 1 : 0;
        }
      }
    }
    return killed;
  }
  static bool is_below_us(pid_t pid) {
    while (pid > 1 && pid != ::getpid()) {
      std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
      std::string line;
      std::getline(stat, line);
      const std::size_t end = line.rfind(')');
      if (end == std::string::npos) return false;
      pid = std::atoi(line.c_str() + end + 4);  // ") S 4711"
    }
    return pid == ::getpid();
  }
  /// Builds while compilers are killed: whether there is a program, and what went wrong.
  static std::pair<bool, std::string> built_while_killed(int most) {
    std::atomic<bool> done = false;
    auto killer = std::async(std::launch::async, [&] { return kill_compilers(done, most); });
    std::string wrong;
    bool has_program = false;
    // Long enough for the compiler to be seen.
    std::string source = "#include <stdio.h>\n";
    for (int i = 0; i < 3000; ++i) {
      source += "int f" + std::to_string(i) + "(int x) { return x * x + printf(\"%d\", x); }\n";
    }
    try {
      const Build made = built({{"server.c", source + "int main(void) { return f1(0) > 99; }\n"}});
      has_program = made.programs.size() == 1;
      if (!made.findings.empty()) wrong = "accused: " + made.findings[0].message;
    } catch (const std::runtime_error& error) {
      wrong = error.what();
    }
    done = true;
    EXPECT_EQ(killer.get(), std::min(most, 2));
    return {has_program, wrong};
  }

  /// The only finding of a build that made nothing.
  static Finding failure_of(Files files) {
    const Build made = built(std::move(files));
    EXPECT_THAT(made.programs, IsEmpty());
    EXPECT_THAT(made.findings, SizeIs(1));
    if (made.findings.empty()) return {};
    EXPECT_EQ(made.findings[0].kind, Kind::kBuildError);
    EXPECT_EQ(made.findings[0].stage, Stage::kBuild);
    return made.findings[0];
  }

  /// The only program, built to be held; the build itself succeeds.
  static HeldProgram held(Files files) {
    Build made = built(std::move(files), {"server"}, -1, Instrument::kYes);
    EXPECT_THAT(made.findings, IsEmpty());
    EXPECT_THAT(made.programs, SizeIs(1));
    EXPECT_THAT(made.held, SizeIs(1));
    if (made.held.size() != 1 || made.programs.size() != 1) return {};
    EXPECT_EQ(made.held[0].instrumented, made.held[0].why_not.empty());
    EXPECT_EQ(made.held[0].instrumented, is_instrumented(made.held[0].program.bytes));
    if (!made.held[0].instrumented) {
      EXPECT_EQ(made.held[0].program.bytes, made.programs[0].bytes);
    }
    return std::move(made.held[0]);
  }

  /// What a program prints in a box where the runtime is.
  static std::string printed_by(const Program& program) {
    ipcgrade_test::TestBox box;
    EXPECT_TRUE(box->place_program(program.name, program.bytes));
    EXPECT_TRUE(box->place_program(std::string(kRuntimeName), runtime_library()));
    const int command = box.start({"/programs/" + program.name});
    EXPECT_EQ(ipcgrade_test::exit_status(box.end(command)), 0);
    return box.output[command];
  }
};

TEST_F(BuildTest, ACompilerThatTheMachineKilledIsNobodysFault) {
  const auto once = built_while_killed(1);
  EXPECT_TRUE(once.first);
  EXPECT_EQ(once.second, "");
  const auto always = built_while_killed(100);
  EXPECT_FALSE(always.first);
  EXPECT_THAT(always.second, HasSubstr("gcc was killed twice from outside"));
}

TEST_F(BuildTest, CAndCpp) {
  const Build made = built({{"server.c", kHello},
                            {"client.cc",
                             "#include <iostream>\n#include \"inc/x.h\"\n"
                             "int main() { std::cout << kX; }\n"},
                            {"third.cpp",
                             "#include <atomic>\n#include <cstdio>\n"
                             "int main() { std::puts(\"third\"); }\n"},
                            {"inc/x.h", "constexpr int kX = 7;\n"}},
                           {"server", "client", "third"});
  EXPECT_THAT(made.findings, IsEmpty());
  EXPECT_THAT(made.warnings, IsEmpty());
  ASSERT_THAT(made.programs, SizeIs(3));
  EXPECT_EQ(printed_by(made.programs[0]), "hello\n");
  EXPECT_EQ(printed_by(made.programs[1]), "7");
  EXPECT_EQ(printed_by(made.programs[2]), "third\n");
}

TEST_F(BuildTest, OldCWarnsAndBuilds) {
  const Build made = built({{"server.c", "main()\n{\n  puts(\"old\");\n  exit(0);\n}\n"}});
  EXPECT_THAT(made.findings, IsEmpty());
  ASSERT_THAT(made.programs, SizeIs(1));
  EXPECT_EQ(printed_by(made.programs[0]), "old\n");
  EXPECT_THAT(made.warnings, Contains(HasSubstr("server.c:1:1: warning: return type defaults")));
  EXPECT_THAT(made.warnings, Contains(HasSubstr("implicit declaration")));
}

TEST_F(BuildTest, ASyntaxErrorIsToldWithItsPlace) {
  const Finding finding =
      failure_of({{"server.c", "int main(void) {\n  int a = 3 +;\n  return a;\n}\n"}});
  EXPECT_EQ(finding.message, "server.c does not compile");
  ASSERT_FALSE(finding.locations.empty());
  EXPECT_EQ(finding.locations[0].file, "server.c");
  EXPECT_EQ(finding.locations[0].line, 2);
  EXPECT_EQ(finding.locations[0].program, "server");
  EXPECT_THAT(finding.details, Contains(HasSubstr("server.c:2:14: error: expected expression")));
  EXPECT_THAT(finding.details, Contains(HasSubstr("int a = 3 +;")));
}

TEST_F(BuildTest, AMissingSemicolonIsTold) {
  const Finding finding =
      failure_of({{"server.cpp", "int main() {\n  int a = 3\n  return a;\n}\n"}});
  ASSERT_FALSE(finding.locations.empty());
  EXPECT_THAT(finding.locations[0].line, testing::AnyOf(2, 3)) << "where gcc sees it";
  EXPECT_THAT(finding.details, Contains(HasSubstr("';'")));
}

TEST_F(BuildTest, ManyErrorsAreCut) {
  std::string source = "int main(void) {\n";
  for (int i = 0; i < 200; ++i) source += "  x" + std::to_string(i) + " = 1;\n";
  const Finding finding = failure_of({{"server.c", source + "}\n"}});
  EXPECT_THAT(finding.details, SizeIs(testing::Le(12U)));
  EXPECT_THAT(finding.details.back(), HasSubstr("more"));
}

TEST_F(BuildTest, AnUndefinedReferenceIsToldAsThat) {
  const Finding finding =
      failure_of({{"server.c", "int other(void);\nint main(void) {\n  return other();\n}\n"}});
  EXPECT_EQ(finding.message, "server does not link");
  EXPECT_NE(finding.hint, "");
  ASSERT_THAT(finding.locations, SizeIs(1));
  EXPECT_EQ(finding.locations[0].file, "server.c");
  EXPECT_EQ(finding.locations[0].line, 3);
  EXPECT_THAT(finding.details, ElementsAre(HasSubstr("undefined reference to `other'")));
}

TEST_F(BuildTest, AMakefileBuilds) {
  const Build made =
      built({{"Makefile", "server: main.c util.c\n\tgcc -o $@ $^\n"},
             {"main.c", "int f(void);\nint main(void) { return f(); }\n"},
             {"util.c", "#include <stdio.h>\nint f(void) { puts(\"made\"); return 0; }\n"}});
  EXPECT_THAT(made.findings, IsEmpty());
  ASSERT_THAT(made.programs, SizeIs(1));
  EXPECT_EQ(printed_by(made.programs[0]), "made\n");
}

TEST_F(BuildTest, MakesOwnOrderOfMakefiles) {
  const Build made = built({{"Makefile", "server:\n\tfalse\n"},
                            {"GNUmakefile", "server: server.c\n\tgcc -o $@ $^\n"},
                            {"server.c", kHello}});
  EXPECT_THAT(made.findings, IsEmpty());
}

TEST_F(BuildTest, AMakefileThatFailsIsQuoted) {
  const Finding finding =
      failure_of({{"Makefile", "server:\n\t@echo what I do; exit 3\n"}, {"server.c", kHello}});
  EXPECT_THAT(finding.details, Contains("what I do"));
  EXPECT_THAT(finding.details, Contains(HasSubstr("Error 3")));
  EXPECT_THAT(failure_of({{"Makefile", "client:\n\ttrue\n"}}).details,
              Contains(HasSubstr("No rule to make target 'server'")));
  EXPECT_THAT(failure_of({{"Makefile", "server:\n  missing tab\n"}}).details,
              Contains(HasSubstr("missing separator")));
}

TEST_F(BuildTest, WhatMakeMakesMustBeAProgram) {
  EXPECT_THAT(failure_of({{"Makefile", "server:\n\ttrue\n"}}).message,
              HasSubstr("made no file of that name"));
  EXPECT_THAT(failure_of({{"Makefile", "server:\n\tprintf '#!/bin/sh\\n' > server\n"}}).message,
              HasSubstr("is not an executable program"));
  EXPECT_THAT(failure_of({{"Makefile", "server:\n\tln -s /bin/true server\n"}}).message,
              HasSubstr("is a symbolic link out of the folder"));
  EXPECT_THAT(failure_of({{"Makefile", "server:\n\tln -s nowhere server\n"}}).message,
              HasSubstr("is a symbolic link that leads nowhere"));
  EXPECT_THAT(failure_of({{"Makefile", "server:\n\tmkfifo server\n"}}).message,
              HasSubstr("is a FIFO"));
  EXPECT_THAT(failure_of({{"Makefile", "server:\n\tmkdir server\n"}}).message,
              HasSubstr("is a folder"));
  EXPECT_THAT(failure_of({{"Makefile", "server:\n\t: > server\n"}}).message,
              HasSubstr("is not an executable program"));
  EXPECT_THAT(failure_of({{"Makefile", "server:\n\ttrue\n"}, {"server", "handed in"}}).message,
              HasSubstr("is not an executable program"));
}

TEST_F(BuildTest, WhichSourceIsMeant) {
  Finding finding = failure_of({{"server.c", kHello}, {"server.cpp", kHello}});
  EXPECT_EQ(finding.message, "there are 2 sources for server: server.c, server.cpp");
  finding = failure_of({{"client.c", kHello}});
  EXPECT_THAT(finding.message, HasSubstr("there is no source for server"));
  for (const char* near : {"Server.C", "SERVER.cpp", "src/server.c", "server.cxx"}) {
    finding = failure_of({{near, kHello}});
    EXPECT_THAT(finding.hint, HasSubstr(near));
  }
}

TEST_F(BuildTest, WhatWasLeftOutIsToldByItsReason) {
  Assignment assignment;
  assignment.programs = {"server"};
  Submission submission;
  submission.left_out = {{"server.c", "is a FIFO", false}};
  auto made = build(host(), assignment, submission, -1);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->findings.at(0).message, "server.c is a FIFO");
  submission.left_out = {{"Makefile", "is a symbolic link", false}};
  submission.files = {{"server.c", kHello}};
  made = build(host(), assignment, submission, -1);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->findings.at(0).message, "Makefile is a symbolic link");
}

TEST_F(BuildTest, AFolderOfTheProgramsName) {
  const Build made = built({{"server.c", kHello}, {"server/notes.txt", "x"}});
  EXPECT_THAT(made.findings, IsEmpty());
  ASSERT_THAT(made.programs, SizeIs(1));
  EXPECT_EQ(made.programs[0].name, "server");
}

TEST_F(BuildTest, AFolderInThePlaceOfASource) {
  Assignment assignment;
  assignment.programs = {"server"};
  Submission submission;
  submission.folders = {"Makefile", "server.c"};
  submission.files = {{"server.c/server.c", kHello}};
  auto made = build(host(), assignment, submission, -1);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->findings.at(0).message, "Makefile is a folder");
  submission.folders = {"server.c"};
  made = build(host(), assignment, submission, -1);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->findings.at(0).message, "server.c is a folder");
}

TEST_F(BuildTest, AProgramMayBeALinkWithinTheFolder) {
  for (const char* link : {"ln -s build/it server", "ln -s $(CURDIR)/build/it server"}) {
    const Build made = built({{"Makefile", "server:\n\tmkdir build; gcc -o build/it server.c\n\t" +
                                               std::string(link) + "\n"},
                              {"server.c", kHello}});
    EXPECT_THAT(made.findings, IsEmpty()) << link;
    EXPECT_THAT(made.programs, SizeIs(1)) << link;
  }
}

TEST_F(BuildTest, StrangeNamesAreNoTrouble) {
  const Build made = built({{"server.c", "#include \"a\\\nb.h\"\n" + std::string(kHello)},
                            {"-o", "x"},
                            {"$(touch pwned)", "x"},
                            {"ab.h", "\n"},
                            {"a\nb c.h", "\n"}});
  EXPECT_THAT(made.findings, IsEmpty());
}

TEST_F(BuildTest, AWarningIsToldOnce) {
  const std::string header = "static int unused(void) { return 1; }\n";
  const Build made = built({{"server.c", "#include \"ipc.h\"\n" + std::string(kHello)},
                            {"client.c", "#include \"ipc.h\"\n" + std::string(kHello)},
                            {"ipc.h", header}},
                           {"server", "client"});
  EXPECT_THAT(made.programs, SizeIs(2));
  EXPECT_THAT(made.warnings, ElementsAre(HasSubstr("ipc.h:1:12: warning: 'unused'")));
}

TEST_F(BuildTest, EachProgramIsToldByItself) {
  const Build made = built({{"server.c", kHello}, {"client.c", "int main(void) { return }\n"}},
                           {"server", "client", "third"});
  EXPECT_THAT(made.programs, SizeIs(1));
  ASSERT_THAT(made.findings, SizeIs(2));
  EXPECT_THAT(made.findings[0].message, HasSubstr("client.c does not compile"));
  EXPECT_THAT(made.findings[1].message, HasSubstr("no source for third"));
}

TEST_F(BuildTest, NothingOfTheHostIsBuiltIn) {
  const std::string secret = "/tmp/ipcgrade-secret-" + std::to_string(::getpid());
  ASSERT_TRUE(sandbox::make_file(AT_FDCWD, secret, "int secret;\n", 0644));
  const Finding finding =
      failure_of({{"server.c", "#include \"" + secret + "\"\n" + std::string(kHello)}});
  ::unlink(secret.c_str());
  EXPECT_THAT(finding.details, Contains(HasSubstr("No such file")));
  EXPECT_THAT(
      failure_of({{"server.c", "asm(\".incbin \\\"/etc/shadow\\\"\");\n" + std::string(kHello)}})
          .message,
      HasSubstr("does not compile"));
}

TEST_F(BuildTest, ABuildThatPrintsForEverHitsALimit) {
  const Finding finding = failure_of({{"Makefile", "server:\n\tyes\n"}});
  EXPECT_THAT(finding.message, HasSubstr("make server printed more than 1 MiB"));
}

TEST_F(BuildTest, AnEndlessIncludeHitsALimit) {
  const Finding finding = failure_of({{"server.c", "#include \"/dev/zero\"\n"}});
  EXPECT_THAT(finding.message, HasSubstr("server.c"));
}

TEST_F(BuildTest, AnEnormousProgramHitsALimit) {
  const Finding finding =
      failure_of({{"server.c", "int a[1 << 28] = {1};\nint main(void) { return a[5]; }\n"}});
  EXPECT_THAT(finding.message, testing::AnyOf(HasSubstr("wrote a file of more than"),
                                              HasSubstr("does not compile"), HasSubstr("memory")));
}

TEST_F(BuildTest, AMakefileThatCallsTheKernelIsTold) {
  const Finding finding = failure_of({{"Makefile", "server:\n\tunshare -U true; true\n"}});
  EXPECT_THAT(finding.message, HasSubstr("unshare(CLONE_NEWUSER)"));
}

TEST_F(BuildTest, AMakefileThatLeavesAWriterIsReadWhole) {
  const Build made =
      built({{"Makefile",
              "server: server.c\n\tgcc -o server server.c\n"
              "\t(while :; do sleep 0.01; echo x >> server; done) > /dev/null 2>&1 &\n"},
             {"server.c", kHello}});
  EXPECT_THAT(made.findings, IsEmpty());
  ASSERT_THAT(made.programs, SizeIs(1));
  EXPECT_EQ(printed_by(made.programs[0]), "hello\n");
}

TEST_F(BuildTest, StopsWhenTold) {
  const sandbox::Fd stop(::eventfd(1, EFD_CLOEXEC));
  const Build made = built({{"Makefile", "server:\n\tsleep 1000\n"}}, {"server"}, stop.get());
  EXPECT_TRUE(made.stopped);
  EXPECT_THAT(made.programs, IsEmpty());
}

TEST_F(BuildTest, AMissingCompilerIsTheGradersFault) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to hide the compiler in a mount namespace";
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
        ::mount("/dev/null", "/usr/bin/gcc", nullptr, MS_BIND, nullptr) != 0) {
      ::_exit(77);
    }
    Assignment assignment;
    assignment.programs = {"server"};
    Submission submission;
    submission.files = {{"server.c", kHello}};
    const auto made = build(host(), assignment, submission, -1);
    (void)sandbox::write_all(ends[1], made ? "built" : made.error().text());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said(1000, '\0');
  const ssize_t got = ::read(ends[0], said.data(), said.size());
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
    GTEST_SKIP() << "can't hide the compiler here";
  said.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  EXPECT_EQ(said, "gcc is not installed on this machine: apt-get install gcc");
}

constexpr const char* kAtomic =
    "#include <stdatomic.h>\n#include <stdio.h>\n"
    "_Atomic int a; volatile int v; int p;\n"
    "int main(int argc, char** argv) {\n"
    "  (void)argv; a += 40; v = argc; p = v; printf(\"%d\\n\", a + v + p);\n}\n";

TEST_F(BuildTest, ProgramsAreInstrumentedToBeHeld) {
  HeldProgram program = held({{"server.c", kAtomic}});
  EXPECT_TRUE(program.instrumented) << program.why_not;
  EXPECT_EQ(printed_by(program.program), "42\n");
  program =
      held({{"server.cpp",
             "#include <atomic>\n#include <iostream>\n#include <thread>\n"
             "std::atomic<int> a;\nint main() {\n"
             "  std::jthread([] { a += 42; }).join();\n  std::cout << a << std::endl;\n}\n"}});
  EXPECT_TRUE(program.instrumented) << program.why_not;
  EXPECT_EQ(printed_by(program.program), "42\n");
}

TEST_F(BuildTest, MakefilesAreInstrumentedWhateverTheyCall) {
  for (const char* compiler :
       {"gcc -O2", "cc", "x86_64-linux-gnu-gcc", "c99 -D_GNU_SOURCE",
        "gcc -fsanitize=address,undefined", "gcc -fsanitize=thread", "gcc -flto -O2",
        "g++ -x c++ -std=c++20 -include atomic -fpermissive"}) {
    const bool is_cpp = std::string_view(compiler).starts_with("g++");
    const HeldProgram program =
        held({{"Makefile", std::string("server: server.c\n\t") + compiler + " -o $@ $<\n"},
              {"server.c", is_cpp ? "#include <cstdio>\nstd::atomic<int> a;\n"
                                    "int main() { a += 42; std::printf(\"%d\\n\", a.load()); }\n"
                                  : kAtomic}});
    EXPECT_TRUE(program.instrumented) << compiler << ": " << program.why_not;
    EXPECT_EQ(printed_by(program.program), "42\n") << compiler;
  }
}

TEST_F(BuildTest, MakefilesInStepsAreInstrumented) {
  const HeldProgram program =
      held({{"Makefile",
             "server: main.o other.o\n\tgcc -o $@ $^\n"
             "main.o: main.c main.h.gch\n\tgcc -c main.c\n"
             "main.h.gch: main.h\n\tgcc main.h\n"
             "other.o: other.s\n\tas -o $@ $<\n"
             "other.s: other.i\n\tgcc -S -o $@ $<\n"
             "other.i: other.c\n\tgcc -M other.c\n\tgcc -E -o $@ $<\n"},
            {"main.h", "#include <stdio.h>\nint other(int);\n"},
            {"main.c", "#include \"main.h\"\nint main(void) { printf(\"%d\\n\", other(41)); }\n"},
            {"other.c", "int kept;\nint other(int n) { kept = n; return kept + 1; }\n"}});
  EXPECT_TRUE(program.instrumented) << program.why_not;
  EXPECT_EQ(printed_by(program.program), "42\n");
}

TEST_F(BuildTest, ClangIsInstrumented) {
  if (::access("/usr/bin/clang", X_OK) != 0) GTEST_SKIP() << "clang is not installed";
  const HeldProgram program = held({{"Makefile",
                                     "CC = clang\nserver: server.o\n\t$(CC) -o $@ $<\n"
                                     "server.o: server.c\n\t$(CC) -Werror -c $<\n"},
                                    {"server.c", kAtomic}});
  EXPECT_TRUE(program.instrumented) << program.why_not;
  EXPECT_EQ(printed_by(program.program), "42\n");
}

TEST_F(BuildTest, WhatIsLinkedStaticallyIsInstrumented) {
  const HeldProgram program =
      held({{"Makefile", "server: server.c\n\tgcc -static -o $@ $<\n"}, {"server.c", kAtomic}});
  EXPECT_TRUE(program.instrumented) << program.why_not;
  EXPECT_EQ(printed_by(program.program), "42\n");
}

TEST_F(BuildTest, WhatCannotBeInstrumentedIsBuiltAllTheSame) {
  HeldProgram program =
      held({{"Makefile", "server: server.c\n\t/usr/bin/gcc -o $@ $<\n"}, {"server.c", kHello}});
  EXPECT_FALSE(program.instrumented);
  EXPECT_THAT(program.why_not, HasSubstr("usual way"));
  EXPECT_EQ(printed_by(program.program), "hello\n");
  program = held({{"server.c", "#ifdef __SANITIZE_THREAD__\n#error not with me\n#endif\n" +
                                   std::string(kHello)}});
  EXPECT_FALSE(program.instrumented);
  EXPECT_THAT(program.why_not, HasSubstr("not with me"));
}

}  // namespace
}  // namespace ipcgrade

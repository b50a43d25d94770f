#include "compile/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace ipcgrade {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> texts(std::string_view printed) {
  std::vector<std::string> all;
  for (const CompilerMessage& message : parse_messages(printed)) all.push_back(message.text());
  return all;
}

TEST(MessagesTest, AnErrorWithItsExcerpt) {
  const auto messages = parse_messages(
      "server.c: In function 'main':\n"
      "server.c:12:5: error: expected ';' before 'return'\n"
      "   12 |     int a = 3\n"
      "      |              ^\n"
      "      |              ;\n"
      "   13 |     return a;\n"
      "      |     ~~~~~~    \n");
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].file, "server.c");
  EXPECT_EQ(messages[0].line, 12);
  EXPECT_EQ(messages[0].column, 5);
  EXPECT_TRUE(messages[0].error);
  EXPECT_EQ(messages[0].message, "expected ';' before 'return'");
  EXPECT_EQ(messages[0].text(), "server.c:12:5: error: expected ';' before 'return'");
  EXPECT_THAT(messages[0].excerpt, ElementsAre("   12 |     int a = 3", "      |              ^"));
}

TEST(MessagesTest, NoLineIsBelow0) {
  const auto messages = parse_messages("server.c:-12:5: error: no\n");
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].line, 5);
  EXPECT_EQ(messages[0].file, "server.c:-12");
}

TEST(MessagesTest, WarningsOfOldC) {
  EXPECT_THAT(texts("client.c:3:1: warning: return type defaults to 'int' [-Wimplicit-int]\n"
                    "    3 | main()\n"
                    "      | ^~~~\n"
                    "client.c: In function 'main':\n"
                    "client.c:5:3: warning: implicit declaration of function 'shmget'\n"),
              ElementsAre("client.c:3:1: warning: return type defaults to 'int' [-Wimplicit-int]",
                          "client.c:5:3: warning: implicit declaration of function 'shmget'"));
}

TEST(MessagesTest, AMissingHeader) {
  const auto messages = parse_messages(
      "server.c:1:10: fatal error: nothing.h: No such file or directory\n"
      "    1 | #include \"nothing.h\"\n"
      "      |          ^~~~~~~~~~~\n"
      "compilation terminated.\n");
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_TRUE(messages[0].error);
  EXPECT_EQ(messages[0].message, "nothing.h: No such file or directory");
}

TEST(MessagesTest, NotesAndTemplateBacktracesArePassedOver) {
  EXPECT_THAT(texts("In file included from server.cpp:1:\n"
                    "ipc.h: In instantiation of 'void f(T) [with T = int]':\n"
                    "server.cpp:9:4:   required from here\n"
                    "ipc.h:4:9: error: 'int' is not a class type\n"
                    "    4 |   x.size();\n"
                    "      |   ~~^~~~\n"
                    "server.cpp:2:6: note: declared here\n"
                    "    2 | void f();\n"
                    "      |      ^\n"),
              ElementsAre("ipc.h:4:9: error: 'int' is not a class type"));
}

TEST(MessagesTest, UndefinedReferences) {
  EXPECT_THAT(texts("/usr/bin/ld: /tmp/ccX1.o: in function `main':\n"
                    "/work/server.c:7: undefined reference to `sem_opne'\n"
                    "/usr/bin/ld: /work/server.c:9: undefined reference to `other'\n"
                    "collect2: error: ld returned 1 exit status\n"),
              ElementsAre("server.c:7: error: undefined reference to `sem_opne'",
                          "server.c:9: error: undefined reference to `other'"))
      << "collect2 only says that ld said something";
  const auto messages = parse_messages(
      "/usr/bin/ld: /tmp/ccX1.o: in function `main':\n"
      "server.c:(.text+0x1f): undefined reference to `f'\n"
      "/usr/bin/ld: /usr/lib/x86_64-linux-gnu/Scrt1.o: in function `_start':\n"
      "(.text+0x17): undefined reference to `main'\n"
      "/usr/bin/ld: /tmp/b.o:/work/util.c:3: multiple definition of `f'; "
      "/tmp/a.o:/work/server.c:3: first defined here\n");
  ASSERT_THAT(messages, SizeIs(3));
  EXPECT_EQ(messages[0].text(), "server.c: error: undefined reference to `f'");
  EXPECT_THAT(messages[1].message, "undefined reference to `main'");
  EXPECT_EQ(messages[2].line, 3);
  EXPECT_THAT(messages[2].message, testing::StartsWith("multiple definition of `f'"));
}

TEST(MessagesTest, ToolsWithoutAPlace) {
  const auto messages = parse_messages(
      "g++: error: util.cpp: No such file or directory\n"
      "g++: fatal error: no input files\n"
      "make: *** [Makefile:2: server] Error 1\n"
      "cc1: some warnings being treated as errors\n");
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(messages[0].text(), "g++: error: util.cpp: No such file or directory");
  EXPECT_EQ(messages[0].line, 0);
}

TEST(MessagesTest, TheBoxsFolderIsNotShown) {
  EXPECT_THAT(texts("/work/src/a b.c:3:1: error: x\n"), ElementsAre("src/a b.c:3:1: error: x"));
}

TEST(MessagesTest, NoNewlineAtTheEnd) {
  EXPECT_THAT(texts("a.c:1:2: error: x"), ElementsAre("a.c:1:2: error: x"));
  EXPECT_THAT(texts("a.c:1:2: error: "), ElementsAre("a.c:1:2: error: "));
  EXPECT_THAT(texts("a.c:1: error: x\n\n\n"), ElementsAre("a.c:1: error: x"));
  EXPECT_THAT(texts(""), IsEmpty());
  EXPECT_THAT(texts("\n"), IsEmpty());
}

TEST(MessagesTest, WhatASourceSaysIsNotTakenForTheCompilersWord) {
  // #warning and static_assert let a source put any text there.
  EXPECT_THAT(texts("a.c:1:2: warning: #warning \"b.c:9:9: error: forged\" [-Wcpp]\n"),
              ElementsAre("a.c:1:2: warning: #warning \"b.c:9:9: error: forged\" [-Wcpp]"));
  EXPECT_FALSE(parse_messages("a.c:1:2: warning: #warning b.c: error: forged").at(0).error);
  EXPECT_EQ(parse_messages("a.c:1:2: warning: #warning b.c:9: error: forged").at(0).line, 1);
  EXPECT_THAT(texts("a.c:1:2: error: #error \"b.c:9: fatal error: forged\"\n"),
              ElementsAre("a.c:1:2: error: #error \"b.c:9: fatal error: forged\""));
  EXPECT_THAT(texts("a.c:3:1: note: x: undefined reference\n"), IsEmpty());
  // The excerpt is the source's own line.
  EXPECT_THAT(texts("a.c:1:2: warning: x\n"
                    "    1 | puts(\"b.c:9:9: error: forged\");\n"
                    "      | ^~~~\n"),
              ElementsAre("a.c:1:2: warning: x"));
}

TEST(MessagesTest, StrangeNumbers) {
  EXPECT_THAT(texts("a.c:99999999999999999999:1: error: x\n"),
              ElementsAre("a.c:99999999999999999999:1: error: x"));
  EXPECT_THAT(texts("a.c:-5:-7: error: x\n"), SizeIs(1));
  EXPECT_THAT(texts(":: error: x\n"), SizeIs(1));
  EXPECT_THAT(texts(": error: \n"), SizeIs(1));
  EXPECT_THAT(texts(":1: error: x\n"), SizeIs(1));
  EXPECT_THAT(texts("1:2:3: error: x\n"), ElementsAre("1:2:3: error: x"));
}

TEST(MessagesTest, VeryLongLinesAreCut) {
  const std::string large(2'000'000, 'x');
  const auto messages =
      parse_messages("a.c:1:2: error: " + large + "\n    1 | " + large + "\n      | ^");
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_LE(messages[0].message.size(), 400);
  EXPECT_LE(messages[0].excerpt.at(0).size(), 400);
  EXPECT_THAT(texts(large), IsEmpty());
  EXPECT_THAT(texts(large + ":1: error: x"), ElementsAre(testing::SizeIs(testing::Le(450U))));
}

TEST(MessagesTest, AFloodIsBounded) {
  std::string flood;
  for (int i = 0; i < 100'000; ++i) flood += "a.c:1:2: warning: w\n";
  EXPECT_THAT(parse_messages(flood), SizeIs(1000));
}

TEST(MessagesTest, AnyBytes) {
  std::mt19937 random(1);
  const std::string alphabet = std::string("a:1 |\n\t\r\"'/.^~") + '\0' + "\xff\x1b";
  const std::vector<std::string> words{
      ": error: ", ": warning: ", ": undefined reference to ", "ld: ", "/work/", ":(", ".o", "\n"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto i = random() % 20; i > 0; --i) {
      if (random() % 3 == 0) {
        text += words[random() % words.size()];
      } else {
        text += alphabet[random() % alphabet.size()];
      }
    }
    (void)parse_messages(text);
    (void)last_lines(text, 3);
  }
}

TEST(MessagesTest, LastLines) {
  EXPECT_THAT(last_lines("a\nb\nc\n", 2), ElementsAre("b", "c"));
  EXPECT_THAT(last_lines("a\nb\nc", 2), ElementsAre("b", "c"));
  EXPECT_THAT(last_lines("a", 2), ElementsAre("a"));
  EXPECT_THAT(last_lines("", 2), IsEmpty());
  EXPECT_THAT(last_lines("a\nb", 0), IsEmpty());
  EXPECT_THAT(last_lines(std::string(5000, 'x'), 2), ElementsAre(SizeIs(400)));
}

}  // namespace
}  // namespace ipcgrade

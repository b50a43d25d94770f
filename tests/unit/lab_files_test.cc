// Labs as folders: their files, how they are found, and what their README says.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "assignment/defaults.h"
#include "assignment/did_you_mean.h"
#include "assignment/lab_finder.h"
#include "assignment/units.h"
#include "unit/labs.h"

namespace ipcgrade {
namespace {

using namespace std::chrono_literals;

/// A folder that goes away again.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "assignment_test.XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  void write(const fs::path& file, std::string_view text) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file, std::ios::binary) << text;
  }

 private:
  fs::path path_;
};

TEST(AssignmentFolder, ReadsTheFilesThatAreNamed) {
  const TemporaryFolder folder;
  folder.write("lab/assignment.toml",
               lab_with("args = [\"-n\", \"3\"]", "input-file = \"data/in.bin\""));
  folder.write("lab/data/in.bin", std::string_view("\0\xff\n", 3));
  const auto lab = parse_assignment(folder.path() / "lab", kGroups);
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->scenarios[0].starts[0].input, std::string_view("\0\xff\n", 3));

  folder.write("secret", "s");
  fs::remove(folder.path() / "lab/data/in.bin");
  fs::create_symlink("../../secret", folder.path() / "lab/data/in.bin");
  const auto escaped = parse_assignment(folder.path() / "lab", kGroups);
  ASSERT_FALSE(escaped);
  EXPECT_EQ(escaped.error().diagnostics.at(0).message,
            "\"data/in.bin\" cannot be read: it leads out of the lab's folder");
  EXPECT_EQ(escaped.error().diagnostics.at(0).line, 19U);
}

TEST(AssignmentFolder, TellsWhatCannotBeRead) {
  const TemporaryFolder folder;
  const auto why = [&] {
    const auto lab = parse_assignment(folder.path(), kGroups);
    return lab ? "" : lab.error().text();
  };
  const fs::path file = folder.path() / "assignment.toml";
  const std::string begin = file.string() + ": cannot be read: ";
  EXPECT_EQ(why(), begin + "No such file or directory");
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_EQ(why(), begin + "is a FIFO");
  fs::remove(file);
  fs::create_directory(file);
  EXPECT_EQ(why(), begin + "is a folder");
  fs::remove(file);
  folder.write("assignment.toml", std::string(1'000'000, '#'));
  EXPECT_EQ(why().substr(0, begin.size() + 17), begin + "has 1000000 bytes");
}

TEST(LabFinder, ListsAndFinds) {
  const TemporaryFolder folder;
  const fs::path& labs = folder.path();
  folder.write("pipes/assignment.toml", "title = \"Two pipes\"");
  folder.write("broken/assignment.toml", "title = ");
  folder.write("README.md", "");
  fs::create_directory(labs / "empty");
  const std::vector<LabEntry> entries = installed_labs(labs);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].name, "broken");
  EXPECT_EQ(entries[0].title, "");
  EXPECT_EQ(entries[1].name, "pipes");
  EXPECT_EQ(entries[1].title, "Two pipes");
  EXPECT_EQ(entries[1].folder, labs / "pipes");

  EXPECT_EQ(find_lab("pipes", labs), labs / "pipes");
  EXPECT_EQ(find_lab((labs / "pipes").string(), "/nowhere"), labs / "pipes");
}

TEST(LabFinder, SaysWhatThereIsInstead) {
  const TemporaryFolder folder;
  const fs::path& labs = folder.path();
  folder.write("pipes/assignment.toml", "");
  folder.write("signals/assignment.toml", "");
  const std::string rest =
      "\n  installed labs: pipes, signals"
      "\n  a lab of your own is named by the path of its folder, such as ./my-lab";
  const auto error = [&](std::string_view lab) {
    const auto found = find_lab(lab, labs);
    return found ? "found " + found->string() : found.error();
  };
  EXPECT_EQ(error("pipe"), "no lab \"pipe\"\n  hint: did you mean \"pipes\"?" + rest);
  EXPECT_EQ(error("x/../y z"), "no lab \"x/../y z\"" + rest);
  EXPECT_EQ(error(""), "no lab \"\"" + rest);
  EXPECT_EQ(error("\x1b[31m\n\xff"), "no lab \"\x1b[31m\n\xff\"" + rest);
  EXPECT_EQ(
      error(std::string_view("pipes\0x", 7)),
      "no lab \"" + std::string("pipes\0x", 7) + "\"\n  hint: did you mean \"pipes\"?" + rest);
  EXPECT_EQ(error("{}"), "no lab \"{}\"" + rest);
  EXPECT_EQ(error(labs.string()),
            "the folder \"" + labs.string() + "\" is no lab: it has no assignment.toml" + rest);
  const std::string file = (labs / "pipes/assignment.toml").string();
  EXPECT_EQ(error(file), "\"" + file +
                             "\" is a file; a lab is a folder that holds assignment.toml\n"
                             "  hint: did you mean \"" +
                             (labs / "pipes").string() + "\"?");
  EXPECT_EQ(find_lab("pipes", labs / "none").error(),
            "no lab \"pipes\"\n  no labs are installed in " + (labs / "none").string() +
                "\n  a lab of your own is named by the path of its folder, such as ./my-lab");
}

TEST(Units, TakesWhatTheFormatSays) {
  EXPECT_EQ(try_duration("500ms"), 500ms);
  EXPECT_EQ(try_duration("20s"), 20s);
  EXPECT_EQ(try_duration("2min"), 2min);
  for (const std::string_view text :
       {"", "s", "20", "20 s", "-1s", "+1s", "1.5s", "1h", "20S", "9223372036854775807min"}) {
    EXPECT_FALSE(try_duration(text)) << text;
  }
  EXPECT_EQ(try_size("512"), 512U);
  EXPECT_EQ(try_size("1KiB"), 1024U);
  EXPECT_EQ(try_size("256MiB"), 256U << 20);
  EXPECT_EQ(try_size("2GiB"), 2ULL << 30);
  for (const std::string_view text : {"", "KiB", "1KB", "1 KiB", "-1", "0x10", "1kib",
                                      "18446744073709551616", "9999999999999GiB"}) {
    EXPECT_FALSE(try_size(text)) << text;
  }
}

TEST(DidYouMean, IsNearestWithinAThird) {
  const std::vector<std::string_view> words{"wall", "cpu", "memory", "processes"};
  EXPECT_EQ(nearest_word("memoy", words), "memory");
  EXPECT_EQ(nearest_word("cp", words), "cpu");
  EXPECT_EQ(nearest_word("proceses", words), "processes");
  EXPECT_EQ(nearest_word("wlal", words), "wall");
  EXPECT_EQ(nearest_word("wla", words), std::nullopt);
  EXPECT_EQ(nearest_word("network", words), std::nullopt);
  EXPECT_EQ(nearest_word("", words), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(1'000'000, 'x'), words), std::nullopt);
}

class Readme : public testing::Test {
 protected:
  /// What is between "```LANGUAGE" and "```", the first time after `heading`.
  [[nodiscard]] std::string block(std::string_view heading, std::string_view language) const {
    const std::size_t from = text_.find("\n" + std::string(heading) + "\n");
    EXPECT_NE(from, std::string::npos) << heading;
    const std::string fence = "\n```" + std::string(language) + "\n";
    const std::size_t begin = text_.find(fence, from);
    EXPECT_NE(begin, std::string::npos) << fence;
    const std::size_t end = text_.find("\n```\n", begin + fence.size());
    return text_.substr(begin + fence.size(), end + 1 - begin - fence.size());
  }
  [[nodiscard]] std::string example() const { return block("### 2. What is graded", "toml"); }

  std::string text_ = contents(kAssignments / "README.md");
};

TEST_F(Readme, ItsExampleIsALab) {
  const auto lab = parse(example());
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->scenarios.size(), 2U);
  EXPECT_EQ(lab->scenarios[0].starts.at(0).input, "abc");
}

TEST_F(Readme, ItsCheckOfOnesOwnCanBeAdded) {
  const auto lab = parse(example() + block("### `[[check]]`", "toml"));
  ASSERT_TRUE(lab) << lab.error().text();
  EXPECT_EQ(lab->checks.back().id, "thrift");
}

TEST_F(Readme, ItsMistakesAreToldAsItSays) {
  std::string lab = example();
  const auto replace = [&](std::string_view from, std::string_view to) {
    ASSERT_NE(lab.find(from), std::string::npos) << from;
    lab.replace(lab.find(from), from.size(), to);
  };
  replace("\"5s\"", "\"5 sec\"");
  replace("sysv-semaphores", "sysv-semaphore");
  replace("program = \"buffer\"", "progam = \"buffer\"");
  const auto told = parse_assignment_text(lab, "bounded-buffer/assignment.toml", kGroups, no_files);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().text() + "\n", block("## A mistake in the file", "text"));
}

TEST_F(Readme, NamesAllDefaultsAndGroups) {
  for (const CheckDefaults& defaults : check_defaults()) {
    std::string row = "| `" + std::string(defaults.id) + "`";
    row += defaults.per_scenario ? " (per scenario)" : "";
    row += " | `" + std::string(name_of(defaults.stage)) + "` |";
    for (const Kind kind : defaults.kinds) row += " `" + std::string(name_of(kind)) + "`";
    EXPECT_NE(text_.find("\n" + row + " |\n"), std::string::npos) << row;
  }
  for (const std::string_view group : kGroups) {
    EXPECT_NE(text_.find("\n| `" + std::string(group) + "` |"), std::string::npos) << group;
  }
}

}  // namespace
}  // namespace ipcgrade

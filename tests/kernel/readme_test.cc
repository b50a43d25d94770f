// The READMEs as their readers do them. The worked example of assignments/README.md: every file
// that it shows is written, every command typed, and what they print is what it says they print. Of
// the project's README, what is graded and explored.
#include <gtest/gtest.h>

#include <regex>
#include <span>

#include "../support/process.h"

namespace ipcgrade::test {
namespace {

const std::string kProgram = IPCGRADE_BINARY;
const std::filesystem::path kSource = IPCGRADE_SOURCE_DIR;

using Lines = std::vector<std::string>;

/// Without blanks at their ends, and all tokens of orders alike: they say which build it was. Up to
/// where it says what the machine has.
Lines lines_of(const std::string& text) {
  static const std::regex kToken("(\\./)?ipcgrade replay [0-9a-z-]+");
  // On a terminal there is a bar in its place, which goes.
  static const std::regex kProgress(R"(\[\d+/\d+\] .*)");
  Lines lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line) && !line.starts_with("sandbox: ");) {
    if (std::regex_match(line, kProgress)) continue;
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::regex_replace(line, kToken, "ipcgrade replay TOKEN"));
  }
  return lines;
}

std::string text_of(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// Whether `printed` is what is shown, where a line "…" stands for any number of lines.
bool matches(std::span<const std::string> shown, std::span<const std::string> printed) {
  if (shown.empty()) return printed.empty();
  if (shown[0] == "…") {
    return matches(shown.subspan(1), printed) ||
           (!printed.empty() && matches(shown, printed.subspan(1)));
  }
  return !printed.empty() && shown[0] == printed[0] &&
         matches(shown.subspan(1), printed.subspan(1));
}

/// What is between two fences; `file` is the name that stands above it as **NAME**, if one does.
struct Block {
  std::string language;
  std::string file;
  Lines lines;
};

std::vector<Block> blocks_of(const std::string& text) {
  static const std::regex kName(R"(\*\*(\S+)\*\*)");
  std::vector<Block> blocks;
  std::string above;
  bool inside = false;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (!inside) continue;
      std::smatch name;
      const bool named = std::regex_match(above, name, kName);
      blocks.push_back({line.substr(3), named ? name[1].str() : "", {}});
    } else if (inside) {
      blocks.back().lines.push_back(line);
    }
    if (!line.empty()) above = line;
  }
  return blocks;
}

/// A line "$ COMMAND" and the lines below it.
struct Typed {
  std::string command;
  std::string shown;
};

std::vector<Typed> typed_in(const Block& block) {
  std::vector<Typed> all;
  for (const std::string& line : block.lines) {
    if (line.starts_with("$ ")) {
      all.push_back({line.substr(2), ""});
    } else if (!all.empty()) {
      all.back().shown += line + "\n";
    }
  }
  return all;
}

class Readme : public testing::Test {
 protected:
  void SetUp() override {
    const Ran box = run({kProgram, "sandbox", "--", "true"});
    if (box.status != 0) GTEST_SKIP() << box.errors;
    std::filesystem::create_symlink(kProgram, bin_ / "ipcgrade");
  }

  void type(const Typed& typed, const std::filesystem::path& folder,
            const std::filesystem::path& readme) {
    const Ran ran = run({"sh", "-c",
                         "exec 2>&1; cd '" + folder.string() + "'; PATH='" + bin_.path().string() +
                             "':$PATH; " + typed.command});
    EXPECT_TRUE(matches(lines_of(typed.shown), lines_of(ran.output)))
        << "$ " << typed.command << "\nprints\n"
        << ran.output << "and " << readme << " shows\n"
        << typed.shown;
    ++commands_;
  }

  TemporaryFolder bin_;
  std::size_t commands_ = 0;
};

TEST_F(Readme, TheLabsExampleIsAsItSays) {
  const std::filesystem::path readme = kSource / "assignments/README.md";
  const TemporaryFolder folder;
  std::size_t files = 0;
  for (const Block& block : blocks_of(contents(readme))) {
    if (!block.file.empty()) {
      folder.write(block.file, text_of(block.lines));
      ++files;
    }
    if (block.language != "console") continue;
    for (const Typed& typed : typed_in(block)) type(typed, folder.path(), readme);
  }
  EXPECT_GE(files, 6U);
  EXPECT_GE(commands_, 9U);
  EXPECT_TRUE(std::filesystem::exists(folder / "my-buffer/Makefile"));
}

TEST_F(Readme, TheProjectsReportsAreAsItSays) {
  const std::filesystem::path readme = kSource / "README.md";
  for (const Block& block : blocks_of(contents(readme))) {
    for (Typed& typed : typed_in(block)) {
      const bool grades = typed.command.starts_with("./ipcgrade check ") ||
                          typed.command.starts_with("./ipcgrade explore ");
      if (!grades) continue;
      typed.command.erase(0, 2);
      type(typed, kSource, readme);
    }
  }
  EXPECT_GE(commands_, 3U);
}

}  // namespace
}  // namespace ipcgrade::test

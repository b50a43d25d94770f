// The worked example of assignments/README.md as its reader does it: every file that it shows is
// written, every command typed, and what they print is what it says they print.
#include <gtest/gtest.h>

#include <regex>
#include <span>

#include "../support/process.h"

namespace ipcgrade::test {
namespace {

const std::string kProgram = IPCGRADE_BINARY;
const std::filesystem::path kReadme =
    std::filesystem::path(IPCGRADE_SOURCE_DIR) / "assignments/README.md";

using Lines = std::vector<std::string>;

/// Without blanks at their ends, and all tokens of orders alike: they say which build it was.
Lines lines_of(const std::string& text) {
  static const std::regex kToken("ipcgrade replay [0-9a-z-]+");
  Lines lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
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

TEST(LabReadme, ItsExampleIsAsItSays) {
  const Ran box = run({kProgram, "sandbox", "--", "true"});
  if (box.status != 0) GTEST_SKIP() << box.errors;
  const TemporaryFolder bin;
  std::filesystem::create_symlink(kProgram, bin / "ipcgrade");
  const TemporaryFolder folder;
  const std::string begin =
      "exec 2>&1; cd '" + folder.path().string() + "'; PATH='" + bin.path().string() + "':$PATH; ";
  std::size_t files = 0;
  std::size_t commands = 0;
  for (const Block& block : blocks_of(contents(kReadme))) {
    if (!block.file.empty()) {
      folder.write(block.file, text_of(block.lines));
      ++files;
    }
    if (block.language != "console") continue;
    for (const Typed& typed : typed_in(block)) {
      const Ran ran = run({"sh", "-c", begin + typed.command});
      EXPECT_TRUE(matches(lines_of(typed.shown), lines_of(ran.output)))
          << "$ " << typed.command << "\nprints\n"
          << ran.output << "and " << kReadme << " shows\n"
          << typed.shown;
      ++commands;
    }
  }
  EXPECT_GE(files, 6U);
  EXPECT_GE(commands, 9U);
  EXPECT_TRUE(std::filesystem::exists(folder / "my-buffer/Makefile"));
}

}  // namespace
}  // namespace ipcgrade::test

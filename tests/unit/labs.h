// What the tests of assignment files share: a lab with every key, and its mistakes in short.
#pragma once

#include <gtest/gtest.h>

#include <expected>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "assignment/parse.h"

namespace ipcgrade {

namespace fs = std::filesystem;

inline const fs::path kAssignments = fs::path(IPCGRADE_SOURCE_DIR) / "assignments";
inline const std::vector<std::string_view> kGroups{
    "sysv-shared-memory", "sysv-semaphores", "sysv-queues", "posix-ipc",  "signals", "timers",
    "local-sockets",      "network",         "exec",        "peer-memory"};

// The line numbers matter: mistakes are made by replacing text within a line.
inline constexpr std::string_view kLab = R"(schema = 1
name = "lab"
title = "A lab"
programs = ["ping", "pong"]
policy = ["signals", "timers"]

[limits]
wall = "20s"
memory = "256MiB"
processes = 64

[[scenario]]
id = "both"
title = "both are started"
given = [{ segment = 5, size = 100 }]

[[scenario.start]]
program = "ping"
args = ["-n", "3"]

[[scenario.start]]
program = "pong"
when = [{ segment = 5, min-size = 10, attached = true }, { ended = "ping" }]

[[scenario.result]]
ping = { output = "ping\n", exit = 0 }
pong = { output = "", exit = "nonzero", from-segment = 5, may-wait = true }

[[scenario]]
id = "again"
title = "both are started again"
like = "both"

[[check]]
id = "build"
title = "they build"
points = 1

[[check]]
id = "own"
title = "they do not crash"
points = 0.5
stage = "fair"
kinds = ["crash", "time-limit"]
)";

inline std::expected<std::string, std::string> no_files(const std::string&) {
  return std::unexpected("there is none");
}

inline std::string lab_with(std::string_view from, std::string_view to) {
  std::string text(kLab);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

inline auto parse(std::string_view text) {
  return parse_assignment_text(text, "lab.toml", kGroups, no_files);
}

/// Each mistake as "LINE:COLUMN: message" or "LINE:COLUMN: message | hint".
inline std::vector<std::string> mistakes_in(std::string_view text) {
  std::vector<std::string> lines;
  if (const auto assignment = parse(text); !assignment) {
    for (const Diagnostic& found : assignment.error().diagnostics) {
      lines.push_back(std::to_string(found.line) + ":" + std::to_string(found.column) + ": " +
                      found.message + (found.hint.empty() ? "" : " | " + found.hint));
    }
  }
  return lines;
}

using Lines = std::vector<std::string>;

struct Slip {
  std::string_view from;
  std::string_view to;
  Lines mistakes;
};

inline void expect_mistakes(const std::vector<Slip>& slips) {
  for (const Slip& slip : slips) {
    EXPECT_EQ(mistakes_in(lab_with(slip.from, slip.to)), slip.mistakes)
        << slip.from << " -> " << slip.to;
  }
}

inline std::string contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  EXPECT_TRUE(stream) << path;
  return text.str();
}

}  // namespace ipcgrade

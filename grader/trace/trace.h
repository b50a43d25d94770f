// What happened in one run of a scenario: the only thing that detectors see. This version runs at
// full speed, and records what can be seen from outside.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sandbox/listing.h"
#include "sandbox/outcome.h"

namespace ipcgrade {

/// One program of the scenario, in the order of its starts.
struct ProcessRecord {
  std::string program;
  /// Nothing: it was never started, since no moment to start it came.
  std::optional<sandbox::CommandEnd> end;
  std::string output;  ///< stdout
  std::string errors;  ///< stderr
};

struct Trace {
  std::string scenario;  ///< its id
  std::vector<ProcessRecord> processes;
  /// Why the run was ended early; `command` is an index into `processes`.
  std::optional<sandbox::Cause> stopped;
  /// System V segments that were there when a start that waits for one was given up.
  std::vector<sandbox::SysvSegment> seen_segments;
  sandbox::Listing left;  ///< after the programs ended
  /// Programs (by name, as the kernel knows them) of children whose parent ended without waiting
  /// for them.
  std::vector<std::string> unreaped;
};

}  // namespace ipcgrade

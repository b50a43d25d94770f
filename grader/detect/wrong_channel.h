// wrong-channel: data that go another way from one process to another than the lab's.
#pragma once

#include <optional>

#include "assignment/assignment.h"
#include "trace/finding.h"
#include "trace/trace.h"

namespace ipcgrade {

/// A fair run of one of the channel's scenarios.
struct ChannelRun {
  const Scenario& scenario;
  const Trace& trace;
};

/// What differs between the two runs is data, or was made from them, since nothing else differs in
/// what the programs are given. Accused is a channel whose means carries nothing that differs from
/// the one party to the other; and an object beside it that does, if only in how often it is used.
/// What one party tells itself, and what goes against the channel's direction, is no matter.
///
/// The finding is about `run`, or else about `other`, as its scenario says. Nothing where one of
/// them was not held to its end, came to no right result, or where they do not differ in what is
/// printed.
[[nodiscard]] std::optional<Finding> detect_wrong_channel(const Channel& channel, Stage stage,
                                                          const ChannelRun& run,
                                                          const ChannelRun& other);

}  // namespace ipcgrade

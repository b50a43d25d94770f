// Inputs that are known only when the programs are: what one of them uses to mark the end of its
// data, as data.
#pragma once

#include "grade/held_scenario.h"

namespace ipcgrade {

/// The assignment with the inputs that are what a program sends last in the fair run of another
/// scenario, and with the outputs that are somebody's input. An error is the machine's or ours.
[[nodiscard]] sandbox::Expected<Assignment> with_inputs(const HeldSpec& spec);

}  // namespace ipcgrade

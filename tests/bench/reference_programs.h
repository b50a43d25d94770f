// What the reference programs take as they are, from their start to their end.
#pragma once

#include "table.h"

/// Runs each on one core and on any, in turn, as often as there are rounds. The parent must not be
/// pinned. A program that fails is a std::runtime_error.
Table reference_programs(int rounds);

// Locks on files: flock(2), and the record locks of fcntl(2), of processes (F_SETLK…) and of open
// file descriptions (F_OFD_…). The two kinds do not see each other. The kernel never sees either.
//
// An unlock comes before the locks that could not have been had beside it.
#pragma once

#include "ipc/operation.h"

namespace ipcgrade {

extern const Mechanism kFileLockMechanism;

}  // namespace ipcgrade

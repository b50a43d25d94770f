// The mechanisms that need no header of their own.
#pragma once

#include "ipc/operation.h"

namespace ipcgrade {

extern const Mechanism kWaitMechanism;
extern const Mechanism kDescriptorMechanism;
extern const Mechanism kReadWriteMechanism;
extern const Mechanism kSpliceMechanism;
extern const Mechanism kPipeMechanism;
extern const Mechanism kRandomMechanism;
extern const Mechanism kFileMechanism;
extern const Mechanism kPageMapMechanism;
extern const Mechanism kPollMechanism;
extern const Mechanism kEpollMechanism;
extern const Mechanism kEventfdMechanism;
extern const Mechanism kInotifyMechanism;
extern const Mechanism kTimerfdMechanism;
extern const Mechanism kSignalfdMechanism;
extern const Mechanism kPidfdMechanism;
extern const Mechanism kSocketMechanism;
extern const Mechanism kGraderDescriptorMechanism;
extern const Mechanism kOwnAffairsMechanism;
extern const Mechanism kThreadJoinMechanism;
extern const Mechanism kAnnouncedMechanism;

}  // namespace ipcgrade

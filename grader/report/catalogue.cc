#include "report/catalogue.h"

namespace ipcgrade {

CatalogueEntry catalogue_entry(Kind kind) {
  // A switch and no table: the compiler then tells which kind has no words yet.
  switch (kind) {
    case Kind::kBuildError:
      return {"it does not build",
              "Mend the first thing that is named above; what comes later often follows from it."};
    case Kind::kWrongOutput:
      return {
          "the output is not the expected one",
          "Compare the two outputs from the first place where they differ. Every byte counts, also "
          "spaces and the last newline; what is meant for you and not for the grader goes to "
          "stderr."};
    case Kind::kWrongExit:
      return {
          "the exit status is not the expected one",
          "Look at what main returns, and at every exit() on the way. 0 says that all went well, "
          "anything else that something failed."};
    case Kind::kOrderDependentResult:
      return {
          "the result depends on the order in which the processes run",
          "Find the two steps whose order matters, and let one process wait until the other has "
          "done its step. A sleep does not order them."};
    case Kind::kCrash:
      return {
          "a process crashed",
          "Look at the pointer or index that is used at that place, and check what the call that "
          "it came from returned."};
    case Kind::kDeadlock:
      return {"everybody waits and nobody can go on",
              "Ask of each waiting process who was to wake it, and why that one cannot."};
    case Kind::kLostWakeup:
      return {
          "a wake-up came before anybody waited for it",
          "Checking and going to sleep must be one step. Use something that remembers, such as a "
          "semaphore, or block the signal until the call that waits for it."};
    case Kind::kLivelock:
      return {
          "the processes run on and get nowhere",
          "Look at the loop in which each of them goes round, and at who could end it: has that "
          "one ended, or did it set what is waited for too early, before the other looked?"};
    case Kind::kBusyWait:
      return {
          "it waits by looking again and again",
          "Use a call that sleeps until something has happened, such as a semaphore, a read from a "
          "pipe, or sigsuspend()."};
    case Kind::kTimingAssumption:
      return {"it is right only if the others are quick enough",
              "Wait for the event itself and not for a time in which it should have come."};
    case Kind::kDataRace:
      return {
          "two processes or threads touch the same bytes and nothing orders them",
          "Put something between the two accesses that orders them, such as a semaphore. volatile "
          "and sleep() order nothing."};
    case Kind::kUnsafeHandler:
      return {
          "a signal handler does what a handler must not do",
          "Let the handler only set a flag of type volatile sig_atomic_t, or write to a pipe, and "
          "do the rest outside it. signal-safety(7) lists what a handler may call."};
    case Kind::kUnclosedPipeEnd:
      return {
          "a pipe end that is never used is still open",
          "After fork() both processes hold both ends. Each closes the end that it does not use; a "
          "reader sees the end of the data only when the last write end is closed."};
    case Kind::kLeakedObject:
      return {
          "an IPC object was left behind",
          "IPC objects outlive the processes that made them. Whoever makes one also removes it, on "
          "every way out of the program: shmctl, semctl and msgctl with IPC_RMID, or the unlink "
          "call of the POSIX ones."};
    case Kind::kLeakedProcess:
      return {
          "a process was left behind",
          "A parent sees to it that each of its children ends, and waits for it, before it ends "
          "itself."};
    case Kind::kUnreapedChild:
      return {"nobody waited for a child",
              "Call wait() or waitpid() once for each child that fork() made."};
    case Kind::kUnhandledError:
      return {
          "a call that failed, or did only a part, is not handled",
          "Check what the call returns. If it failed, say so on stderr, remove what was made so "
          "far, and exit with a status other than 0. EINTR is no failure: call again. A short "
          "count "
          "is no end: go on with the rest."};
    case Kind::kWrongChannel:
      return {"the data did not go as the lab says",
              "Read in the handout which IPC mechanism carries the data, and use only that one."};
    case Kind::kForbiddenCall:
      return {"it called what this lab does not allow",
              "The lab can be done without this call. The handout says which means it is about."};
    case Kind::kTimeLimit:
      return {
          "it was not done in time",
          "Find out what each program was waiting for when its time was over. Often the one who "
          "was to wake it had already ended, or waits as well."};
    case Kind::kCpuLimit:
      return {"it used more processor time than it may",
              "Look for a loop that never ends, or one that waits by looking again and again."};
    case Kind::kMemoryLimit:
      return {"it used more memory than it may",
              "Look for memory that is asked for in a loop, and at the sizes that are asked for. "
              "Shared segments and files in /tmp count as well."};
    case Kind::kProcessLimit:
      return {"it made more processes or threads than it may",
              "Look at each fork(): does the child leave the loop in which it was made?"};
    case Kind::kOutputLimit:
      return {"it printed more than it may", "Look for a loop that prints and does not end."};
    case Kind::kFileLimit:
      return {"it wrote a larger file than it may",
              "Look for a loop that writes to a file and does not end."};
  }
  return {"something went wrong", ""};
}

}  // namespace ipcgrade

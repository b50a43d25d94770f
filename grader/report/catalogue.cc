#include "report/catalogue.h"

namespace ipcgrade {

CatalogueEntry catalogue_entry(Kind kind) {
  // A switch and no table: the compiler then tells which kind has no words yet.
  switch (kind) {
    case Kind::kBuildError:
      return {"it does not build",
              "The compiler or the linker stopped with an error, or there is no source, or more"
              " than one, for a program that the lab names. What the compiler wrote is shown. "
              "Nothing else is tried, since there is nothing to run.",
              "Mend the first thing that is named above; what comes later often follows from it."};
    case Kind::kWrongOutput:
      return {
          "the output is not the expected one",
          "In the fair run, in which each process gets its turn and nothing is stalled, a "
          "program printed something else than it should: too much, too little, other "
          "bytes, or the right text although what it says never happened. Both texts are "
          "shown, and the line that wrote the first byte that differs, or, where the text "
          "ends too early, the line at which the program read last.",
          "Compare the two outputs from the first place where they differ. Every byte counts, also "
          "spaces and the last newline; what is meant for you and not for the grader goes to "
          "stderr."};
    case Kind::kWrongExit:
      return {
          "the exit status is not the expected one",
          "In the fair run a program ended with another exit status than it should, or a "
          "child of it did. The status is what main returns, or what exit() is given. A "
          "shell shows it with `echo $?`.",
          "Look at what main returns, and at every exit() on the way. 0 says that all went well, "
          "anything else that something failed."};
    case Kind::kOrderDependentResult:
      return {
          "the result depends on the order in which the processes run",
          "When each process gets its turn, all is right. In the order that is shown it is "
          "not: what is printed, or the exit status, is another. The machine may choose "
          "that order, too, though perhaps one time in a million. Two steps of two "
          "processes can come in either order, and the programs count on one of them.",
          "Find the two steps whose order matters, and let one process wait until the other has "
          "done its step. A sleep does not order them."};
    case Kind::kCrash:
      return {
          "a process crashed",
          "A process was ended by a signal that no process sent it: SIGSEGV for memory that"
          " is not its own, SIGFPE for a division by zero, SIGPIPE for a write that nobody "
          "can read, SIGABRT for an exception or an assertion, or a signal such as SIGALRM "
          "or SIGINT for which it had no handler.",
          "Look at the pointer or index that is used at that place, and check what the call that "
          "it came from returned."};
    case Kind::kDeadlock:
      return {"everybody waits and nobody can go on",
              "Nobody can go on: each process that is left waits for something that only "
              "another could do, and that one waits as well, or has ended. No time-out is left "
              "that could help. Shown is who waits where, what for, what each of them holds, "
              "and who could have helped.",
              "Ask of each waiting process who was to wake it, and why that one cannot."};
    case Kind::kLostWakeup:
      return {
          "a wake-up came before anybody waited for it",
          "A process waits for an event that came before it began to wait, and will not "
          "come again. Typically it looked whether there was something to do, found "
          "nothing, and went to sleep; between the look and the sleep the event came. "
          "Events that are not counted, such as signals or a wake-up of a condition "
          "variable, are gone then.",
          "Checking and going to sleep must be one step. Use something that remembers, such as a "
          "semaphore, or block the signal until the call that waits for it."};
    case Kind::kLivelock:
      return {
          "the processes run on and get nowhere",
          "The processes are busy and get nowhere: one of them looks again and again at "
          "something that nobody will change any more. After a while everything is as it "
          "was before, so it would go on for ever.",
          "Look at the loop in which each of them goes round, and at who could end it: has that "
          "one ended, or did it set what is waited for too early, before the other looked?"};
    case Kind::kBusyWait:
      return {
          "it waits by looking again and again",
          "A process waits by looking again and again. That takes the processor away from "
          "the one it waits for. Where a lab forbids that, too, a sleep or a yield between "
          "the looks does not help.",
          "Use a call that sleeps until something has happened, such as a semaphore, a read from a "
          "pipe, or sigsuspend()."};
    case Kind::kTimingAssumption:
      return {"it is right only if the others are quick enough",
              "It is right as long as nobody is slow. A sleep was over, or a time-out came, "
              "before the other process had done what it should have by then: on a busy machine"
              " a process may stand still for seconds. The stall that shows it is in the story.",
              "Wait for the event itself and not for a time in which it should have come."};
    case Kind::kDataRace:
      return {
          "two processes or threads touch the same bytes and nothing orders them",
          "Two processes or threads touch the same bytes of memory that they share, one of "
          "them writes, and nothing orders the two: no semaphore, no lock, no message, no "
          "signal, no wait. So each order is possible, and so is half of each. The compiler"
          " and the processor may move such accesses, too. It is a fault also where every "
          "order that was tried printed the right thing.",
          "Put something between the two accesses that orders them, such as a semaphore. volatile "
          "and sleep() order nothing."};
    case Kind::kUnsafeHandler:
      return {
          "a signal handler does what a handler must not do",
          "A signal handler runs between any two instructions of the program, perhaps in "
          "the middle of printf or malloc. If it calls the same function again, that one "
          "finds its own data half changed. Only functions that signal-safety(7) lists may "
          "be called. And a handler that changes errno and returns makes the interrupted "
          "code see the wrong error.",
          "Let the handler only set a flag of type volatile sig_atomic_t, or write to a pipe, and "
          "do the rest outside it. signal-safety(7) lists what a handler may call."};
    case Kind::kUnclosedPipeEnd:
      return {
          "a pipe end that is never used is still open",
          "A process read or wrote a pipe while it held an end that it has no use for. As "
          "long as somebody holds the write end, a reader never sees the end of the data; "
          "as long as somebody holds the read end, a writer is not told that nobody reads.",
          "After fork() both processes hold both ends. Each closes the end that it does not use; a "
          "reader sees the end of the data only when the last write end is closed."};
    case Kind::kLeakedObject:
      return {
          "an IPC object was left behind",
          "When the last process had ended, a segment, a semaphore, a queue or a shared "
          "memory object was still there. The kernel keeps them until they are removed or "
          "the machine is restarted, and the next run finds what the last one left.",
          "IPC objects outlive the processes that made them. Whoever makes one also removes it, on "
          "every way out of the program: shmctl, semctl and msgctl with IPC_RMID, or the unlink "
          "call of the POSIX ones."};
    case Kind::kLeakedProcess:
      return {
          "a process was left behind",
          "When the programs had ended, a process that one of them had made was still "
          "there. It goes on, without a parent, and may hold pipes and memory that others "
          "wait for.",
          "A parent sees to it that each of its children ends, and waits for it, before it ends "
          "itself."};
    case Kind::kUnreapedChild:
      return {"nobody waited for a child",
              "A child has ended and its parent never asked how. Until it does, or ends itself,"
              " the child stays in the table of processes as a zombie.",
              "Call wait() or waitpid() once for each child that fork() made."};
    case Kind::kUnhandledError:
      return {
          "a call that failed, or did only a part, is not handled",
          "One call was made to fail, as it might on a machine that is short of memory or "
          "of room, or was interrupted by a signal, or did only a part of what it was asked"
          " for; or a child was killed. What the program did then is told: it crashed, "
          "waited for ever, left something behind, went on as if nothing had happened, or "
          "took for a failure what was none.",
          "Check what the call returns. If it failed, say so on stderr, remove what was made so "
          "far, and exit with a status other than 0. EINTR is no failure: call again. A short "
          "count "
          "is no end: go on with the rest."};
    case Kind::kWrongChannel:
      return {"it was not done the way that the lab asks for",
              "The data did not go the way that the lab is about, or a process did another's "
              "part. That was found by running the programs twice, with inputs of the same "
              "length and other letters, and looking at what differs: where the difference "
              "passes, the data pass.",
              "Read in the handout which IPC mechanism carries the data, and use only that one."};
    case Kind::kForbiddenCall:
      return {"it called what this lab does not allow",
              "A program made a system call that this lab does not allow, and was ended for it."
              " The call, its arguments and the line are shown.",
              "The lab can be done without this call. The handout says which means it is about."};
    case Kind::kTimeLimit:
      return {
          "it was not done in time",
          "When the time was over, a program had not ended. It is told where each of them "
          "was then. Waiting for stdin does not count.",
          "Find out what each program was waiting for when its time was over. Often the one who "
          "was to wake it had already ended, or waits as well."};
    case Kind::kCpuLimit:
      return {"it used more processor time than it may",
              "The programs together used more processor time than they may. Somebody computed,"
              " or looked again and again, without a pause.",
              "Look for a loop that never ends, or one that waits by looking again and again."};
    case Kind::kMemoryLimit:
      return {"it used more memory than it may",
              "The programs together asked for more memory than they may. Shared segments, "
              "pipes and files in /tmp count, too.",
              "Look for memory that is asked for in a loop, and at the sizes that are asked for. "
              "Shared segments and files in /tmp count as well."};
    case Kind::kProcessLimit:
      return {"it made more processes or threads than it may",
              "There were more processes and threads at one time than there may be. Often a "
              "child goes on in the loop in which it was made, and makes children itself.",
              "Look at each fork(): does the child leave the loop in which it was made?"};
    case Kind::kOutputLimit:
      return {"it printed more than it may",
              "The programs printed more than they may, stdout and stderr together.",
              "Look for a loop that prints and does not end."};
    case Kind::kFileLimit:
      return {"it wrote a larger file than it may",
              "A file grew larger than it may, or the files together did.",
              "Look for a loop that writes to a file and does not end."};
  }
  return {"something went wrong", "", ""};
}

}  // namespace ipcgrade

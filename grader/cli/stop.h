// SIGINT, SIGTERM and SIGHUP: the first asks everything to end and write what is done, one that
// comes seconds later kills.
#pragma once

#include "sandbox/fd.h"

namespace ipcgrade {

/// One a process: the signals are the process's.
class Stop {
 public:
  /// Takes the signals. Ones that are ignored (nohup) stay so.
  Stop();

  /// Readable, for good, once a signal has come.
  [[nodiscard]] int fd() const;
  /// Which one has come; 0 for none.
  [[nodiscard]] int signal() const;

 private:
  sandbox::Fd reading_;
};

}  // namespace ipcgrade

// Keys as they are pressed, without a return key after them.
#pragma once

#include <termios.h>

#include <string>

#include "sandbox/fd.h"

namespace ipcgrade {

enum class Key { kNext, kBack, kSwitch, kFirst, kLast, kQuit, kOther };

/// Takes stdin's terminal out of its lines for as long as it lives. Signals stay as they are.
class Keys {
 public:
  /// `stop` is readable when there are to be no more; borrowed.
  explicit Keys(int stop);
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  ~Keys();

  /// Waits for one. kQuit where stdin ends, or `stop` says so.
  [[nodiscard]] Key read();

 private:
  int stop_;
  std::string pressed_;  ///< bytes that nobody has read yet
  termios before_{};
  bool changed_ = false;
};

}  // namespace ipcgrade

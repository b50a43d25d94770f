// Names in archives are UTF-8, whatever locale the user has.
#pragma once

#include <locale.h>

namespace ipcgrade {

/// While it lives, this thread's characters are those of UTF-8 (LC_CTYPE alone): libarchive 3.6
/// loses a name that the locale can't hold, and the locale of a program that does not ask for
/// another holds ASCII alone. Where the system has no C.UTF-8, nothing changes. Source:
/// uselocale(3).
class Utf8Names {
 public:
  Utf8Names() : ours_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (ours_ != nullptr) before_ = ::uselocale(ours_);
  }
  ~Utf8Names() {
    if (ours_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(ours_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t ours_;
  locale_t before_ = nullptr;
};

}  // namespace ipcgrade

// What a handler may call.
#include "supervise/signal_safety.h"

#include <gtest/gtest.h>

namespace ipcgrade {
namespace {

TEST(SignalSafety, IsTheListOfTheManual) {
  for (const char* safe :
       {"write", "_exit", "kill", "sem_post", "memcpy", "sigaction", "waitpid"}) {
    EXPECT_TRUE(is_signal_safe(safe)) << safe;
  }
  for (const char* unsafe : {"printf", "malloc", "free", "exit", "usleep", "semop", "sem_wait",
                             "pthread_mutex_lock", "syslog", "strerror", "fork_"}) {
    EXPECT_FALSE(is_signal_safe(unsafe)) << unsafe;
  }
}

TEST(SignalSafety, FortifiedNamesAreWhatTheyStandFor) {
  EXPECT_TRUE(is_signal_safe("__read_chk"));
  EXPECT_TRUE(is_signal_safe("__memcpy_chk"));
  EXPECT_FALSE(is_signal_safe("__printf_chk"));
}

TEST(SignalSafety, WhatNobodyCallsByNameIsNobodysFault) {
  for (const char* name :
       {"__stack_chk_fail", "__errno_location", "__tsan_read4", "__cxa_finalize"}) {
    EXPECT_TRUE(is_signal_safe(name)) << name;
  }
}

}  // namespace
}  // namespace ipcgrade

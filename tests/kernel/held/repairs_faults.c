// Faults at one instruction, thousands of times and each time with the same registers: the counters
// are in memory. Each handler's end is progress.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "held.h"

#define ROUNDS 2200
static volatile int rounds, faults, divisor, quotient;
static char* page;

static void on_fault(int signal, siginfo_t* info, void* context) {
  (void)info;
  ++faults;
  if (signal == SIGSEGV) mprotect(page, 4096, PROT_READ | PROT_WRITE);
  if (signal == SIGFPE) divisor = 2;
  if (signal == SIGILL) ((ucontext_t*)context)->uc_mcontext.gregs[REG_RIP] += 2;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGFPE, &action, NULL);
  sigaction(SIGILL, &action, NULL);
  page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (rounds = 0; rounds < ROUNDS; ++rounds) {
    mprotect(page, 4096, PROT_NONE);
    *(volatile char*)page = 1;
  }
  EXPECT(faults == ROUNDS);
  for (rounds = 0; rounds < ROUNDS; ++rounds) {
    divisor = 0;
    __asm__ volatile("movl $8, %%eax; cltd; idivl %1; movl %%eax, %0"
                     : "=m"(quotient)
                     : "m"(divisor)
                     : "eax", "edx", "cc");
  }
  EXPECT(faults == 2 * ROUNDS && quotient == 4);
  for (rounds = 0; rounds < ROUNDS; ++rounds) __asm__ volatile("ud2");
  EXPECT(faults == 3 * ROUNDS);
  return done();
}

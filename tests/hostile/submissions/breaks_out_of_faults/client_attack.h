#include <setjmp.h>
static sigjmp_buf back;
static void on_fault(int number) { (void)number, siglongjmp(back, 1); }
static void fault(void) {
  signal(SIGSEGV, on_fault);
  for (volatile int i = 0; i < 20; ++i) {
    if (sigsetjmp(back, 1) == 0) *(volatile int *)8 = 1;
  }
}
#define BEFORE fault()

static volatile int traps;
static void on_trap(int number) { (void)number, ++traps; }
static void trap(void) {
  signal(SIGTRAP, on_trap);
  __asm__ volatile(
      "pushfq; orq $0x100,(%%rsp); popfq; nop; nop; pushfq; andq $~0x100,(%%rsp); popfq" ::: "memory");
}
#define BEFORE trap()

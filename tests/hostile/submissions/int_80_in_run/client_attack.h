static void other_calls(void) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(20L) : "memory");
}
#define BEFORE other_calls()

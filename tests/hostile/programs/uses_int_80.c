// By int 0x80 the numbers of system calls mean others.
// expect: outcome=forbidden-call call~architecture
int main(void) {
  long result = 20;  // getpid there
  __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
  return (int)result;
}

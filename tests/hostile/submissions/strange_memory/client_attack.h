static void bend(char *text) {
  syscall(SYS_close_range, 3, ~0U, 0);
  mprotect(text, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
  mprotect(text - 4096, 3 * 4096, PROT_NONE);
  madvise(text, 4096, MADV_DONTNEED);
  madvise(text, 4096, MADV_REMOVE);
  mprotect(text, 4096, PROT_READ | PROT_WRITE);
  syscall(SYS_set_robust_list, (void *)0xdead000, 24);
  syscall(SYS_rseq, (void *)8, 32, 0, 1);
}
#define WITHIN(text) bend(text)

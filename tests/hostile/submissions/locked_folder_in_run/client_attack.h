static void lock(void) {
  if (access("locked", F_OK) == 0) _exit(9);
  if (mkdir("locked", 0700) != 0) return;
  close(open("locked/file", O_CREAT | O_WRONLY, 0600));
  chmod("locked", 0);
}
#define BEFORE lock()

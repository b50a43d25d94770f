static void crash(void) {
#line 1 "/etc/passwd"
  *(volatile int *)8 = 1;
}
#line 2 "../../../../../../../../etc/shadow"
#define BEFORE crash()

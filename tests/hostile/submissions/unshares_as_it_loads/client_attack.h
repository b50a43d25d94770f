static uint64_t hello[16];
// Only where somebody answers: what is seen when nobody holds it is nothing.
AS_IT_LOADS {
  if (forge(1, (long)hello, 0, 0) != 0x69706367) return;
  if (call(SYS_unshare, 0x10000000, 0, 0, 0, 0) == 0) call(SYS_write, 2, (long)"ESCAPED\n", 8, 0, 0);
}

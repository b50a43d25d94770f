static uint64_t hello[16];
AS_IT_LOADS {
  if (forge(1, (long)hello, 0, 0) != 0x69706367) return;
  if (call(SYS_fork, 0, 0, 0, 0, 0) == 0) for (;;) call(SYS_pause, 0, 0, 0, 0, 0);
}

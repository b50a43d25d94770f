AS_IT_LOADS { call(SYS_getrandom, 0x10000, 1L << 62, 0, 0, 0); }

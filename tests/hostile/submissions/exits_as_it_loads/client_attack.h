AS_IT_LOADS { call(SYS_exit_group, 0, 0, 0, 0, 0); }

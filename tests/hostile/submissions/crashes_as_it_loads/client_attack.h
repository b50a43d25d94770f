AS_IT_LOADS { __asm__ volatile("ud2"); }

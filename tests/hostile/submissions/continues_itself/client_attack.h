static void on_signal(int number) { (void)number; }
#define BEFORE (signal(SIGCONT, on_signal), raise(SIGCONT))

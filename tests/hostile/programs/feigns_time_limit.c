// Exits as timeout(1) does for what it killed.
// expect: outcome=exited status=137
int main(void) { return 137; }

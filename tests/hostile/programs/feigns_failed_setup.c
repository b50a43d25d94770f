// Exits as the sandbox does where it could not be made.
// expect: outcome=exited status=125
int main(void) { return 125; }

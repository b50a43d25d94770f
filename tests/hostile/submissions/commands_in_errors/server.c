#error [2J]0;owned ]]> </failure> [[ATTACHMENT|/etc/passwd]] ##vso[task.complete]
#warning [31m
::error file=x::owned
int main(void) { return 0; }

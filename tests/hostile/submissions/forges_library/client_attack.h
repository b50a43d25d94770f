static uint64_t hello[16];
// All code is the library's, and all of it is atomic.
static void forge_all(char *text) {
  hello[3] = hello[5] = INT64_MAX;
  forge(1, (long)hello, 0, 0);
  forge(2, 0, 0, 0);
  forge(4, (long)text, 64, 0);
  text[40] = 1;
}
#define WITHIN(text) forge_all(text)

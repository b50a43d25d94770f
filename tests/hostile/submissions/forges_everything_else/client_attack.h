static void forge_words(char *text) {
  const long arguments[] = {0, 8, (long)&arguments, -1, INT64_MIN};
  (void)text;
  for (long what = -2; what < 130; ++what) {
    for (int i = 0; i < 5; ++i) forge(what, arguments[i], arguments[(i + 1) % 5], arguments[(i + 2) % 5]);
  }
}
#define WITHIN(text) forge_words(text)

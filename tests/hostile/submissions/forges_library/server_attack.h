#define WITHIN(text) (text[40] = 2)

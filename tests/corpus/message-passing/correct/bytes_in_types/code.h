/* Who needs a text? A type is a positive long and has room for seven bytes:
 *
 *    63       59      56 55                      0
 *     0  0 0 0 c c c c  7 bytes, first one lowest
 *
 * c is how many of the seven count. c = 8 says that there are no more.
 */
#ifndef CODE_H
#define CODE_H

#define QUEUE  5679
#define BYTES  7
#define NOMORE 8

struct empty {
  long type;
  char unused[1];
};

static inline long pack(const unsigned char *bytes, int count)
{
  long code = (long)count << 56;
  for (int i = 0; i < count; i++)
    code |= (long)bytes[i] << (8 * i);
  return code;
}

static inline int unpack(long code, unsigned char *bytes)
{
  int count = (int)(code >> 56);
  for (int i = 0; i < BYTES; i++)
    bytes[i] = (unsigned char)(code >> (8 * i));
  return count;
}

#endif

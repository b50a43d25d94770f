#include <sys/stat.h>
#include <sys/sysmacros.h>

int main(int count, char **arguments) {
  const char *name = arguments[count - 1];
  if (mknod(name, S_IFCHR | 0666, makedev(1, 5)) == 0) return 0;
  return mknod(name, S_IFCHR | 0666, makedev(0, 0));
}

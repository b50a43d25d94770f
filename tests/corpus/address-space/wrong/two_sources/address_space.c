/* first try, does nothing yet */
#include <stdio.h>

int main(void)
{
    int x = 1;
    printf("parent %p %d\n", (void *)&x, x);
    return 0;
}

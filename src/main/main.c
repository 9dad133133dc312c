#include <stdio.h>

int main(void)
{
    puts("prep");
    return 0;
}

/* OPTIONS: m warn=none */
/*
 * What is overwritten before the function returns is gone: cells of locals and, as long as nobody else
 * can look, of globals.
 */
#include <stddef.h>

int *kept;
static int *slot;
int number;
struct s {
    int *p;
    int n;
};
struct s kept_s;
void look(void);

struct s cleared_before_return(void)
{
    int x = 1; /* STAYS x */
    struct s s = {0};
    s.p = &x;
    number = *s.p;
    s.p = NULL;
    return s;
}
struct s cleared_in_one_branch(int c)
{
    int x = 1; /* MOVED x */
    struct s s = {0};
    s.p = &x;
    if (c)
        s.p = NULL;
    return s;
}
int *replaced(void)
{
    int x = 1; /* STAYS x */
    int *p = &x;
    number = *p;
    p = kept;
    return p;
}
int *replaced_in_loop(int n)
{
    int x = 1; /* STAYS x */
    int *p = &x;
    while (n--) {
        number += *p;
        p = &number;
    }
    p = kept;
    return p;
}
struct s copied_then_cleared(void)
{
    int x = 1; /* STAYS x */
    struct s a = {&x, 1};
    struct s b = a;
    number = *b.p;
    a.p = NULL;
    return a;
}
int *parameter_replaced(int *p) /* STAYS p */
{
    number = *p;
    p = &number;
    return p;
}

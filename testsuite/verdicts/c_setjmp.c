/* OPTIONS: m warn=none */
/* setjmp, longjmp and computed goto: control may come back to where it was. */
#include <setjmp.h>
#include <stddef.h>

int *kept;
int number;
jmp_buf buf;
void may_jump(void);

int read_after_jump(void)
{
    int x = 1; /* STAYS x */
    int *volatile p = &x;
    if (setjmp(buf))
        return *p;
    may_jump();
    return 0;
}
int block_before_jump(void)
{
    int *volatile p = NULL;
    if (setjmp(buf))
        return *p;
    {
        int x = 1; /* EXTENDED x */
        p = &x;
    }
    may_jump();
    return 0;
}
int *returned_after_jump(void)
{
    int x = 1; /* MOVED x */
    int *volatile p = &x;
    if (setjmp(buf))
        return p;
    may_jump();
    return NULL;
}
int local_buffer(void)
{
    jmp_buf local; /* STAYS local */
    if (setjmp(local))
        return 1;
    longjmp(local, 1);
}
/* Computed goto. */
int dispatch(const char *code) /* STAYS code */
{
    static const void *const table[] = {&&stop, &&set, &&get};
    int *p = NULL;
    int n = 0;
    goto *table[(int)*code];
set: {
    int x = ++n; /* MOVED x */
    if (p)
        n += *p;
    p = &x;
    goto *table[(int)*++code];
}
get:
    if (p)
        n += *p;
    goto *table[(int)*++code];
stop:
    return n;
}
int *dispatch_returned(int c)
{
    void *where = c ? &&one : &&two;
    int x = 1; /* MOVED x */
    int y = 2; /* STAYS y */
    int *q = &y;
    goto *where;
one:
    return &x;
two:
    number = *q;
    return NULL;
}
void *label_is_no_local(void)
{
    static void *p;
    p = &&here;
here:
    return p;
}

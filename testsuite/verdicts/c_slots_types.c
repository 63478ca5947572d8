/* OPTIONS: m warn=none */
/* Function pointers stored as a field of one type and read as that of another, by a copy of bytes. */
#include <string.h>

int *kept;

struct bytes {
    void (*run)(int *);
};
struct bytes_too {
    void (*run)(int *);
};
struct bytes *some_bytes(void);
static void keeps_four(int *p) { kept = p; } /* LEAKS p */
void copy_bytes(struct bytes_too *from) /* LEAKS CONTENT from */
{
    from->run = keeps_four;
    memcpy(some_bytes(), from, sizeof *from);
}
void by_copied_bytes(void)
{
    int x = 1; /* MOVED x */
    some_bytes()->run(&x);
}

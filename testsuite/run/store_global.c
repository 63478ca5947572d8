/* Addresses that reach globals: directly, in arrays and structs, through statics, copies and calls. */
#include "run.h"

static int *scalar;
static int *array[4];
static struct { int *p; struct { const char *s; } inner; } record;
static _Thread_local int *local_to_thread;
static void *untyped;
static int **indirect = &scalar;
int *visible;

static void to_scalar(void) { int x = 1; scalar = &x; }
static void to_array(int i) { int x = 10 + i; array[i] = &x; }
static void to_record(void)
{
    int x = 2;
    char text[] = "text";

    record.p = &x;
    record.inner.s = text;
}
static void to_thread_local(void) { int x = 3; local_to_thread = &x; }
static void to_untyped(void) { double d = 4.5; untyped = &d; }
static int *to_static(int set)
{
    static int *kept;

    if (set) {
        int x = 5;

        kept = &x;
    }
    return kept;
}
static void through_pointer(void) { int x = 6; *indirect = &x; }
static void through_copy(void) { int x = 7; int *p = &x, *q = p; visible = q; }
static void keep(int *p) { scalar = p; }
static void through_call(void) { int x = 8; keep(&x); }
static void overwritten(void) { int x = 9, y = 90; scalar = &x; scalar = &y; }
static void one_of(int which) { int x = 1, y = 2; scalar = which ? &x : &y; }

int main(void)
{
    to_scalar();
    clobber();
    printf("%d\n", *scalar);
    for (int i = 0; i < 4; i++)
        to_array(i);
    clobber();
    printf("%d %d %d %d\n", *array[0], *array[1], *array[2], *array[3]);
    to_record();
    clobber();
    printf("%d %s\n", *record.p, record.inner.s);
    to_thread_local();
    clobber();
    printf("%d\n", *local_to_thread);
    to_untyped();
    clobber();
    printf("%.1f\n", *(double *)untyped);
    to_static(1);
    clobber();
    printf("%d\n", *to_static(0));
    through_pointer();
    clobber();
    printf("%d\n", *scalar);
    through_copy();
    clobber();
    printf("%d\n", *visible);
    through_call();
    clobber();
    printf("%d\n", *scalar);
    overwritten();
    clobber();
    printf("%d\n", *scalar);
    one_of(1);
    clobber();
    printf("%d ", *scalar);
    one_of(0);
    clobber();
    printf("%d\n", *scalar);
    return 0;
}

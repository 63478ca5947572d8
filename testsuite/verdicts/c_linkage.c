/* OPTIONS: m warn=none */
/* Functions whose bodies may not be the ones that run, and other names for them. */
int *kept;
int number;

/* A weak body may be replaced: nothing it promises can be relied on, by C's custom it borrows. */
__attribute__((weak)) void weak_ignores(int *p) { (void)p; } /* STAYS p */
__attribute__((weak)) void weak_keeps(int *p) { kept = p; } /* LEAKS p */
__attribute__((weak)) int *weak_gives(int *p) { return p; } /* LEAKS p TO RESULT 0 */
void weak_users(void)
{
    int a = 1; /* STAYS a */
    int b = 1; /* MOVED b */
    int c = 1; /* STAYS c */
    weak_ignores(&a);
    weak_keeps(&b);
    *weak_gives(&c) = 1;
}
int *weak_given(void)
{
    int x = 1; /* MOVED x */
    return weak_gives(&x);
}
/* Another name for a function that keeps. */
void real_keeps(int *p) { kept = p; } /* LEAKS p */
void also_keeps(int *p) __attribute__((alias("real_keeps")));
void real_reads(int *p) { number = *p; } /* STAYS p */
void also_reads(int *p) __attribute__((alias("real_reads")));
void weak_alias(int *p) __attribute__((weak, alias("real_keeps")));
void alias_users(void)
{
    int a = 1; /* MOVED a */
    int b = 1; /* STAYS b */
    int c = 1; /* MOVED c */
    also_keeps(&a);
    also_reads(&b);
    weak_alias(&c);
}
/* The version that runs is chosen at start-up. */
static void version_reads(int *p) { number = *p; } /* STAYS p */
static void version_keeps(int *p) { kept = p; } /* LEAKS p */
int has_feature(void);
static void (*choose(void))(int *) { return has_feature() ? version_reads : version_keeps; }
void chosen(int *p) __attribute__((ifunc("choose")));
void ifunc_user(void)
{
    int x = 1; /* MOVED x */
    chosen(&x);
}
/* Other names for data. */
int *real_slot;
extern int *other_slot __attribute__((alias("real_slot")));
void alias_of_data(void)
{
    int x = 1; /* MOVED x */
    other_slot = &x;
}
static int *hidden_slot;
extern int *visible_slot __attribute__((alias("hidden_slot")));
void alias_of_static_data(void)
{
    int x = 1; /* MOVED x */
    hidden_slot = &x;
}
/* Constructors, noreturn and inline functions are functions. */
__attribute__((constructor)) static void at_start(void)
{
    static int slot;
    int x = 1; /* STAYS x */
    real_reads(&x);
    slot = x;
}
_Noreturn void give_up(int *p);
void gives_up(int c)
{
    int x = 1; /* STAYS x */
    if (c)
        give_up(&x);
}
static inline int inline_reads(int *p) { return *p; } /* STAYS p */
int inline_user(void)
{
    int x = 1; /* STAYS x */
    return inline_reads(&x);
}
__attribute__((always_inline)) static inline int *inline_gives(int *p) { return p; } /* LEAKS p TO RESULT 0 */
int *inline_given(void)
{
    int x = 1; /* MOVED x */
    return inline_gives(&x);
}

/* OPTIONS: m warn=none -fPIC */
/* In a shared library every visible function may be replaced at run time; hidden ones may not. */
int *kept;
int number;

void visible_reads(int *p) { number = *p; } /* STAYS p */
int *visible_ignores(int *p) { (void)p; return 0; } /* STAYS p */
static void static_reads(int *p) { number = *p; } /* STAYS p */
__attribute__((visibility("hidden"))) int *hidden_ignores(int *p) { (void)p; return 0; } /* STAYS p */

/* What replaces it may keep nothing, by C's custom, but it may give back what it was given. */
void callers(void)
{
    int a = 1; /* STAYS a */
    int b = 1; /* STAYS b */
    visible_reads(&a);
    static_reads(&b);
}
int *replaced_gives(void)
{
    int x = 1; /* MOVED x */
    return visible_ignores(&x);
}
int *hidden_gives(void)
{
    int x = 1; /* STAYS x */
    return hidden_ignores(&x);
}

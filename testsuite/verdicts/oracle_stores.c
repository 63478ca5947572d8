/* OPTIONS: m warn=none */
/*
 * Found by the oracle: the address of a moved variable's field stored to memory in a loop, which
 * predictive commoning takes apart at -O2.
 */
struct pair {
    int a;
    int b;
};
static int *kept[2];
static unsigned sum;

static unsigned look(int *p) /* STAYS p */
{
    return (unsigned)*p;
}

void in_loop(void)
{
    struct pair v = {1, 2}; /* MOVED v */
    for (int i = 0; i < 3; i++) {
        kept[1] = &v.b;
        sum += look(kept[1]);
    }
}

/* OPTIONS: m */
/* Every form of expectation, each met. */
int *sink;

int *f(int *p, /* LEAKS p TO RESULT 0 */ int **q) /* LEAKS CONTENT q */
{
    int x = 1; /* MOVED x */
    int y = 2; /* STAYS y */
    int z = 3; /* BAD MOVED z: the branch is never taken */ /* GO: STAYS z */
    const char *s = "/* MOVED s */";
    char quote = '"'; /* EXTENDED w */

    sink = *q; /* WARN "variable '(x|y)' is stored in 'sink'" */
    use(&y, s, quote, goe_new(int)); /* NOTE "goe_new(int) does not escape" */
    return p ? p : &x; /* WARN "returned" */ /* BAD NOWARN: a second one is due for y */
}

void g(int *a, int **b) /* LEAKS a TO b 0 */ /* LEAKS b */
{
    undefined(); /* ERROR "undeclared|undefined" */
}

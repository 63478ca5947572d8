/* OPTIONS: m warn=none */
/* Inline assembly: its operands may hold addresses, its memory clobber may store them anywhere. */
int *kept;
int number;

int *in_and_out(void)
{
    int x = 1; /* MOVED x */
    int *p = &x;
    int *q;
    __asm__("mov %1, %0" : "=r"(q) : "r"(p));
    return q;
}
int in_and_out_read(void)
{
    int x = 1; /* STAYS x */
    int *p = &x;
    __asm__("" : "+r"(p));
    return *p;
}
int *read_write_operand(void)
{
    int x = 1; /* MOVED x */
    int *p = &x;
    __asm__("" : "+r"(p));
    return p;
}
int memory_operand(void)
{
    int x = 1; /* STAYS x */
    __asm__("incl %0" : "+m"(x));
    return x;
}
void memory_to_global(int *p) { __asm__("mov %1, %0" : "=m"(kept) : "r"(p)); } /* LEAKS p */
void barrier_only(void)
{
    int x = 1; /* STAYS x */
    int *p = &x;
    __asm__ volatile("" ::: "memory");
    *p = 2;
}
int *through_memory_operand(void)
{
    int x = 1; /* MOVED x */
    int *p = &x; /* STAYS p */
    int *q; /* STAYS q */
    __asm__("" : "=m"(q) : "m"(p));
    return q;
}
/* Nobody says which of its operands it stores where. */
void hidden_store(int **slot, int *p) /* LEAKS slot TO p 0 */ /* LEAKS p TO slot 0 */
{
    __asm__("mov %1, (%0)" ::"r"(slot), "r"(p) : "memory");
}
int *hidden_store_user(void)
{
    int x = 1; /* MOVED x */
    int *p = 0; /* MOVED p */
    hidden_store(&p, &x);
    return p;
}
/* The compiler is told nothing but that the address is used. */
int opaque(void)
{
    int x = 1; /* STAYS x */
    __asm__ volatile("" ::"g"(&x) : "memory");
    return x;
}
int asm_goto(int n)
{
    int x = n; /* STAYS x */
    int *p = &x;
    __asm__ goto("" : : "r"(p) : : out);
    return 0;
out:
    return *p;
}

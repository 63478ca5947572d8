/* OPTIONS: m -fgimple -mgeneral-regs-only -fgnu-tm */
/* Functions whose code is no C or may call nothing: nothing is said of them and nothing moves. */
int *kept;

__attribute__((naked)) int *no_frame(void)
{
    asm("xorl %eax, %eax; ret");
}

struct frame;
__attribute__((interrupt)) void handler(struct frame *frame)
{
    int x = 1;
    kept = &x;
    asm volatile("" : : "r"(frame));
}

/* Given to the compiler in SSA form. */
int __GIMPLE(ssa, startwith("fre")) in_ssa_form(void)
{
    int x;
    int _1;

    __BB(2):
    x = 1;
    _1 = x;
    return _1;
}

/* What a transaction may do can be taken back: not so a collection. */
__attribute__((transaction_safe)) void called_in_transaction(void)
{
    int x = 1;
    kept = &x;
}
void with_transaction(void)
{
    __transaction_atomic
    {
        int x = 1;
        kept = &x;
    }
}

int *as_ever(void)
{
    int x = 1; /* MOVED x */
    return &x; /* WARN "returned" */
}

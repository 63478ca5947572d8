/* OPTIONS: m -fgimple -mgeneral-regs-only */
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

int *as_ever(void)
{
    int x = 1; /* MOVED x */
    return &x; /* WARN "returned" */
}

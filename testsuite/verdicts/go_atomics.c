/* OPTIONS: m warn=none */
/*
 * Atomic accesses are loads and stores; a compare-and-swap stores its new value, not the old.
 */
#include <goescape.h>
#include <stdatomic.h>

_Atomic(void *) ptr;
void *plain;

void *load(void **addr) { return __atomic_load_n(addr, __ATOMIC_SEQ_CST); } /* LEAKS addr TO RESULT 1 */ /* GO: LEAKS addr */
void *load_std(_Atomic(void *) *addr) { return atomic_load(addr); } /* LEAKS addr TO RESULT 1 */ /* GO: LEAKS addr */
void store(void)
{
    int x; /* MOVED x */
    atomic_store(&ptr, &x);
}
void store_relaxed(void)
{
    int x; /* MOVED x */
    __atomic_store_n(&plain, &x, __ATOMIC_RELAXED);
}
void swap(void)
{
    int x; /* MOVED x */
    __atomic_exchange_n(&plain, &x, __ATOMIC_SEQ_CST);
}
void compare_and_swap(void)
{
    int x; /* STAYS x */ /* GO: MOVED x */
    int y; /* MOVED y */
    __sync_bool_compare_and_swap(&plain, (void *)&x, (void *)&y);
}
void compare_and_swap_new(void)
{
    int *x = goe_new(int); /* NOTE "goe_new(int) does not escape" */
    int y; /* MOVED y */
    __sync_bool_compare_and_swap(&plain, (void *)x, (void *)&y);
}
void store_private(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    void *slot; /* STAYS slot */
    __atomic_store_n(&slot, &x, __ATOMIC_SEQ_CST);
    *(int *)__atomic_load_n(&slot, __ATOMIC_SEQ_CST) = 2;
}
void store_param(void **slot, void *p) { __atomic_store_n(slot, p, __ATOMIC_RELEASE); } /* STAYS slot */ /* LEAKS p TO slot 0 */ /* GO: LEAKS p */
void *exchange_param(void **slot, void *p) { return __atomic_exchange_n(slot, p, __ATOMIC_ACQ_REL); } /* LEAKS slot TO RESULT 1 */ /* BAD LEAKS p TO RESULT 0: memory behind a pointer has no order of loads and stores */ /* LEAKS p TO slot 0 */ /* GO: LEAKS p */
void counter(void)
{
    _Atomic int n = 0; /* STAYS n */
    atomic_fetch_add(&n, 1);
}
int *pointer_counter(void)
{
    static int room[4];
    int x[4]; /* STAYS x */
    int *p = x; /* STAYS p */
    __atomic_fetch_add(&p, sizeof(int), __ATOMIC_SEQ_CST);
    *p = 1;
    return room;
}

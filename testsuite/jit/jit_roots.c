/* SPDX-License-Identifier: BSL-1.0
 *
 * Code that no C compiler front end laid out: libgccjit builds, at -O0 to -O3, functions that hold the
 * only reference to an object in a register or a spilled stack slot across a collection, use it
 * afterwards, and return what they read.
 *
 * The function for N references is, in C:
 *
 *     long f(void) {
 *         long *r0 = make(0), ..., *rN-1 = make(N-1);   // values in virtual registers
 *         collect();                                    // poisons whatever is unreachable
 *         return *r0 + ... + *rN-1;
 *     }
 *
 * With few references they live in callee-saved registers, with many they are spilled; with `wide` they are
 * combined into vector registers before and taken out again after (those are caller-saved, so spilled). A second
 * kind spins in a loop instead, in a thread of its own, while another thread collects: there the references may be in
 * any register, vector registers included.
 *
 * Where the references really are is looked up each time, at the call or by a signal that interrupts the loop, and
 * held against what is meant: else a test of registers might be one of stack slots unnoticed.
 */
#include <check.h>
#include <libgccjit.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "goescape.h"

enum { MOST = 24 };

static uintptr_t hidden[MOST]; /* complements of the objects' addresses */

static long *jit_make(long i)
{
    long *p = goe_alloc(24);

    p[0] = 1000 + i;
    p[1] = p[2] = -1;
    hidden[i] = ~(uintptr_t)p;
    return p;
}

/* Which references are where: a bit for each. */
static volatile struct places {
    unsigned registers; /* general ones */
    unsigned vectors;   /* halves of vector registers */
    unsigned stack;     /* words above the stack pointer */
} found;

static int count(unsigned set)
{
    return __builtin_popcount(set);
}

static unsigned reference(uintptr_t word)
{
    for (int i = 0; i < MOST; i++)
        if (word && word == ~hidden[i])
            return 1u << i;
    return 0;
}

static unsigned on_stack(uintptr_t from, uintptr_t to)
{
    unsigned set = 0;

    for (; from + 8 <= to; from += 8)
        set |= reference(*(uintptr_t *)from);
    return set;
}

#ifdef __x86_64__
/* The complements of the callee-saved registers and the stack pointer, as they were when jit_collect was called. */
uintptr_t jit_at_call[7];
void jit_collect_noting(void);
__asm__(".text\n.type jit_collect_noting,@function\njit_collect_noting:\n"
        "\tmov %rbx,%rax\n\tnot %rax\n\tmov %rax,jit_at_call(%rip)\n"
        "\tmov %rbp,%rax\n\tnot %rax\n\tmov %rax,jit_at_call+8(%rip)\n"
        "\tmov %r12,%rax\n\tnot %rax\n\tmov %rax,jit_at_call+16(%rip)\n"
        "\tmov %r13,%rax\n\tnot %rax\n\tmov %rax,jit_at_call+24(%rip)\n"
        "\tmov %r14,%rax\n\tnot %rax\n\tmov %rax,jit_at_call+32(%rip)\n"
        "\tmov %r15,%rax\n\tnot %rax\n\tmov %rax,jit_at_call+40(%rip)\n"
        "\tmov %rsp,%rax\n\tnot %rax\n\tmov %rax,jit_at_call+48(%rip)\n"
        "\tjmp jit_collect\n.size jit_collect_noting,.-jit_collect_noting\n");

static void note_places(void)
{
    struct places at = {0, 0, 0};
    uintptr_t sp = ~jit_at_call[6];

    for (int i = 0; i < 6; i++)
        at.registers |= reference(~jit_at_call[i]);
    at.stack = on_stack(sp, sp + 512); /* the caller's frame, and some of its caller's */
    found = at;
}
#else
#define jit_collect_noting jit_collect
static void note_places(void) {}
#endif

static void collect(void)
{
    goe_gc();
    for (int i = 0; i < 2000; i++) /* takes over what was freed */
        memset(goe_alloc(24), 0x55, 24);
}

void jit_collect(void);
void jit_collect(void)
{
    note_places();
    collect();
}

struct builder {
    gcc_jit_context *ctxt; /* owns all below */
    gcc_jit_type *lng;     /* long */
    gcc_jit_type *ptr;     /* long * */
    gcc_jit_rvalue *make;  /* pointers to the functions above */
    gcc_jit_rvalue *collect;
    int level; /* of optimisation */
};

static gcc_jit_rvalue *call_make(struct builder *b, gcc_jit_rvalue *arg)
{
    return gcc_jit_context_new_call_through_ptr(b->ctxt, NULL, b->make, 1, &arg);
}

static gcc_jit_rvalue *call_collect(struct builder *b)
{
    return gcc_jit_context_new_call_through_ptr(b->ctxt, NULL, b->collect, 0, NULL);
}

static gcc_jit_rvalue *function(struct builder *b, gcc_jit_type *result, int n, gcc_jit_type **args,
                                void *address)
{
    gcc_jit_type *type = gcc_jit_context_new_function_ptr_type(b->ctxt, NULL, result, n, args, 0);

    return gcc_jit_context_new_rvalue_from_ptr(b->ctxt, type, address);
}

static gcc_jit_rvalue *constant(struct builder *b, long n)
{
    return gcc_jit_context_new_rvalue_from_long(b->ctxt, b->lng, n);
}

/* long references(void), as above. */
static void build_references(struct builder *b, int n)
{
    gcc_jit_function *f = gcc_jit_context_new_function(b->ctxt, NULL, GCC_JIT_FUNCTION_EXPORTED,
                                                       b->lng, "references", 0, NULL, 0);
    gcc_jit_block *block = gcc_jit_function_new_block(f, NULL);
    gcc_jit_lvalue *r[MOST];
    gcc_jit_rvalue *sum = constant(b, 0);
    char name[16];

    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, "r%d", i);
        r[i] = gcc_jit_function_new_local(f, NULL, b->ptr, name);
        gcc_jit_block_add_assignment(block, NULL, r[i], call_make(b, constant(b, i)));
    }
    gcc_jit_block_add_eval(block, NULL, call_collect(b));
    for (int i = 0; i < n; i++) {
        gcc_jit_rvalue *word = gcc_jit_lvalue_as_rvalue(
            gcc_jit_rvalue_dereference(gcc_jit_lvalue_as_rvalue(r[i]), NULL));
        sum =
            gcc_jit_context_new_binary_op(b->ctxt, NULL, GCC_JIT_BINARY_OP_PLUS, b->lng, sum, word);
    }
    gcc_jit_block_end_with_return(block, NULL, sum);
}

/* long interior(void): only p + 2 survives, and past the end p + 3, of two objects. */
static void build_interior(struct builder *b)
{
    gcc_jit_function *f = gcc_jit_context_new_function(b->ctxt, NULL, GCC_JIT_FUNCTION_EXPORTED,
                                                       b->lng, "interior", 0, NULL, 0);
    gcc_jit_block *block = gcc_jit_function_new_block(f, NULL);
    gcc_jit_rvalue *sum = constant(b, 0);

    gcc_jit_lvalue *q[2];
    for (int i = 0; i < 2; i++) {
        q[i] = gcc_jit_function_new_local(f, NULL, b->ptr, i ? "end" : "last");
        gcc_jit_block_add_assignment(
            block, NULL, q[i],
            gcc_jit_lvalue_get_address(
                gcc_jit_context_new_array_access(b->ctxt, NULL, call_make(b, constant(b, i)),
                                                 constant(b, 2 + i)),
                NULL));
    }
    gcc_jit_block_add_eval(block, NULL, call_collect(b));
    for (int i = 0; i < 2; i++) {
        gcc_jit_lvalue *first = gcc_jit_context_new_array_access(
            b->ctxt, NULL, gcc_jit_lvalue_as_rvalue(q[i]), constant(b, -2 - i));
        sum = gcc_jit_context_new_binary_op(b->ctxt, NULL, GCC_JIT_BINARY_OP_PLUS, b->lng, sum,
                                            gcc_jit_lvalue_as_rvalue(first));
    }
    gcc_jit_block_end_with_return(block, NULL, sum);
}

/* long wide(void): the addresses, as integers, in a vector of four while the collection runs. */
static void build_wide(struct builder *b)
{
    gcc_jit_type *vector = gcc_jit_type_get_vector(b->lng, 4);
    gcc_jit_function *f = gcc_jit_context_new_function(b->ctxt, NULL, GCC_JIT_FUNCTION_EXPORTED,
                                                       b->lng, "wide", 0, NULL, 0);
    gcc_jit_block *block = gcc_jit_function_new_block(f, NULL);
    gcc_jit_lvalue *v = gcc_jit_function_new_local(f, NULL, vector, "v");
    gcc_jit_lvalue *w = gcc_jit_function_new_local(f, NULL, vector, "w");
    gcc_jit_rvalue *item[4], *zero[4], *sum = constant(b, 0);

    for (int i = 0; i < 4; i++) {
        item[i] = gcc_jit_context_new_bitcast(b->ctxt, NULL, call_make(b, constant(b, i)), b->lng);
        zero[i] = constant(b, 0);
    }
    gcc_jit_block_add_assignment(
        block, NULL, v, gcc_jit_context_new_rvalue_from_vector(b->ctxt, NULL, vector, 4, item));
    gcc_jit_block_add_eval(block, NULL, call_collect(b));
    gcc_jit_block_add_assignment(
        block, NULL, w,
        gcc_jit_context_new_binary_op(
            b->ctxt, NULL, GCC_JIT_BINARY_OP_PLUS, vector, gcc_jit_lvalue_as_rvalue(v),
            gcc_jit_context_new_rvalue_from_vector(b->ctxt, NULL, vector, 4, zero)));
    gcc_jit_rvalue *words = gcc_jit_context_new_cast(
        b->ctxt, NULL, gcc_jit_lvalue_get_address(w, NULL), gcc_jit_type_get_pointer(b->ptr));
    for (int i = 0; i < 4; i++) {
        gcc_jit_lvalue *p = gcc_jit_context_new_array_access(b->ctxt, NULL, words, constant(b, i));
        sum = gcc_jit_context_new_binary_op(b->ctxt, NULL, GCC_JIT_BINARY_OP_PLUS, b->lng, sum,
                                            gcc_jit_lvalue_as_rvalue(gcc_jit_rvalue_dereference(
                                                gcc_jit_lvalue_as_rvalue(p), NULL)));
    }
    gcc_jit_block_end_with_return(block, NULL, sum);
}

/* v = {p, q}; not by way of memory, as GCC does it, for a copy would stay there. */
static void pack(struct builder *b, gcc_jit_block *block, gcc_jit_lvalue *v, gcc_jit_lvalue *p,
                 gcc_jit_lvalue *q, gcc_jit_type *vector)
{
    gcc_jit_rvalue *item[2] = {gcc_jit_lvalue_as_rvalue(p), gcc_jit_lvalue_as_rvalue(q)};

#ifdef __x86_64__
    (void)vector;
    gcc_jit_extended_asm *both = gcc_jit_block_add_extended_asm(
        block, NULL, "movq %1,%0; movq %2,%%xmm15; punpcklqdq %%xmm15,%0; pxor %%xmm15,%%xmm15");
    gcc_jit_extended_asm_add_output_operand(both, NULL, "=&x", v);
    gcc_jit_extended_asm_add_input_operand(both, NULL, "r", item[0]);
    gcc_jit_extended_asm_add_input_operand(both, NULL, "r", item[1]);
    gcc_jit_extended_asm_add_clobber(both, "xmm15");
    (void)b;
#else
    for (int k = 0; k < 2; k++)
        item[k] = gcc_jit_context_new_bitcast(b->ctxt, NULL, item[k], b->lng);
    gcc_jit_block_add_assignment(
        block, NULL, v, gcc_jit_context_new_rvalue_from_vector(b->ctxt, NULL, vector, 2, item));
#endif
}

#ifdef __x86_64__
/* At this place the first of these are in vector registers. */
static void in_vectors(gcc_jit_extended_asm *place, gcc_jit_lvalue **v, int n)
{
    char text[16];

    for (int i = 0; i < n && i < 20; i += 2) {
        gcc_jit_extended_asm_add_output_operand(place, NULL, "=x", v[i]);
        snprintf(text, sizeof text, "%d", i / 2);
        gcc_jit_extended_asm_add_input_operand(place, NULL, text, gcc_jit_lvalue_as_rvalue(v[i]));
    }
}
#endif

/* long NAME(long flag[2]): N references, in registers or two to a vector, while flag[0] is 0; meanwhile flag[1] is 1. */
static void build_spin(struct builder *b, const char *name, int n, int vectors)
{
    gcc_jit_param *flag = gcc_jit_context_new_param(b->ctxt, NULL, b->ptr, "flag");
    gcc_jit_function *f = gcc_jit_context_new_function(b->ctxt, NULL, GCC_JIT_FUNCTION_EXPORTED,
                                                       b->lng, name, 1, &flag, 0);
    gcc_jit_type *vector = gcc_jit_type_get_vector(b->lng, 2);
    gcc_jit_block *begin = gcc_jit_function_new_block(f, NULL);
    gcc_jit_block *loop = gcc_jit_function_new_block(f, NULL);
    gcc_jit_block *end = gcc_jit_function_new_block(f, NULL);
    gcc_jit_lvalue *r[MOST], *v[MOST], *w[MOST];
    gcc_jit_rvalue *sum = constant(b, 0), *zero[2] = {constant(b, 0), constant(b, 0)};
    char text[16];

    for (int i = 0; i < n; i++) {
        snprintf(text, sizeof text, "r%d", i);
        r[i] = gcc_jit_function_new_local(f, NULL, b->ptr, text);
        gcc_jit_block_add_assignment(begin, NULL, r[i], call_make(b, constant(b, i)));
    }
    for (int i = 0; vectors && i < n; i += 2) {
        snprintf(text, sizeof text, "v%d", i);
        v[i] = gcc_jit_function_new_local(f, NULL, vector, text);
        snprintf(text, sizeof text, "w%d", i);
        w[i] = gcc_jit_function_new_local(f, NULL, vector, text);
        pack(b, begin, v[i], r[i], r[i + 1], vector);
    }
#ifdef __x86_64__
    if (vectors) { /* what general registers still hold is no longer needed: away with it */
        static const char *const names[] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8",
                                            "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
        gcc_jit_extended_asm *wipe = gcc_jit_block_add_extended_asm(
            begin, NULL,
            "xor %%eax,%%eax; xor %%ebx,%%ebx; xor %%ecx,%%ecx; xor %%edx,%%edx; xor %%esi,%%esi;"
            "xor %%edi,%%edi;"
            "xor %%r8,%%r8; xor %%r9,%%r9; xor %%r10,%%r10; xor %%r11,%%r11; xor %%r12,%%r12;"
            "xor %%r13,%%r13; xor %%r14,%%r14; xor %%r15,%%r15");
        gcc_jit_extended_asm_set_volatile_flag(wipe, 1);
        for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
            gcc_jit_extended_asm_add_clobber(wipe, names[i]);
        if (b->level > 0) { /* else it points to the frame */
            gcc_jit_extended_asm *last = gcc_jit_block_add_extended_asm(begin, NULL, "xor %%ebp,%%ebp");
            gcc_jit_extended_asm_set_volatile_flag(last, 1);
            gcc_jit_extended_asm_add_clobber(last, "rbp");
        }
        in_vectors(wipe, v, n);
    }
#endif
    gcc_jit_block_end_with_jump(begin, NULL, loop);
    gcc_jit_extended_asm *anew = gcc_jit_block_add_extended_asm(loop, NULL, "");
    gcc_jit_extended_asm_set_volatile_flag(anew, 1);
    gcc_jit_extended_asm_add_clobber(anew, "memory"); /* the flag is read again */
#ifdef __x86_64__
    if (vectors)
        in_vectors(anew, v, n); /* not built only after the loop */
#endif
    gcc_jit_block_add_assignment(
        loop, NULL,
        gcc_jit_context_new_array_access(b->ctxt, NULL, gcc_jit_param_as_rvalue(flag),
                                         constant(b, 1)),
        constant(b, 1));
    gcc_jit_rvalue *now = gcc_jit_lvalue_as_rvalue(
        gcc_jit_rvalue_dereference(gcc_jit_param_as_rvalue(flag), NULL));
    gcc_jit_block_end_with_conditional(
        loop, NULL,
        gcc_jit_context_new_comparison(b->ctxt, NULL, GCC_JIT_COMPARISON_EQ, now, constant(b, 0)),
        loop, end);
    for (int i = 0; i < n; i++) {
        gcc_jit_rvalue *p = gcc_jit_lvalue_as_rvalue(r[i]);
        if (vectors) {
            int first = i / 2 * 2;
            if (i == first)
                gcc_jit_block_add_assignment(
                    end, NULL, w[i],
                    gcc_jit_context_new_binary_op(
                        b->ctxt, NULL, GCC_JIT_BINARY_OP_PLUS, vector,
                        gcc_jit_lvalue_as_rvalue(v[i]),
                        gcc_jit_context_new_rvalue_from_vector(b->ctxt, NULL, vector, 2, zero)));
            gcc_jit_rvalue *words =
                gcc_jit_context_new_cast(b->ctxt, NULL, gcc_jit_lvalue_get_address(w[first], NULL),
                                         gcc_jit_type_get_pointer(b->ptr));
            p = gcc_jit_lvalue_as_rvalue(gcc_jit_context_new_array_access(
                b->ctxt, NULL, words, constant(b, i - first)));
        }
        sum = gcc_jit_context_new_binary_op(
            b->ctxt, NULL, GCC_JIT_BINARY_OP_PLUS, b->lng, sum,
            gcc_jit_lvalue_as_rvalue(gcc_jit_rvalue_dereference(p, NULL)));
    }
    gcc_jit_block_end_with_return(end, NULL, sum);
}

static gcc_jit_result *compile(int level, int n)
{
    struct builder b = {.ctxt = gcc_jit_context_acquire(), .level = level};

    gcc_jit_context_set_int_option(b.ctxt, GCC_JIT_INT_OPTION_OPTIMIZATION_LEVEL, level);
    b.lng = gcc_jit_context_get_type(b.ctxt, GCC_JIT_TYPE_LONG);
    b.ptr = gcc_jit_type_get_pointer(b.lng);
    b.make = function(&b, b.ptr, 1, &b.lng, (void *)jit_make);
    b.collect = function(&b, gcc_jit_context_get_type(b.ctxt, GCC_JIT_TYPE_VOID), 0, NULL,
                         (void *)jit_collect_noting);
    build_spin(&b, "spin", n, 0);
    build_spin(&b, "spin_wide", n > 1 ? n : 2, 1);
    build_references(&b, n);
    build_interior(&b);
    build_wide(&b);
    gcc_jit_result *r = gcc_jit_context_compile(b.ctxt);
    ck_assert_ptr_nonnull(r);
    gcc_jit_context_release(b.ctxt);
    return r;
}

static long run(gcc_jit_result *r, const char *name)
{
    long (*f)(void);
    void *code = gcc_jit_result_get_code(r, name);

    memcpy(&f, &code, sizeof f);
    return f();
}

START_TEST(references_survive_at_every_level)
{
    static const int numbers[] = {1, 4, 10, MOST};

    for (unsigned c = 0; c < sizeof numbers / sizeof *numbers; c++) {
        int n = numbers[c];
        gcc_jit_result *r = compile(_i, n);
        for (int round = 0; round < 10; round++) {
            ck_assert_int_eq(run(r, "references"), 1000 * n + n * (n - 1) / 2);
#ifdef __x86_64__
            if (_i == 0 || n > 6)
                ck_assert_int_ge(count(found.stack), _i == 0 ? n : n - 6);
            else
                ck_assert_int_eq(count(found.registers & ~found.stack), n);
#endif
            ck_assert_int_eq(run(r, "interior"), 2001);
            ck_assert_int_eq(run(r, "wide"), 4006);
        }
        gcc_jit_result_release(r);
    }
}
END_TEST

/* ---- references in a thread that is interrupted anywhere ---- */

static struct spinner {
    long (*fn)(long *flag); /* what it runs */
    long flag[2];           /* ends it; it has begun */
    long result;            /* what it returned */
    uintptr_t top;          /* of its stack */
    volatile int asked;     /* the handler has looked */
} spinner;

static struct places seen; /* where the thread had them */

enum { KEPT = 1024 };
static uintptr_t kept[KEPT]; /* objects of earlier rounds */
static unsigned nkept;

/* In the thread: counts the references, of which it keeps none. */
static void on_look(int sig, siginfo_t *info, void *context)
{
    struct places at = {0, 0, 0};

    (void)sig;
    (void)info;
#ifdef __x86_64__
    const ucontext_t *uc = context;
    const struct _libc_fpstate *fp = uc->uc_mcontext.fpregs;
    uintptr_t halves[2];
    for (int i = 0; i < 16; i++) {
        at.registers |= reference((uintptr_t)uc->uc_mcontext.gregs[i]);
        memcpy(halves, &fp->_xmm[i], sizeof halves);
        at.vectors |= reference(halves[0]) | reference(halves[1]);
        halves[0] = halves[1] = 0;
    }
    at.stack = on_stack((uintptr_t)uc->uc_mcontext.gregs[REG_RSP] - 128, spinner.top);
#else
    (void)context;
#endif
    found = at;
    spinner.asked = 1;
}

static void *spins(void *unused)
{
    pthread_attr_t attr;
    void *lo;
    size_t size;

    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstack(&attr, &lo, &size);
    pthread_attr_destroy(&attr);
    spinner.top = (uintptr_t)lo + size;
    spinner.result = spinner.fn(spinner.flag);
    return unused;
}

/* Runs it, looks where the references are, collects, and lets it end. */
static long interrupted(gcc_jit_result *r, const char *name)
{
    void *code = gcc_jit_result_get_code(r, name);
    pthread_t t;

    memcpy(&spinner.fn, &code, sizeof code);
    memset(spinner.flag, 0, sizeof spinner.flag);
    spinner.top = 0;
    memset(hidden, 0, sizeof hidden);
    pthread_create(&t, NULL, spins, NULL);
    while (!__atomic_load_n(&spinner.flag[1], __ATOMIC_SEQ_CST))
        sched_yield();
    spinner.asked = 0;
    pthread_kill(t, SIGUSR1);
    while (!spinner.asked)
        sched_yield();
    seen = found;
    collect();
    __atomic_store_n(&spinner.flag[0], 1, __ATOMIC_SEQ_CST);
    pthread_join(t, NULL);
    for (int i = 0; i < MOST; i++) /* no later object has its address, which old words on stacks may hold */
        if (hidden[i])
            kept[nkept++ % KEPT] = ~hidden[i];
    return spinner.result;
}

START_TEST(registers_of_an_interrupted_thread)
{
    static const int numbers[] = {1, 4, 10, MOST};
    int only_there = 0, only_in_vectors = 0;
    struct sigaction look = {.sa_sigaction = on_look, .sa_flags = SA_SIGINFO};

    sigaction(SIGUSR1, &look, NULL);
    for (unsigned c = 0; c < sizeof numbers / sizeof *numbers; c++) {
        int n = numbers[c], wide = n > 1 ? n : 2;
        gcc_jit_result *r = compile(_i, n);
        for (int round = 0; round < 5; round++) {
            ck_assert_int_eq(interrupted(r, "spin"), 1000 * n + n * (n - 1) / 2);
#ifdef __x86_64__
            if (_i == 0 || n > 14)
                ck_assert_int_ge(count(seen.stack), _i == 0 ? n : n - 14);
            else
                only_there += count(seen.registers & ~seen.stack);
            ck_assert(_i == 0 || n > 6 || count(seen.registers) == n);
#endif
            ck_assert_int_eq(interrupted(r, "spin_wide"), 1000 * wide + wide * (wide - 1) / 2);
#ifdef __x86_64__
            if (_i > 0 && n < 6)
                ck_assert_int_eq(count(seen.vectors & ((1u << wide) - 1) & ~seen.registers), wide);
            only_in_vectors += count(seen.vectors & ~(seen.registers | seen.stack));
#endif
        }
        gcc_jit_result_release(r);
    }
#ifdef __x86_64__
    /* Old words of an earlier thread's stack may hold some, too, but not all. */
    ck_assert(_i == 0 || (only_there > 5 && only_in_vectors > 5));
#endif
}
END_TEST

int main(void)
{
    setenv("GOESCAPE", "verify=1", 1);

    Suite *s = suite_create("jit_roots");
    TCase *c = tcase_create("levels");

    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, references_survive_at_every_level, 0, 4);
    tcase_add_loop_test(c, registers_of_an_interrupted_thread, 0, 4);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

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
 * combined into vector registers before and taken out again after (those are caller-saved, so spilled).
 */
#include <check.h>
#include <libgccjit.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goescape.h"

enum { MOST = 24 };

static long *jit_make(long i)
{
    long *p = goe_alloc(24);

    p[0] = 1000 + i;
    p[1] = p[2] = -1;
    return p;
}

static void jit_collect(void)
{
    goe_gc();
    for (int i = 0; i < 2000; i++) /* takes over what was freed */
        memset(goe_alloc(24), 0x55, 24);
}

struct builder {
    gcc_jit_context *ctxt; /* owns all below */
    gcc_jit_type *lng;     /* long */
    gcc_jit_type *ptr;     /* long * */
    gcc_jit_rvalue *make;  /* pointers to the functions above */
    gcc_jit_rvalue *collect;
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

static gcc_jit_result *compile(int level, int n)
{
    struct builder b = {.ctxt = gcc_jit_context_acquire()};

    gcc_jit_context_set_int_option(b.ctxt, GCC_JIT_INT_OPTION_OPTIMIZATION_LEVEL, level);
    b.lng = gcc_jit_context_get_type(b.ctxt, GCC_JIT_TYPE_LONG);
    b.ptr = gcc_jit_type_get_pointer(b.lng);
    b.make = function(&b, b.ptr, 1, &b.lng, (void *)jit_make);
    b.collect = function(&b, gcc_jit_context_get_type(b.ctxt, GCC_JIT_TYPE_VOID), 0, NULL,
                         (void *)jit_collect);
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
    static const int count[] = {1, 4, 10, MOST};

    for (unsigned c = 0; c < sizeof count / sizeof *count; c++) {
        int n = count[c];
        gcc_jit_result *r = compile(_i, n);
        for (int round = 0; round < 10; round++) {
            ck_assert_int_eq(run(r, "references"), 1000 * n + n * (n - 1) / 2);
            ck_assert_int_eq(run(r, "interior"), 2001);
            ck_assert_int_eq(run(r, "wide"), 4006);
        }
        gcc_jit_result_release(r);
    }
}
END_TEST

int main(void)
{
    setenv("GOESCAPE", "verify=1", 1);

    Suite *s = suite_create("jit_roots");
    TCase *c = tcase_create("levels");

    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, references_survive_at_every_level, 0, 4);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

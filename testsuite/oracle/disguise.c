/* C only: the same value, fetched and stored the ways C programs do.
 *
 * The abstract program stays as it is; only the text of a load, of an address or of a store is
 * wrapped into something that computes the same: a cast through an integer, pointer arithmetic
 * that cancels, a byte copy, a union, a variadic function, an asm, an atomic, a statement
 * expression.  Half of all are left plain, so that programs still look like programs. */
#include "prog.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 4096 };

__attribute__((format(printf, 1, 2))) static char *text(const char *fmt, ...)
{
    static char ring[32][TEXT];
    static unsigned at;
    char *s = ring[at++ % 32];
    va_list ap;
    va_start(ap, fmt);
    if (vsnprintf(s, TEXT, fmt, ap) >= TEXT)
        abort();
    va_end(ap);
    return s;
}

const char *disguise_pointer(unsigned style, const char *type, const char *value)
{
    switch (style % 56) {
    case 0:
        return text("(%s)(uintptr_t)(%s)", type, value);
    case 1:
        return text("(%s)((char *)(%s) + 8 - 8)", type, value);
    case 2:
        return text("(%s)(((uintptr_t)(%s) ^ 0x55) ^ 0x55)", type, value);
    case 3:
        return text("(%s)(void *)(%s)", type, value);
    case 4:
        return text("(%s)last_of(2, (void *)0, (void *)(%s))", type, value);
    case 5:
        return text("({ %s t_ = %s; t_; })", type, value);
    case 6:
        return text("(%s)((union pun){.p = (void *)(%s)}).u", type, value);
    case 7:
        return text("({ %s t_ = %s; __asm__(\"\" : \"+r\"(t_)); t_; })", type, value);
    case 8:
        return text("({ %s t_ = %s; %s u_; memcpy(&u_, &t_, sizeof u_); u_; })", type, value, type);
    case 9:
        return text("(%s)*(void **)&(void *){%s}", type, value);
    case 10:
        return text("(%s)identity((void *)(%s))", type, value);
    case 11:
        return text("({ %s t_[2] = {0, %s}; t_[rnd_never() + 1]; })", type, value);
    case 12:
        return text("({ %s *h_ = malloc(sizeof *h_); *h_ = %s; %s t_ = *h_; free(h_); t_; })", type,
                    value, type);
    case 13:
        return text("({ static %s s_; s_ = %s; %s t_ = s_; s_ = 0; t_; })", type, value, type);
    case 14:
        return text("({ %s t_ = %s; char b_[sizeof t_]; memcpy(b_, &t_, sizeof t_); "
                    "%s u_; memcpy(&u_, b_, sizeof u_); u_; })",
                    type, value, type);
    case 15:
        return text("({ uintptr_t u_ = (uintptr_t)(%s); "
                    "(%s)((u_ & 0xffffffff) | (u_ >> 32 << 32)); })",
                    value, type);
    case 16:
        return text("((struct { char c; %s p; }){0, %s}).p", type, value);
    case 17:
        return text("(rnd_never() ? (%s)0 : %s)", type, value);
    case 18:
        return text("({ %s t_ = %s; %s get_(void) { return t_; } get_(); })", type, value, type);
    case 19:
        return text("({ %s *h_ = __builtin_alloca(sizeof *h_); *h_ = %s; *h_; })", type, value);
    case 20:
        return text("({ int n_ = rnd_never() + 2; %s a_[n_]; a_[1] = %s; a_[n_ - 1]; })", type,
                    value);
    case 21:
        return text("({ %s t_ = %s; struct { %s *q; } s_ = {&t_}; *s_.q; })", type, value, type);
    case 22:
        return text("({ static __thread %s s_; s_ = %s; s_; })", type, value);
    case 23:
        return text("({ %s t_; put(&t_, (void *)(%s)); t_; })", type, value);
    case 24:
        return text("({ %s t_ = %s; %s *volatile q_ = &t_; *q_; })", type, value, type);
    case 25:
        return text("((%s)((char *)0 + (uintptr_t)(%s)))", type, value);
    case 26:
        return text("({ struct { int i; %s a[3]; } s_ = {.a = {[1] = %s}}; "
                    "int i_ = rnd_never() + 1; s_.a[i_]; })",
                    type, value);
    case 27:
        return text("({ void *v_[1] = {(void *)(%s)}; "
                    "(%s)*(void **)bsearch_first(v_, sizeof v_[0]); })",
                    value, type);
    default:
        return value;
    }
}

/* A call's function. */
const char *disguise_callee(unsigned style, const char *fn)
{
    switch (style % 24) {
    case 0:
        return text("(*&%s)", fn);
    case 1:
        return text("({ __typeof__(&%s) volatile c_ = &%s; c_; })", fn, fn);
    case 2:
        return text("(rnd_never() ? 0 : %s)", fn);
    case 3:
        return text("((__typeof__(&%s))(void *)%s)", fn, fn);
    default:
        return fn;
    }
}

const char *disguise_load(unsigned style, const char *type, const char *lvalue, bool pointer)
{
    switch (style / 32 % 16) {
    case 0:
        return text("*(%s *)&%s", type, lvalue);
    case 1:
        return text("*(%s *)((char *)&%s + 0)", type, lvalue);
    case 2:
        return text("({ %s t_; memcpy(&t_, &%s, sizeof t_); t_; })", type, lvalue);
    case 3:
        if (pointer)
            return text("__atomic_load_n(&%s, __ATOMIC_SEQ_CST)", lvalue);
        break;
    default:
        break;
    }
    return pointer ? disguise_pointer(style, type, lvalue) : lvalue;
}

void disguise_store(FILE *out, unsigned style, const char *type, const char *lvalue,
                    const char *value, bool aggregate)
{
    switch (style % 12) {
    case 0:
        fprintf(out, "{ %s t_ = %s; memcpy(&%s, &t_, sizeof t_); }\n", type, value, lvalue);
        return;
    case 1:
        fprintf(out, "*(%s volatile *)&%s = %s;\n", type, lvalue, value);
        return;
    case 2:
        fprintf(out, "{ %s t_ = %s; copy_bytes(&%s, &t_, sizeof t_); }\n", type, value, lvalue);
        return;
    case 3:
        if (aggregate)
            break;
        fprintf(out, "__atomic_store_n(&%s, %s, __ATOMIC_RELEASE);\n", lvalue, value);
        return;
    case 4:
        if (aggregate)
            break;
        fprintf(out, "*(uintptr_t *)&%s = (uintptr_t)(%s);\n", lvalue, value);
        return;
    case 5:
        if (aggregate)
            break;
        fprintf(out, "(void)__sync_lock_test_and_set(&%s, %s);\n", lvalue, value);
        return;
    default:
        break;
    }
    fprintf(out, "%s = %s;\n", lvalue, value);
}

void print_prelude(FILE *out, enum lang lang, bool cprofile)
{
    if (lang == LANG_GO) {
        fputs(
            "package main\n\n"
            "var state, sum uint32\n\n"
            "func mix(x uint32) { sum = sum*31 + x }\n\n"
            "func known(b bool) uint32 {\n    if b {\n        return 1\n    }\n    return 0\n}\n\n"
            "func rnd() int {\n"
            "    state = state*1103515245 + 12345\n"
            "    return int(state >> 16 & 0x7fff)\n"
            "}\n\n",
            out);
        return;
    }
    fputs("#include <stdio.h>\n", out);
    if (cprofile)
        fputs(
            "#include <stdarg.h>\n#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n\n"
            "union pun {\n    void *p;\n    uintptr_t u;\n};\n\n"
            "static void *last_of(int n, ...) {\n"
            "    va_list ap;\n"
            "    void *p = 0;\n"
            "    va_start(ap, n);\n"
            "    while (n-- > 0)\n"
            "        p = va_arg(ap, void *);\n"
            "    va_end(ap);\n"
            "    return p;\n"
            "}\n\n"
            "static void *identity(void *p) { return p; }\n\n"
            "static void put(void *cell, void *p) { memcpy(cell, &p, sizeof p); }\n\n"
            "static int always_equal(const void *a, const void *b) { return (void)a, (void)b, 0; }\n\n"
            "static void *bsearch_first(void *a, size_t size) {\n"
            "    return bsearch(a, a, 1, size, always_equal);\n"
            "}\n\n"
            "static int rnd_never(void) { return 0; }\n\n"
            "static void copy_bytes(void *to, const void *from, size_t n) {\n"
            "    unsigned char *t = to;\n"
            "    const unsigned char *f = from;\n"
            "    while (n--)\n"
            "        *t++ = *f++;\n"
            "}\n",
            out);
    fputs("\nstatic unsigned state, sum;\n\n"
          "static void mix(unsigned x) { sum = sum * 31 + x; }\n\n"
          "static int rnd(void) {\n"
          "    state = state * 1103515245u + 12345u;\n"
          "    return (int)(state >> 16 & 0x7fff);\n"
          "}\n\n",
          out);
}

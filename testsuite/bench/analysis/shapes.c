/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * shapes: writes C sources of any size, each hard on an analysis in its own way.
 *
 *     shapes SHAPE N > file.c
 *
 * locations   N address-taken locals in functions of twenty, which call one another
 * locals      one function with N address-taken locals
 * switch      one switch of N cases, pointers of all of them meeting behind it
 * component   N functions that all call one another, directly or in turn
 * table       an initialiser of N elements, with addresses of functions and data
 * chain       expressions N operators deep
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prologue[] = "struct node { struct node *next; int *value; struct node *other; };\n"
                               "void use(const void *);\n"
                               "int choice(void);\n";

enum { LOCALS = 20 };

/* One function of the many that make up a large program: lists, out parameters, results. */
static void ordinary_function(unsigned long i)
{
    printf("struct node *f%lu(struct node *list, int **out, int n)\n{\n", i);
    for (int k = 0; k < LOCALS / 2; k++)
        printf("    int v%d = n + %d; struct node l%d = {0, &v%d, list};\n", k, k, k, k);
    for (int k = 0; k + 1 < LOCALS / 2; k++)
        printf("    l%d.next = &l%d;\n", k, k + 1);
    printf("    if (n > 3)\n        *out = l0.next->value;\n");
    if (i > 0)
        printf("    struct node *r = f%lu(&l1, &l2.value, n - 1);\n", i - 1);
    else
        printf("    struct node *r = list;\n");
    if (i > 4)
        printf("    r->next = f%lu(list, out, n);\n", i / 2);
    printf("    use(&l3);\n    list->other = r;\n    return list->next;\n}\n");
}

static void locations(unsigned long n)
{
    for (unsigned long i = 0; i * LOCALS < n; i++)
        ordinary_function(i);
}

static void locals(unsigned long n)
{
    printf("int *big(int c)\n{\n    struct node list = {0, 0, 0};\n    int *p = 0;\n");
    for (unsigned long i = 0; i < n; i++) {
        printf("    int v%lu = c; struct node l%lu = {&list, &v%lu, 0};\n", i, i, i);
        if (i % 3 == 0)
            printf("    use(&l%lu);\n", i);
        else if (i % 3 == 1)
            printf("    list.next = &l%lu; if (c == %lu) p = l%lu.value;\n", i, i, i - 1);
        else
            printf("    l%lu.next = list.next;\n", i);
    }
    printf("    use(p);\n    return list.value;\n}\n");
}

static void many_cases(unsigned long n)
{
    printf("int *chosen(struct node *in, int c)\n{\n"
           "    int a = 1, b = 2, d = 3, e = 4;\n    int *p = &a, *q = &b, *r = 0;\n"
           "    struct node *at = in;\n    switch (c) {\n");
    for (unsigned long i = 0; i < n; i++) {
        static const char *const act[] = {"p = q;",           "q = &d;",     "r = p; p = &e;",
                                          "at = at->next;",   "p = at->value;", "at->value = r;",
                                          "in->other = at;",  "q = r ? r : p;"};
        printf("    case %lu: %s %s break;\n", i, act[i % 8], act[i / 8 % 8]);
    }
    printf("    }\n    use(p);\n    use(q);\n    return r == &a ? p : q;\n}\n");
}

static void component(unsigned long n)
{
    for (unsigned long i = 0; i < n; i++)
        printf("struct node *g%lu(struct node *, struct node *, int);\n", i);
    for (unsigned long i = 0; i < n; i++) {
        printf("struct node *g%lu(struct node *a, struct node *b, int n)\n{\n"
               "    int v = n; struct node l = {a, &v, b};\n    if (!n)\n        return a->next;\n",
               i);
        printf("    struct node *r = g%lu(&l, a, n - 1);\n", (i + 1) % n);
        printf("    b->other = g%lu(b, r, n - 2);\n", (i * 7 + 3) % n);
        printf("    g%lu(a->other, &l, n - 3);\n    return r->next;\n}\n", (i * 13 + 5) % n);
    }
}

static void table(unsigned long n)
{
    printf("static void none(int *p) { use(p); }\nstatic int *kept;\n"
           "static void keeps(int *p) { kept = p; }\nint data[8];\n"
           "static const struct { void (*f)(int *); int *p; } handlers[] = {\n");
    for (unsigned long i = 0; i < n; i++)
        printf("    {%s, &data[%lu]},\n", i % 5 ? "none" : "keeps", i % 8);
    printf("};\nint run(int i)\n{\n    int x = 0, y = 1;\n    handlers[i].f(&x);\n"
           "    handlers[1].f(&y);\n    return x + y + *handlers[i].p;\n}\n");
}

static void chain(unsigned long n)
{
    printf("int *deep(struct node *list, int c)\n{\n    int v = c;\n    struct node l = {list, &v, 0};\n"
           "    struct node *p = &l;\n    p = list");
    for (unsigned long i = 0; i < n; i++)
        printf("%s", i % 3 ? "->next" : "->other");
    printf(";\n    p->value = ");
    for (unsigned long i = 0; i < n; i++)
        printf("c == %lu ? l.value : ", i);
    printf("&v;\n    use(&l);\n    return p->value;\n}\n");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*make)(unsigned long);
    } shapes[] = {{"locations", locations}, {"locals", locals}, {"switch", many_cases},
                  {"component", component}, {"table", table},   {"chain", chain}};
    unsigned long n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    for (unsigned i = 0; n && i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(argv[1], shapes[i].name) == 0) {
            fputs(prologue, stdout);
            shapes[i].make(n);
            return fflush(stdout) != 0;
        }
    fprintf(stderr, "usage: shapes locations|locals|switch|component|table|chain N\n");
    return 2;
}

/* OPTIONS: m warn=none */
/* Compound literals, statement expressions, blocks and switch scopes. */
#include <stddef.h>

int *kept;
int number;
struct s {
    int *p;
    int n;
};

int *literal_in_statement_expression(void)
{
    return ({ &(int){3}; }); /* NOTE "moved to heap: compound literal" */
}
int statement_expression_value(void)
{
    int x = ({ int y = 2; int *p = &y; *p; }); /* STAYS y */
    return x;
}
int statement_expression_address(void)
{
    int *p = ({ int y = 2; &y; }); /* EXTENDED y */
    return *p;
}
int *statement_expression_returned(void)
{
    int *p = ({ int y = 2; &y; }); /* MOVED y */
    return p;
}
int block_literal(int c)
{
    struct s *s = NULL;
    if (c) {
        int x = 1; /* EXTENDED x */
        s = &(struct s){&x, 2}; /* NOTE "lifetime extended to function: compound literal" */
    }
    return s ? *s->p : 0;
}
int switch_scopes(int c)
{
    int *p = NULL;
    switch (c) {
        int shared; /* EXTENDED shared */
    case 1:
        shared = 1;
        p = &shared;
        break;
    case 2: {
        int own = 2; /* EXTENDED own */
        p = &own;
        break;
    }
    default:
        break;
    }
    return p ? *p : 0;
}
int *switch_returned(int c)
{
    switch (c) {
        int shared; /* MOVED shared */
    case 1:
        shared = 1;
        return &shared;
    }
    return NULL;
}
/* The address leaves the inner block but not the outer one. */
int two_blocks(void)
{
    int r;
    {
        int *p;
        {
            int x = 1; /* EXTENDED x */
            p = &x;
        }
        r = *p;
    }
    return r;
}
/* The array literal of a call is alive until its block ends. */
int sum(const int *v, int n) /* STAYS v */
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += v[i];
    return s;
}
int literal_argument(void) { return sum((int[]){1, 2, 3}, 3); } /* NOTE "compound literal does not escape" */
/* A file-scope literal is static. */
int *file_scope = &(int){7};
/* A static local is no local. */
int *static_local(void)
{
    static int x;
    return &x;
}
int *thread_local_address(void)
{
    static _Thread_local int x;
    return &x;
}
int *extern_local(void)
{
    extern int number;
    return &number;
}
/* A loop in a statement expression in a loop. */
int nested_loops(int n)
{
    int *last = NULL;
    int s = 0;
    for (int i = 0; i < n; i++)
        s += ({
            int y = i; /* MOVED y */
            int r = last ? *last : 0;
            last = &y;
            r + y;
        });
    return s;
}
/* Jumps into and out of blocks. */
int jump_out(int n)
{
    int *p;
    {
        int x = n; /* EXTENDED x */
        p = &x;
        goto out;
    }
out:
    return *p;
}
int jump_in(int n)
{
    int *p = NULL;
    if (n)
        goto in;
    {
        int x; /* EXTENDED x */
    in:
        x = n;
        p = &x;
    }
    return *p;
}
/* Scope ends, address only compared: the object is not needed. */
int compared_after(int *q) /* STAYS q */
{
    int *p;
    {
        int x = 1; /* STAYS x */
        p = &x;
        *p = 2;
    }
    return q != NULL;
}

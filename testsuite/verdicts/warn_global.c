/* OPTIONS: mode=check */
/*
 * Category "global and static": a variable of static storage still holds the address when the
 * function returns. The warning stands at the store that is still in force then.
 *
 * A call to a function nobody here can see, between the store and the return, may take the address
 * out of a global again; under warn=definite that is not a bug. It can't touch a static variable of
 * ours that no function but this one writes.
 */
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    int *a, *b;
};
struct state {
    int n;
    struct pair in;
    int *v[4];
    char *text;
};
struct frame {
    struct frame *up;
    int depth;
};

int cond(void);
void work(void);
_Noreturn void die(const char *);
int look(const void *) __attribute__((pure));

int *g, *g2;
int **gg;
void *gv[4];
char *gtext;
const char *gname;
struct state gs;
struct state *gp;
struct frame *top;
int *volatile gvol;
int *_Atomic gatomic;
_Thread_local int *tls;
uintptr_t gnum;
extern int *elsewhere;
extern struct state tab[8];
int anchor;

/* A variable. */

void bad_global(void)
{
    int x = 1;
    g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
}

void bad_param(int p)
{
    g = &p; /* WARN "address of parameter 'p' is stored in 'g', which outlives it" */
}

void bad_extern(void)
{
    int x = 1;
    elsewhere = &x; /* WARN "'x' is stored in 'elsewhere', which outlives it" */
}

void bad_extern_in_block(void)
{
    extern int *elsewhere;
    int x = 1;
    elsewhere = &x; /* WARN "'x' is stored in 'elsewhere', which outlives it" */
}

static int *file_static;
int *get_file_static(void)
{
    return file_static;
}
void bad_file_static(void)
{
    int x = 1;
    file_static = &x; /* WARN "'x' is stored in 'file_static', which outlives it" */
}

int bad_function_static(void)
{
    static int *cache;
    int x = 1;
    if (cache)
        return *cache;
    cache = &x; /* WARN "address of local variable 'x' is stored in 'cache', which outlives it" */
    return x;
}

void bad_thread_local(void)
{
    int x = 1;
    tls = &x; /* WARN "address of local variable 'x' is stored in 'tls', which outlives it" */
}

void bad_volatile(void)
{
    int x = 1;
    gvol = &x; /* WARN "address of local variable 'x' is stored in 'gvol', which outlives it" */
}

void bad_atomic_store(void)
{
    int x = 1;
    atomic_store(&gatomic, &x); /* WARN "'x' is stored in 'gatomic'" */
}

void bad_atomic_exchange(void)
{
    int x = 1;
    int *old = atomic_exchange(&gatomic, &x); /* WARN "'x' is stored in 'gatomic'" */
    if (old)
        x += *old;
}

void bad_sync_builtin(void)
{
    int x = 1;
    __atomic_store_n(&g, &x, __ATOMIC_RELEASE); /* WARN "'x' is stored in 'g'" */
}

void bad_array(void)
{
    char buf[16] = "text";
    gtext = buf; /* WARN "'buf' is stored in 'gtext'" */
}

void bad_element(int i)
{
    char buf[16] = "text";
    gtext = &buf[i]; /* WARN "'buf' is stored in 'gtext', which outlives it" */
}

void bad_pointer_to_pointer(void)
{
    int *p = &anchor;
    gg = &p; /* WARN "address of local variable 'p' is stored in 'gg', which outlives it" */
}

void bad_copy(void)
{
    int x = 1;
    int *p = &x;
    int *q = p;
    g = q; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
}

void bad_two_globals(void)
{
    int x = 1;
    g = &x;  /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    g2 = &x; /* WARN "address of local variable 'x' is stored in 'g2', which outlives it" */
}

void bad_global_to_global(void)
{
    int x = 1;
    g = &x;
    g2 = g; /* WARN "address of local variable 'x' is stored in 'g2', which outlives it" */
    g = NULL;
}

void bad_last_of_two(void)
{
    int x = 1, y = 2;
    g = &x;
    *g = 3;
    g = &y; /* WARN "address of local variable 'y' is stored in 'g', which outlives it" */
}

void bad_phi(int c)
{
    int x = 1;
    int *p = c ? &x : NULL;
    g = p; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
}

void bad_conditional(int c)
{
    int x = 1;
    if (c)
        g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
}

void bad_loop(int n)
{
    int x = 1;
    for (int i = 0; i < n; i++)
        g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
}

void bad_block(void)
{
    {
        int x = 1;
        g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    }
}

/* Through a pointer to the global. */

void bad_via_pointer(void)
{
    int x = 1;
    int **pp = &g;
    *pp = &x; /* WARN "address of local variable 'x' is stored in '.*', which outlives it" */
}

void bad_via_memcpy(void)
{
    int x = 1;
    int *p = &x;
    memcpy(&g, &p, sizeof g); /* WARN "'x' is stored in '.*', which outlives it" */
}

/* A part of a global. */

void bad_field(void)
{
    int x = 1;
    gs.in.b = &x; /* WARN "'x' is stored in '.*gs.*'" */
}

void bad_slot(int i)
{
    int x = 1;
    gv[i] = &x; /* WARN "address of local variable 'x' is stored in '.*gv.*', which outlives it" */
}

void bad_constant_slot(void)
{
    int x = 1;
    gs.v[2] = &x; /* WARN "'x' is stored in '.*gs.*'" */
}

void bad_table_field(int i)
{
    int x = 1;
    tab[i].in.a = &x; /* WARN "'x' is stored in '.*tab.*', which outlives it" */
}

void bad_struct_assignment(void)
{
    int x = 1;
    gs.in = (struct pair){&x, NULL}; /* WARN "'x' is stored in '.*gs.*', which outlives it" */
}

void bad_struct_copy(void)
{
    int x = 1;
    struct pair s = {NULL, &x};
    gs.in = s; /* WARN "address of local variable 'x' is stored in '.*gs.*', which outlives it" */
}

void bad_pointee(void)
{
    int x = 1;
    gp->in.a = &x; /* WARN "'x' is stored in '.gp'" */
}

void bad_whole_struct(void)
{
    struct state s = {0};
    gp = &s; /* WARN "address of local variable 's' is stored in 'gp', which outlives it" */
}

void bad_pushed(int d)
{
    struct frame f = {top, d};
    top = &f; /* WARN "address of local variable 'f' is stored in 'top', which outlives it" */
}

/* What happens between the store and the end does not help. */

void bad_reset_other(void)
{
    int x = 1;
    g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    *g = 2;
    g2 = NULL;
}

void bad_reset_one_path(int c)
{
    int x = 1;
    g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    if (c)
        return;
    g = NULL;
}

void bad_library_call_between(int c)
{
    char buf[32];
    gtext = buf; /* WARN "'buf' is stored in 'gtext'" */
    snprintf(buf, sizeof buf, "%d", c);
    puts(gtext);
}

void bad_pure_call_between(void)
{
    int x = 1;
    g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    x = look(g);
}

int bad_private_static_across_call(void)
{
    static int *seen;
    int x = cond();
    int r = seen ? *seen : 0;
    seen = &x; /* WARN "address of local variable 'x' is stored in 'seen', which outlives it" */
    work();
    return r;
}

void bad_restored_too_early(void)
{
    int x = 1;
    int *old = g;
    g = old;
    g = &x; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
    x = look(g);
}

void bad_saved_after(void)
{
    int x = 1;
    g = &x;
    int *old = g;
    *g = 2;
    g = old; /* WARN "address of local variable 'x' is stored in 'g', which outlives it" */
}

/* Look-alikes. */

void good_reset(void)
{
    int x = 1;
    g = &x;
    work();
    g = NULL;
}

void good_restored(void)
{
    int x = 1;
    int *old = g;
    g = &x;
    work();
    g = old;
}

void good_restored_field(void)
{
    int x = 1;
    struct pair old = gs.in;
    gs.in.a = &x;
    gs.in.b = &x;
    work();
    gs.in = old;
}

void good_field_reset(void)
{
    int x = 1;
    gs.in.a = &x;
    work();
    gs.in.a = NULL;
}

void good_slot_reset(int i)
{
    int x = 1;
    gv[i] = &x;
    *(int *)gv[i] = 2;
    gv[i] = NULL;
}

void good_all_slots_reset(void)
{
    int x = 1;
    for (int i = 0; i < 4; i++)
        gv[i] = &x;
    work();
    for (int i = 0; i < 4; i++)
        gv[i] = NULL;
}

void good_cleared_by_memset(void)
{
    int x = 1;
    gs.in.a = &x;
    gs.v[1] = &x;
    work();
    memset(&gs, 0, sizeof gs);
}

void good_struct_replaced(void)
{
    int x = 1;
    gs.in.a = &x;
    gs.text = (char *)&x;
    work();
    gs = (struct state){0};
}

void good_reset_all_paths(int c)
{
    int x = 1;
    g = &x;
    switch (c) {
    case 0:
        g = NULL;
        return;
    case 1:
        g = &anchor;
        break;
    default:
        g = g2;
    }
}

int good_single_exit(int c)
{
    int x = 1, r = -1;
    g = &x;
    if (c < 0)
        goto out;
    if (look(g))
        goto out;
    r = x;
out:
    g = NULL;
    return r;
}

void good_same_flag(int c)
{
    int x = 1;
    if (c)
        g = &x;
    work();
    if (c)
        g = NULL;
}

void good_pushed_popped(int d)
{
    struct frame f = {top, d};
    top = &f;
    work();
    top = f.up;
}

void good_popped_through_global(int d)
{
    struct frame f = {top, d};
    top = &f;
    f.depth += look(&f);
    top = top->up;
}

void good_reset_via_pointer(void)
{
    int x = 1;
    int **pp = &g;
    *pp = &x;
    *g = 2;
    *pp = NULL;
}

void good_reset_by_exchange(void)
{
    int x = 1;
    atomic_store(&gatomic, &x);
    work();
    atomic_exchange(&gatomic, NULL);
}

void good_exchanged_back(void)
{
    int x = 1;
    int *old = atomic_exchange(&gatomic, &x);
    work();
    atomic_store(&gatomic, old);
}

void good_volatile_reset(void)
{
    int x = 1;
    gvol = &x;
    while (gvol == &x && cond())
        x++;
    gvol = NULL;
}

void good_static_target(void)
{
    static int x;
    g = &x;
}

void good_value(void)
{
    int x = 1;
    int *p = &x;
    if (g)
        *g = *p;
}

void good_number(void)
{
    int x = 1;
    gnum = (uintptr_t)&x;
}

void good_string(void)
{
    gname = "text";
}

void good_element_value(int i)
{
    const char *const names[] = {"a", "b"};
    gname = names[i];
}

void good_duplicated(void)
{
    char buf[16] = "text";
    gtext = strdup(buf);
}

void good_loaded_from_param(struct state s)
{
    g = s.in.a;
}

void good_exit(void)
{
    int x = 1;
    g = &x;
    exit(look(g));
}

void good_noreturn(void)
{
    char buf[16] = "text";
    gtext = buf;
    die(gtext);
}

void good_endless(void)
{
    int x = 1;
    g = &x;
    for (;;)
        work();
}

/* Nobody here knows whether unlink_frame() below takes it out again. */
void unlink_frame(void);
void good_unknown_call_may_reset(void)
{
    struct frame f = {top, 1};
    top = &f;
    unlink_frame();
}

void good_guard_cleared(void)
{
    int x = 1;
    if (!g)
        g = &x;
    work();
    if (g == &x)
        g = NULL;
}

/* The process ends with the return from main: what it leaves behind nobody can use. */
int main(int argc, char **argv)
{
    struct state s = {.n = argc, .text = argv[0]};
    gp = &s;
    work();
    return 0;
}

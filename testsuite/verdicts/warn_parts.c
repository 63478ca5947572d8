/* OPTIONS: mode=check */
/*
 * Parts and wholes: an address is gone when a part of it is overwritten, or when what it stands in is
 * overwritten as a whole, by however large a copy or by a call's result. Each good_ function does that; the
 * bad_ one beside it overwrites something else.
 */
#include <stdint.h>
#include <string.h>

union word {
    int *p;
    struct {
        int32_t low, high;
    } half;
    char byte[8];
};
struct __attribute__((packed)) record {
    char tag;
    int *p;
    int *q;
};
struct large {
    int *at[100];
    int n;
};
struct pair {
    int *p, *q;
    int more[20];
};

extern union word gw;
extern struct record gr;
extern struct large gl;
extern struct pair gp;
extern int *other;
struct large large_from_elsewhere(void);
struct pair pair_from_elsewhere(void);
void look(const int *);

/* ---- halves ---- */

void good_low_half(void)
{
    int x = 1;
    gw.p = &x;
    look(gw.p);
    gw.half.low = 0;
}

void good_high_half(void)
{
    int x = 1;
    gw.p = &x;
    look(gw.p);
    gw.half.high = 0;
}

void good_one_byte(union word *w)
{
    int x = 1;
    w->p = &x;
    look(w->p);
    w->byte[7] = 0;
}

void bad_halves_before(union word *w)
{
    int x = 1;
    w->half.low = w->half.high = 0;
    w->p = &x; /* WARN "address of local variable 'x' is stored in '\*w'" */
    look(w->p);
}

int *good_half_of_a_local(int32_t high)
{
    int x = 1;
    union word w = {.p = &x};
    look(w.p);
    w.half.high = high;
    return w.p;
}

int *bad_half_of_another(int32_t high)
{
    int x = 1;
    union word w = {.p = &x}, v = {.p = other};
    v.half.high = high;
    look(v.p);
    return w.p; /* WARN "address of local variable 'x' is returned" */
}

int *good_one_half_copied(union word *from)
{
    int x = 1;
    union word w = {.p = &x}, v = *from;
    v.half.low = w.half.low;
    return v.p;
}

static void clear_high(union word *w)
{
    w->half.high = 0;
}

void good_half_in_a_helper(union word *w)
{
    int x = 1;
    w->p = &x;
    look(w->p);
    clear_high(w);
}

void bad_half_in_a_helper(union word *w)
{
    int x = 1;
    clear_high(w);
    w->p = &x; /* WARN "'x' is stored in '\*w'" */
    look(w->p);
}

/* ---- words that overlap ---- */

void good_packed(struct record *r)
{
    int x = 1;
    r->p = &x;
    look(r->p);
    memset(r, 0, sizeof *r);
}

void bad_packed(struct record *r)
{
    int x = 1;
    r->p = &x; /* WARN "'x' is stored in '\*r'" */
    look(r->p);
    r->tag = 0;
    r->q = other;
}

void good_packed_across(struct record *r)
{
    int x = 1;
    r->q = &x;
    look(r->q);
    *(uint64_t *)((char *)r + 12) = 0; /* the end of p and the beginning of q */
}

/* ---- large copies ---- */

void good_large_copy(struct large *l, const struct large *from)
{
    int x = 1;
    l->at[90] = &x;
    look(l->at[90]);
    *l = *from;
}

void bad_large_copy(struct large *l, const struct large *from)
{
    int x = 1;
    *l = *from;
    l->at[90] = &x; /* WARN "'x' is stored in '\*l'" */
    look(l->at[90]);
}

void good_large_global(const struct large *from)
{
    int x = 1;
    gl.at[90] = &x;
    look(gl.at[90]);
    gl = *from;
}

static void copy_large(struct large *l, const struct large *from)
{
    *l = *from;
}

void good_large_helper(struct large *l, const struct large *from)
{
    int x = 1;
    l->at[90] = &x;
    look(l->at[90]);
    copy_large(l, from);
}

void bad_large_helper(struct large *l, const struct large *from)
{
    int x = 1;
    copy_large(l, from);
    l->at[90] = &x; /* WARN "'x' is stored in '\*l'" */
    look(l->at[90]);
}

void good_large_result(void)
{
    int x = 1;
    gl.at[90] = &x;
    look(gl.at[90]);
    gl = large_from_elsewhere();
}

/* ---- results ---- */

static struct pair make_pair(void)
{
    struct pair p;
    p.p = other;
    p.q = NULL;
    p.more[3] = 0;
    return p;
}

static struct pair make_pair_of(int *v)
{
    struct pair p;
    p.p = other;
    p.q = v;
    p.more[3] = 0;
    return p;
}

void good_result(void)
{
    int x = 1;
    struct pair p;
    p.p = p.q = &x;
    look(p.p);
    p = make_pair();
    gp = p;
}

void bad_result(void)
{
    int x = 1;
    struct pair p;
    p.p = p.q = &x;
    look(p.p);
    p = make_pair_of(&x);
    gp = p; /* WARN "'x' is stored in 'gp'" */
}

void good_result_in_global(void)
{
    int x = 1;
    gp.p = gp.q = &x;
    look(gp.p);
    gp = make_pair();
}

void good_result_through_pointer(struct pair *to)
{
    int x = 1;
    to->q = &x;
    look(to->q);
    *to = make_pair();
}

void bad_result_elsewhere(struct pair *to, struct pair *p)
{
    int x = 1;
    *to = make_pair();
    p->q = &x; /* WARN "'x' is stored in '\*p'" */
    look(to->q);
}

void good_result_of_another_file(struct pair *to)
{
    int x = 1;
    to->q = &x;
    look(to->q);
    *to = pair_from_elsewhere();
}

/* ---- numbers are no addresses ---- */

int *good_number_in_memory(int *q)
{
    int x = 1, y = 2;
    other = NULL;
    if (other == &y)
        q = &x;
    look(&y);
    return q;
}

int *bad_address_in_memory(int *q)
{
    int x = 1, y = 2;
    other = NULL;
    if (other != &y)
        q = &x;
    look(&y);
    return q; /* WARN "address of local variable 'x' is returned" */
}

/* OPTIONS: m warn=none */
/*
 * Objects that point into themselves and assignments within one object. Go ignores some of these by
 * a special rule and takes the others for leaks; here they are flows from a parameter into its own
 * pointee.
 */
#include <goescape.h>

void *anything;
int *kept;
int zero(void) { return 0; }

struct s {
    int i;
    int *pi;
};
struct s kept_s;

void self_and_kept(struct s *p) /* LEAKS p */
{
    p->pi = &p->i;
    kept_s = *p;
}
void self_only(struct s *p) { p->pi = &p->i; } /* STAYS p */ /* GO: LEAKS p */
void self_by_callee(void)
{
    struct s s = {0}; /* MOVED s */
    self_only(&s);
    kept_s = s;
}
void self_by_callee_private(void)
{
    struct s s = {0}; /* STAYS s */ /* GO: MOVED s */
    self_only(&s);
    *s.pi = 1;
}
void self_here(void)
{
    struct s s = {0}; /* STAYS s */
    s.pi = &s.i;
    *s.pi = 1;
}
struct s self_by_value(void)
{
    struct s s = {0}; /* MOVED s */
    s.pi = &s.i;
    return s;
}

struct pair {
    int *p1;
    int *p2;
};
struct pair kept_pair;
struct pair_of_pairs {
    struct pair *pairs[2];
};
struct boxed_pair {
    struct pair *pair;
};
struct wrapped_pair {
    struct pair pair;
};
void keep(void *x) { anything = x; } /* LEAKS x */

void within_array(struct pair_of_pairs *p) { p->pairs[0] = p->pairs[1]; } /* LEAKS p TO p 1 */ /* GO: STAYS p */
void within_array_unknown(struct pair_of_pairs *p) /* LEAKS p TO p 1 */ /* GO: LEAKS CONTENT p */
{
    p->pairs[zero()] = p->pairs[1];
    p->pairs[zero() + 1] = p->pairs[1];
}
void within_boxed(struct boxed_pair *b) { b->pair->p1 = b->pair->p2; } /* LEAKS b TO b 2 */ /* GO: STAYS b */
void within_wrapped(struct wrapped_pair *w) { w->pair.p1 = w->pair.p2; } /* LEAKS w TO w 1 */ /* GO: STAYS w */
void within_pair(struct pair *p) { p->p1 = p->p2; } /* LEAKS p TO p 1 */ /* GO: STAYS p */

void within_then_kept1(struct boxed_pair *b) /* LEAKS CONTENT b */
{
    b->pair->p1 = b->pair->p2;
    kept = b->pair->p2;
}
void within_then_kept2(struct boxed_pair *b) /* LEAKS CONTENT b */
{
    b->pair->p1 = b->pair->p2;
    anything = b->pair;
}
void within_then_kept3(struct boxed_pair *b) /* LEAKS CONTENT b */
{
    b->pair->p1 = b->pair->p2;
    keep(b->pair->p2);
}
void within_then_kept4(struct boxed_pair *b) /* LEAKS CONTENT b */
{
    b->pair->p1 = b->pair->p2;
    keep(b->pair);
}
void within_one_other_kept(struct boxed_pair *b1, struct boxed_pair *b2) /* LEAKS b1 TO b1 2 */ /* LEAKS CONTENT b2 */ /* GO: STAYS b1 */
{
    b1->pair->p1 = b1->pair->p2;
    keep(b2->pair->p2);
}

/* From one object into another. */
void between_boxed(struct boxed_pair *b1, struct boxed_pair *b2) { b1->pair->p1 = b2->pair->p1; } /* STAYS b1 */ /* LEAKS b2 TO b1 2 */ /* GO: LEAKS CONTENT b2 */
void between_arrays(struct pair_of_pairs *p, struct pair_of_pairs *q) { p->pairs[0] = q->pairs[1]; } /* STAYS p */ /* LEAKS q TO p 1 */ /* GO: LEAKS CONTENT q */
void between_behind(struct pair_of_pairs *p, struct pair_of_pairs *q) { p->pairs[0]->p1 = q->pairs[1]->p1; } /* STAYS p */ /* LEAKS q TO p 2 */ /* GO: LEAKS CONTENT q */

void within_pair_private(void)
{
    int i = 0; /* STAYS i */
    int j = 0; /* STAYS j */
    struct pair p = {&i, &j}; /* STAYS p */
    within_pair(&p);
    *p.p1 = 1;
}
void within_pair_kept(void)
{
    int i = 0; /* MOVED i */
    int j = 0; /* MOVED j */
    struct pair p = {&i, &j}; /* STAYS p */
    within_pair(&p);
    kept_pair = p;
}
void within_pair_second_kept(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int j = 0; /* MOVED j */
    struct pair p = {&i, &j}; /* STAYS p */
    within_pair(&p);
    kept = p.p2;
}
void between_boxed_private(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    struct pair a = {0, 0}; /* STAYS a */
    struct pair b = {&i, 0}; /* STAYS b */
    struct boxed_pair ba = {&a}; /* STAYS ba */
    struct boxed_pair bb = {&b}; /* STAYS bb */
    between_boxed(&ba, &bb);
    *a.p1 = 1;
}
void between_boxed_kept(void)
{
    int i = 0; /* MOVED i */
    struct pair a = {0, 0}; /* STAYS a */
    struct pair b = {&i, 0}; /* STAYS b */
    struct boxed_pair ba = {&a}; /* STAYS ba */
    struct boxed_pair bb = {&b}; /* STAYS bb */
    between_boxed(&ba, &bb);
    kept = a.p1;
}

/* A buffer with views of itself. */
struct buffer {
    char arr[64];
    char (*arr_ptr)[64];
    char *buf1;
    char *buf2;
    const char *str1;
    const char *str2;
};
void views_move(struct buffer *b) /* LEAKS b TO b 1 */ /* GO: STAYS b */
{
    b->buf1 = b->buf1 + 1;
    b->buf1 = b->buf2 + 1;
}
void view_of_own_array(struct buffer *b) { b->buf1 = b->arr + 1; } /* STAYS b */ /* GO: LEAKS b */
void view_of_far_array(struct buffer *b) { b->buf1 = *b->arr_ptr + 1; } /* LEAKS b TO b 1 */ /* GO: STAYS b */
void view_of_text(struct buffer *b) /* LEAKS b TO b 1 */ /* GO: STAYS b */
{
    b->str1 = b->str1 + 1;
    b->str1 = b->str2 + 1;
}
void view_in_another(struct buffer *b) /* LEAKS CONTENT b */
{
    struct buffer *o = goe_new(struct buffer); /* NOTE "goe_new(struct buffer) escapes to heap" */
    o->buf1 = b->buf1 + 1;
    anything = o;
}
void advance_both(const char **sp, char **bp) /* LEAKS sp TO sp 1 */ /* LEAKS bp TO bp 1 */ /* GO: STAYS sp, STAYS bp */
{
    *sp = *sp + 1;
    *bp = *bp + 1;
}
void views_private(void)
{
    struct buffer b = {{0}}; /* STAYS b */ /* GO: MOVED b */
    view_of_own_array(&b);
    b.buf2 = b.buf1;
    views_move(&b);
    b.buf1[0] = 1;
}
char *view_returned(void)
{
    struct buffer b = {{0}}; /* MOVED b */
    view_of_own_array(&b);
    return b.buf1;
}

/* Cycles of nodes, copied: following addresses round and round comes to an end. */
struct node {
    struct node *orig;
};
struct node *kept_node;
void cycle_of_one(void)
{
    struct node n; /* MOVED n */
    n.orig = &n;
    struct node m = n; /* MOVED m */
    kept_node = &m;
}
void cycle_of_two(void)
{
    struct node n1; /* MOVED n1 */
    struct node n2; /* MOVED n2 */
    n1.orig = &n2;
    n2 = n1;
    struct node m = n2; /* MOVED m */
    kept_node = &m;
    n2.orig = &n1;
    m = n2;
}
void cycle_loaded(void)
{
    struct node n1; /* STAYS n1 */
    struct node n2; /* MOVED n2 */
    n1.orig = &n1;
    n2.orig = &n2;
    n1.orig = &n2;
    kept_node = n1.orig->orig;
}
void cycle_private(void)
{
    struct node n1; /* STAYS n1 */
    struct node n2; /* STAYS n2 */
    n1.orig = &n2;
    n2.orig = &n1;
    n1.orig->orig->orig = &n1;
}

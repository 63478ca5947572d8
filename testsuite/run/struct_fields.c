/* Addresses of fields keep the whole object alive; neighbours and bit-fields work on. */
#include "run.h"
#include "goescape.h"

struct inner { char tag; int v[3]; };
struct outer {
    unsigned a : 3, b : 5;
    struct inner in;
    struct inner *self;
    unsigned c : 7;
};
struct ring { struct ring *next; int v; };

static int *field(void) { struct outer o = {.in = {.v = {1, 2, 3}}}; return &o.in.v[2]; }
static struct inner *sub(void) { struct outer o = {.in = {'t', {4, 5, 6}}}; return &o.in; }
static struct outer *self(void)
{
    struct outer o = {.a = 5, .b = 17};

    o.in.v[0] = 7;
    o.self = &o.in;
    o.c = 99;
    o.a++;
    o.b -= 2;
    return &o;
}
static struct ring *ring(void)
{
    struct ring a = {NULL, 1}, b = {&a, 2}, c = {&b, 3};

    a.next = &c;
    return &a;
}
static struct outer *from_field(int *v)
{
    return (struct outer *)((char *)v - offsetof(struct outer, in.v[2]));
}
static char *byte(int i) { int x = 0x11223344; return (char *)&x + i; }

int main(void)
{
    int *f = field(), sum = 0;
    struct inner *s = sub();
    struct outer *o = self();
    struct ring *r = ring();
    char *b0 = byte(0), *b3 = byte(3);

    clobber();
    goe_gc();
    printf("%d %d %d\n", *f, from_field(f)->in.v[0], from_field(f)->in.v[1]);
    printf("%c %d %d %d\n", s->tag, s->v[0], s->v[1], s->v[2]);
    printf("%u %u %u %d\n", o->a, o->b, o->c, o->self->v[0]);
    o->in.v[0] = 8;
    printf("%d\n", o->self->v[0]);
    for (int i = 0; i < 6; i++, r = r->next)
        sum = sum * 10 + r->v;
    printf("%d\n", sum);
    printf("%x %x\n", *b0, *b3);
    return 0;
}

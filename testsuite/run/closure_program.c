/* Programs written with closures on purpose: parsers put together from parsers, lazy streams, layers around a
 * handler, and lists that are nothing but functions. All makers have returned when what they made is used. */
#include "goescape.h"
#include "run.h"

/* ---- parsers: from a text to its rest and a value; the rest is null where they do not match ---- */

struct result {
    const char *rest;
    long value;
};
typedef struct result parser(const char *);
typedef long binary(long, long);

static parser *character(const char *set)
{
    struct result parse(const char *s)
    {
        return *s && strchr(set, *s) ? (struct result){s + 1, *s} : (struct result){0};
    }
    return parse;
}

static parser *either(parser *a, parser *b)
{
    struct result parse(const char *s)
    {
        struct result r = a(s);
        return r.rest ? r : b(s);
    }
    return parse;
}

static parser *digits(void)
{
    parser *digit = character("0123456789");
    struct result parse(const char *s)
    {
        struct result all = {0};
        for (struct result r = digit(s); r.rest; r = digit(s)) {
            all.value = all.value * 10 + (r.value - '0');
            s = all.rest = r.rest;
        }
        return all;
    }
    return parse;
}

static parser *between(parser *open, parser *inner, parser *close)
{
    struct result parse(const char *s)
    {
        struct result a = open(s), b, c;
        if (!a.rest)
            return a;
        b = inner(a.rest);
        if (!b.rest)
            return b;
        c = close(b.rest);
        return (struct result){c.rest, b.value};
    }
    return parse;
}

/* item (op item)*, folded from the left. */
static parser *chain(parser *item, parser *op, binary *(*meaning)(long op))
{
    struct result parse(const char *s)
    {
        struct result left = item(s);
        while (left.rest) {
            struct result o = op(left.rest), right;
            if (!o.rest || !(right = item(o.rest)).rest)
                break;
            left = (struct result){right.rest, meaning(o.value)(left.value, right.value)};
        }
        return left;
    }
    return parse;
}

static binary *meaning(long op)
{
    long apply(long a, long b)
    {
        return op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : b ? a / b : 0;
    }
    return apply;
}

static parser *calculator(void)
{
    parser *sum = NULL; /* set below: a parser that is part of itself */
    struct result lazily(const char *s) { return sum(s); }
    parser *atom = either(digits(), between(character("("), lazily, character(")")));
    parser *product = chain(atom, character("*/"), meaning);

    sum = chain(product, character("+-"), meaning);
    return sum;
}

/* ---- streams: each call gives the next number ---- */

typedef long stream(void);

static stream *from(long n)
{
    long next(void) { return n++; }
    return next;
}
static stream *without_multiples(stream *s, long of)
{
    long next(void)
    {
        long n;
        do
            n = s();
        while (n % of == 0);
        return n;
    }
    return next;
}
static stream *primes(void)
{
    stream *rest = from(2);
    long next(void)
    {
        long prime = rest();
        rest = without_multiples(rest, prime);
        return prime;
    }
    return next;
}
static stream *both(stream *a, stream *b, binary *f)
{
    long next(void)
    {
        long x = a(), y = b();
        return f(x, y);
    }
    return next;
}

/* ---- layers around a handler ---- */

typedef int handler(const char *request, char *answer, size_t room);

static handler *counted(handler *inner, int **count)
{
    int calls = 0;
    int handle(const char *request, char *answer, size_t room)
    {
        calls++;
        return inner(request, answer, room);
    }
    *count = &calls;
    return handle;
}
static handler *limited(handler *inner, int left)
{
    int handle(const char *request, char *answer, size_t room)
    {
        if (left-- > 0)
            return inner(request, answer, room);
        snprintf(answer, room, "too many");
        return 429;
    }
    return handle;
}
static handler *cached(handler *inner)
{
    struct entry {
        char request[16], answer[16];
        int status;
    } entries[4] = {0};
    unsigned used = 0;
    int handle(const char *request, char *answer, size_t room)
    {
        struct entry *e = entries;
        while (e < entries + 4 && strcmp(e->request, request) != 0)
            e++;
        if (e == entries + 4) {
            e = &entries[used++ % 4];
            e->status = inner(request, e->answer, sizeof e->answer);
            snprintf(e->request, sizeof e->request, "%s", request);
        }
        snprintf(answer, room, "%s", e->answer);
        return e->status;
    }
    return handle;
}
static int echo(const char *request, char *answer, size_t room)
{
    size_t i = 0;
    for (; i < room - 1 && request[i]; i++)
        answer[i] = (char)(request[i] - ('a' - 'A'));
    answer[i] = 0;
    return 200;
}

/* ---- lists that are functions ---- */

typedef void *pick(void *head, void *tail);
typedef void *list(pick *);

static list *cons(void *head, list *tail)
{
    void *with(pick *p) { return p(head, (void *)tail); }
    return with;
}
static void *first(void *head, void *tail) { return (void)tail, head; }
static void *others(void *head, void *tail) { return (void)head, tail; }
static list *reversed(list *l)
{
    list *done = NULL;
    for (; l; l = (list *)l(others))
        done = cons(l(first), done);
    return done;
}
static list *numbers(int n)
{
    list *l = NULL;
    for (int i = 0; i < n; i++) {
        int mine = i * i;
        l = cons(&mine, l);
    }
    return l;
}

int main(void)
{
    static const char *const sums[] = {"1+2*3", "(1+2)*3-4", "2*(3+4*(5-1))/2", "((7))", "10-4-3", "x", "3*"};
    parser *calculate = calculator();
    clobber();
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        struct result r = calculate(sums[i]);
        if (r.rest)
            printf("%s = %ld, then '%s'\n", sums[i], r.value, r.rest);
        else
            printf("%s: no sum\n", sums[i]);
    }

    stream *p = primes(), *differences = both(primes(), from(0), meaning('-'));
    clobber();
    goe_gc();
    for (int i = 0; i < 12; i++) {
        long prime = p(), difference = differences();
        printf("%ld:%ld%c", prime, difference, i < 11 ? ' ' : '\n');
    }

    int *outside, *inside;
    handler *h = counted(limited(cached(counted(echo, &inside)), 5), &outside);
    char answer[16];
    for (int i = 0; i < 7; i++) {
        int status = h(i % 2 ? "abc" : "xyz", answer, sizeof answer);
        printf("%d %s%s", status, answer, i < 6 ? ", " : "\n");
    }
    printf("%d calls, %d of them inside\n", *outside, *inside);

    for (list *l = reversed(numbers(6)); l; l = (list *)l(others))
        printf("%d ", *(int *)l(first));
    puts("");
    return 0;
}

/* OPTIONS: mode=check */
/* What a function leaves behind depends on its arguments, or on memory that its caller has set: only
 * what the caller can tell is certain. */
#include <stdlib.h>
#include <string.h>

/* ---- arguments ---- */

static char *text(char *buf, int copy)
{
    if (copy)
        return strdup(buf);
    return buf;
}

char *good_argument(void)
{
    char buf[8] = "a";
    return text(buf, 1);
}

char *bad_argument(void)
{
    char buf[8] = "a";
    return text(buf, 0); /* WARN "'buf' is returned" */
}

char *bad_any_argument(int i)
{
    char buf[8] = "a";
    return text(buf, i); /* WARN "'buf' is returned" */
}

char *good_tested_argument(int i)
{
    char buf[8] = "a";
    if (i == 0)
        return 0;
    return text(buf, i);
}

char *bad_tested_argument(int i)
{
    char buf[8] = "a";
    if (i != 0)
        return 0;
    return text(buf, i); /* WARN "'buf' is returned" */
}

static int *keep(int *p, int **slot, int copy)
{
    if (copy) {
        int *n = malloc(sizeof *n);
        *n = *p;
        p = n;
    }
    *slot = p;
    return p;
}

int good_kept_copy(int **slot)
{
    int x = 1;
    return *keep(&x, slot, 1);
}

int bad_kept(int **slot)
{
    int x = 1;
    return *keep(&x, slot, 0); /* WARN "'x' is stored in '\*slot'" */
}

/* The same, one level up. */
static int *keep_copy(int *p, int **slot) { return keep(p, slot, 1); }
static int *keep_as(int *p, int **slot, int how) { return keep(p, slot, how); }

int good_kept_copy_below(int **slot)
{
    int x = 1;
    return *keep_copy(&x, slot);
}

int good_kept_copy_far_below(int **slot)
{
    int x = 1;
    return *keep_as(&x, slot, 1);
}

int bad_kept_far_below(int **slot)
{
    int x = 1;
    return *keep_as(&x, slot, 0); /* WARN "'x' is stored in '\*slot'" */
}

/* ---- memory ---- */

struct acc {
    char *text;
    int n, max;
    unsigned char owned;
};

static void acc_init(struct acc *a, char *base, int max)
{
    a->text = base;
    a->n = 0;
    a->max = max;
    a->owned = 0;
}

static char *acc_finish(struct acc *a)
{
    if (a->text) {
        a->text[a->n] = 0;
        if (a->max > 0 && !a->owned)
            return a->text = strdup(a->text);
    }
    return a->text;
}

char *good_finished(const char *s)
{
    char buf[100];
    struct acc a;
    acc_init(&a, buf, 1000);
    strncpy(buf, s, 99);
    a.n = (int)strlen(s);
    return acc_finish(&a);
}

static int mode;

static char *by_mode(char *buf)
{
    if (mode == 2)
        return buf;
    return strdup(buf);
}

char *good_mode(void)
{
    char buf[8] = "a";
    mode = 1;
    return by_mode(buf);
}

/* Whatever the memory says, the result points into the argument. */
static char *after_colon(char *s)
{
    while (*s && *s != ':')
        s++;
    return *s ? s + 1 : s;
}

char *bad_after_colon(const char *s)
{
    char buf[100];
    strncpy(buf, s, 99);
    return after_colon(buf); /* WARN "'buf' is returned" */
}

struct dyn {
    char *at;
    char fixed[32];
    size_t len;
};

static char *dyn_steal(struct dyn *d)
{
    if (d->at != d->fixed)
        return d->at;
    return strdup(d->fixed);
}

char *good_stolen(size_t len)
{
    struct dyn d;
    d.at = d.fixed;
    d.len = len;
    if (len > sizeof d.fixed)
        d.at = malloc(len);
    return dyn_steal(&d);
}

/* ---- the caller's buffer, a small one on the stack, or a large one on the heap ---- */

int fill(char *buf, size_t size);

static char *read_into(char *buffer, size_t size, char *small)
{
    char *buf = buffer;
    if (!buf) {
        buf = small;
        size = 64;
    }
    while (buf && fill(buf, size)) {
        if (buf != buffer && buf != small)
            free(buf);
        size *= 2;
        buf = malloc(size);
    }
    if (buf == small)
        return strdup(buf);
    return buf;
}

char *good_small_copied(char *buffer, size_t size)
{
    char small[64];
    return read_into(buffer, size, small);
}

static char *read_and_forget(char *buffer, size_t size, char *small)
{
    char *buf = buffer;
    if (!buf) {
        buf = small;
        size = 64;
    }
    if (fill(buf, size))
        return NULL;
    if (buf == buffer)
        return strdup(buf);
    return buf;
}

char *bad_small_returned(char *buffer, size_t size)
{
    char small[64];
    return read_and_forget(buffer, size, small); /* WARN "'small' is returned" */
}

static char *other_of(char *a, char *b, char *now)
{
    return now == a ? b : a;
}

char *good_other_of(char *q)
{
    char x[8] = "a";
    return other_of(x, q, x);
}

char *good_within_one(char *q)
{
    char x[8] = "a", *p = x;
    if (q)
        p = q;
    return p == x ? NULL : p;
}

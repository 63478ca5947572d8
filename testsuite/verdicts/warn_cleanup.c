/* OPTIONS: mode=check */
/* Ways out of a function: errors, cleanups, several levels of helpers. What is linked on the way in has
 * to be taken out on every way out, which is what real programs forget. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int start(void *);
int wait_for(void *);
void note(const char *, int);

/* ---- a list head ---- */

struct link {
    struct link *next, *prev;
};
struct request {
    struct link link;
    int status;
    bool done;
};
static struct link pending = {&pending, &pending};

static void list_insert(struct link *n, struct link *prev, struct link *next)
{
    next->prev = n;
    n->next = next;
    n->prev = prev;
    prev->next = n;
}
static void list_add(struct link *n, struct link *head) { list_insert(n, head, head->next); }
static void list_join(struct link *prev, struct link *next)
{
    next->prev = prev;
    prev->next = next;
}
static void list_del(struct link *n) { list_join(n->prev, n->next); }
static void submit(struct request *r) { list_add(&r->link, &pending); }
static void withdraw(struct request *r) { list_del(&r->link); }

int good_submitted(void)
{
    struct request r = {.status = 0};
    submit(&r);
    int status = wait_for(&r);
    withdraw(&r);
    return status;
}

int bad_submitted(void)
{
    struct request r = {.status = 0};
    submit(&r); /* WARN "'r' is stored in 'pending'" */
    r.status = 1;
    return r.status;
}

/* ---- one owner at a time ---- */

struct device {
    struct request *current;
    int users, broken;
};

static int claim(struct device *d, struct request *r)
{
    if (d->current)
        return -EBUSY;
    d->current = r;
    return 0;
}
static void release(struct device *d) { d->current = NULL; }
static int run(struct device *d, struct request *r)
{
    int err = claim(d, r);
    if (err)
        return err;
    r->status = 1;
    return 0;
}
static void finish(struct device *d, struct request *r)
{
    r->done = true;
    release(d);
}

int good_goto_out(struct device *d, int n)
{
    struct request r = {.status = n};
    int err = claim(d, &r);
    if (err)
        return err;
    if (n < 0) {
        err = -EINVAL;
        goto out;
    }
    err = start(d);
    if (err)
        goto out;
    err = r.status;
out:
    release(d);
    return err;
}

int bad_goto_past(struct device *d, int n)
{
    struct request r = {.status = n};
    int err = claim(d, &r); /* WARN "'r' is stored in '\*d'" */
    if (err)
        return err;
    if (n < 0) {
        err = -EINVAL;
        goto fail;
    }
    note("started", n);
    release(d);
fail:
    return err;
}

int bad_return_between(struct device *d, int n)
{
    struct request r = {.status = n};
    int err = run(d, &r); /* WARN "'r' is stored in '\*d'" */
    if (err)
        return err;
    if (n == 7)
        return -EIO;
    finish(d, &r);
    return 0;
}

int good_two_levels(struct device *d, int n)
{
    struct request r = {.status = n};
    if (run(d, &r))
        return -1;
    note("running", n);
    finish(d, &r);
    return 0;
}

/* Taken over only if it went well: the caller undoes what it did itself. */
int good_undone_on_failure(struct device *d, int n)
{
    struct request r = {.status = n}, *before = d->current;
    d->current = &r;
    int err = start(&r);
    d->current = before;
    return err;
}

int bad_undone_on_success_only(struct device *d, int n)
{
    struct request r = {.status = n}, *before = d->current;
    d->current = &r; /* WARN "'r' is stored in '\*d'" */
    if (n > 3)
        return -1;
    d->current = before;
    return 0;
}

/* ---- loops ---- */

int good_each_round(struct device *d, const int *v, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        struct request r = {.status = v[i]};
        if (claim(d, &r))
            continue;
        sum += r.status;
        release(d);
    }
    return sum;
}

int bad_break_out(struct device *d, const int *v, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        struct request r = {.status = v[i]};
        d->current = &r; /* WARN "'r' is stored in '\*d'" */
        if (v[i] < 0)
            break;
        sum += r.status;
        d->current = NULL;
    }
    return sum;
}

/* ---- the cleanup attribute ---- */

static void drop(struct device **d) { (*d)->current = NULL; }

int good_dropped_at_the_end(struct device *d, int n)
{
    __attribute__((cleanup(drop))) struct device *guard = d;
    struct request r = {.status = n};
    d->current = &r;
    if (n < 0)
        return -1;
    return r.status;
}

static void count(struct device **d) { (*d)->users--; }

int bad_only_counted(struct device *d, int n)
{
    __attribute__((cleanup(count))) struct device *guard = d;
    struct request r = {.status = n};
    d->current = &r; /* WARN "'r' is stored in '\*d'" */
    if (n < 0)
        return -1;
    return r.status;
}

/* ---- state of a session ---- */

struct session {
    const char *user, *host;
    char *reply;
    size_t len;
};

/* The name is formatted on the stack, and the session remembers it for the log. */
int bad_remembered_name(struct session *s, int id)
{
    char name[32];
    memcpy(name, "user", 5);
    name[4] = (char)('0' + id % 10);
    s->user = name; /* WARN "'name' is stored in '\*s'" */
    note(s->user, id);
    return 0;
}

int good_remembered_copy(struct session *s, int id)
{
    char name[32];
    memcpy(name, "user", 5);
    s->user = strdup(name);
    note(name, id);
    return 0;
}

/* Small answers need no allocation; the session does not know. */
int bad_small_reply(struct session *s, size_t n)
{
    char small[128];
    char *at = n <= sizeof small ? small : malloc(n);
    if (!at)
        return -1;
    memset(at, 0, n);
    s->reply = at; /* WARN "'small' is stored in '\*s'" */
    s->len = n;
    return 0;
}

int good_small_reply(struct session *s, size_t n)
{
    char small[128];
    char *at = n <= sizeof small ? small : malloc(n);
    if (!at)
        return -1;
    memset(at, 0, n);
    s->reply = at;
    s->len = n;
    int err = start(s);
    if (at != small)
        free(at);
    s->reply = NULL;
    return err;
}

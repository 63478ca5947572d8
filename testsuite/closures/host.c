/* Closures across a dlopen'ed library and threads; the library's makers are called from several threads while
 * collections run. Prints ok. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#include "goescape.h"

typedef int fn(int);

static fn *(*adder)(int);
static fn *(*after)(fn *, int);
static int (*run)(int);

enum { THREADS = 4, EACH = 2000 };

static fn *doubler(int count)
{
    int calls = 0;
    int twice(int x) { return ++calls <= count ? 2 * x : -1; }

    return twice;
}

static void *worker(void *p)
{
    int id = *(int *)p, bad = 0;
    fn *mine = adder(id);

    for (int i = 0; i < EACH; i++) {
        fn *chain = after(doubler(1), 3);
        bad += chain(i) != 6 * i || chain(i) != -3;
        bad += mine(1) != (i + 1) * (id + 1);
        if (i % (EACH / 4) == 0)
            goe_gc();
    }
    *(int *)p = bad;
    return mine;
}

/* What a pointer to a function does with its arguments can only be said where it is called. */
static void (*library_keep)(fn *);
static void keep(fn *f goe_escapes)
{
    library_keep(f);
}
static void keep_one(int n)
{
    int seen = n;
    int f(int x) { return seen += x; }

    keep(f);
}

int main(int argc, char **argv)
{
    void *library = dlopen(argc > 1 ? argv[1] : "", RTLD_NOW);
    pthread_t t[THREADS];
    int args[THREADS], bad = 0;

    if (!library)
        return puts(dlerror()), 1;
    *(void **)&adder = dlsym(library, "library_adder");
    *(void **)&after = dlsym(library, "library_after");
    *(void **)&library_keep = dlsym(library, "library_keep");
    *(void **)&run = dlsym(library, "library_run");
    keep_one(40);
    for (int i = 0; i < THREADS; i++) {
        args[i] = i;
        pthread_create(&t[i], NULL, worker, &args[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        void *made;
        pthread_join(t[i], &made);
        bad += args[i] + (((fn *)made)(0) != EACH * (i + 1) + i); /* its thread is gone */
    }
    goe_gc();
    bad += run(2) != 42;
    puts(bad ? "bad" : "ok");
    return bad;
}

/* OPTIONS: m warn=none -fno-inline */
/* Functions that call back: during the call, or later. */
#define _GNU_SOURCE
#include <dirent.h>
#include <ftw.h>
#include <glob.h>
#include <link.h>
#include <pthread.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>

static const void *seen;
static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; } /* STAYS a */ /* STAYS b */
static int spying(const void *a, const void *b) { seen = a; return a < b; } /* LEAKS a */ /* STAYS b */
static int counting(const void *a, const void *b, void *n) { ++*(int *)n; return a < b; } /* STAYS a */ /* STAYS b */ /* STAYS n */

int sorted(void)
{
    int a[] = {3, 1, 2}; /* STAYS a */
    qsort(a, 3, sizeof *a, by_value);
    return a[0];
}
int sorted_by_spy(void)
{
    int a[] = {3, 1, 2}; /* MOVED a */
    qsort(a, 3, sizeof *a, spying);
    return a[0];
}
int sorted_counting(void)
{
    int a[] = {3, 1, 2}, n = 0; /* STAYS a */ /* STAYS n */
    qsort_r(a, 3, sizeof *a, counting, &n);
    return n;
}
/* Elements change places: what one held another may hold. */
static int by_target(const void *a, const void *b) { return **(int *const *)a - **(int *const *)b; } /* STAYS a */ /* STAYS b */
int *first_of_sorted(void)
{
    int x = 1, y = 2; /* MOVED x */ /* MOVED y */
    int *a[] = {&y, &x}; /* STAYS a */
    qsort(a, 2, sizeof *a, by_target);
    return a[0];
}
int *searched(void)
{
    int a[] = {1, 2, 3}, key = 2; /* MOVED a */ /* STAYS key */
    return bsearch(&key, a, 3, sizeof *a, by_value);
}
int searched_and_used(void)
{
    int a[] = {1, 2, 3}, key = 2; /* STAYS a */ /* STAYS key */
    int *p = bsearch(&key, a, 3, sizeof *a, by_value);
    return p ? *p : 0;
}
int searched_by_spy(void)
{
    int a[] = {1, 2, 3}, key = 2; /* STAYS a */ /* MOVED key */
    return bsearch(&key, a, 3, sizeof *a, spying) != NULL;
}
int searched_linearly(void)
{
    int a[4] = {1, 2, 3}, key = 2; /* STAYS a */ /* STAYS key */
    size_t n = 3; /* STAYS n */
    int *p = lsearch(&key, a, &n, sizeof *a, by_value);
    return *p;
}

/* A tree's nodes hold keys; they stay as long as the tree does. */
int local_tree(void)
{
    void *root = NULL; /* STAYS root */
    int x = 1, y = 2; /* STAYS x */ /* STAYS y */
    tsearch(&x, &root, by_value);
    int found = tfind(&y, &root, by_value) != NULL;
    tdelete(&x, &root, by_value);
    return found;
}
static void *global_tree;
void into_global_tree(void)
{
    int x = 1; /* MOVED x */
    tsearch(&x, &global_tree, by_value);
}
int *found_key(void)
{
    void *root = NULL; /* STAYS root */
    int x = 1; /* MOVED x */
    tsearch(&x, &root, by_value);
    int **node = tfind(&x, &root, by_value);
    return *node;
}
static void visit(const void *node, VISIT which, void *sum) /* STAYS node */ /* STAYS sum */
{
    if (which == leaf)
        *(int *)sum += **(int *const *)node;
}
int walked(void *root) /* STAYS root */
{
    int sum = 0; /* STAYS sum */
    twalk_r(root, visit, &sum);
    return sum;
}
static void visit_spying(const void *node, VISIT which, int depth) { seen = *(void *const *)node; (void)which; (void)depth; } /* LEAKS CONTENT node */
void walked_by_spy(void)
{
    void *root = NULL; /* STAYS root */
    int x = 1; /* MOVED x */
    tsearch(&x, &root, by_value);
    twalk(root, visit_spying);
}
/* The one hash table of the program keeps its entries; a table of one's own does not. */
void into_hash_table(void)
{
    char key[] = "k"; /* MOVED key */
    hsearch((ENTRY){.key = key}, ENTER);
}
int into_own_hash_table(void)
{
    struct hsearch_data table = {0}; /* STAYS table */
    char key[] = "k"; /* STAYS key */
    ENTRY *e; /* STAYS e */
    hcreate_r(10, &table);
    return hsearch_r((ENTRY){.key = key}, ENTER, &e, &table);
}

/* Walks hand over what is their own. */
static int each_file(const char *path, const struct stat *st, int flag) { return !path || !st || flag; } /* STAYS path */ /* STAYS st */
int files(void)
{
    char path[] = "."; /* STAYS path */
    return ftw(path, each_file, 4);
}
static int each_object(struct dl_phdr_info *info, size_t n, void *count) { ++*(int *)count; return !info || !n; } /* STAYS info */ /* STAYS count */
int objects(void)
{
    int n = 0; /* STAYS n */
    dl_iterate_phdr(each_object, &n);
    return n;
}
static int keep_object(struct dl_phdr_info *info, size_t n, void *count) { seen = count; return !info || !n; } /* STAYS info */ /* LEAKS count */
int objects_kept(void)
{
    int n = 0; /* MOVED n */
    dl_iterate_phdr(keep_object, &n);
    return n;
}

/* Called later: what they are given is kept. */
static void at_the_end(int status, void *p) { printf("%d %d\n", status, *(int *)p); } /* STAYS p */
void later(void)
{
    int x = 1; /* MOVED x */
    on_exit(at_the_end, &x);
}
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int *shared;
static void use_shared(void) { ++*shared; }
void now(void)
{
    int x = 1; /* MOVED x */
    shared = &x;
    pthread_once(&once, use_shared);
}
static int run(void *p) { return *(int *)p; } /* STAYS p */
int in_thread(void)
{
    thrd_t t; /* STAYS t */
    int x = 1, result; /* MOVED x */ /* STAYS result */
    thrd_create(&t, run, &x);
    thrd_join(t, &result);
    return result;
}
static void expired(union sigval v) { ++*(int *)v.sival_ptr; } /* STAYS v */
void on_timer(void)
{
    timer_t timer; /* STAYS timer */
    int x = 1; /* MOVED x */
    struct sigevent e = {0}; /* STAYS e */
    e.sigev_notify = SIGEV_THREAD;
    e.sigev_notify_function = expired;
    e.sigev_value.sival_ptr = &x;
    timer_create(CLOCK_REALTIME, &e, &timer);
}

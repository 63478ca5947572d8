/* OPTIONS: m warn=none */
/* alloca and variable-length arrays. */
#include <alloca.h>
#include <stddef.h>

int *kept;
int number;
int sum(const int *v, int n) /* STAYS v */
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += v[i];
    return s;
}

int vla_read(int n)
{
    int v[n]; /* STAYS v */
    v[0] = 1;
    return sum(v, n);
}
int *vla_returned(int n)
{
    int v[n]; /* MOVED v */
    v[0] = 1;
    return v;
}
void vla_kept(int n)
{
    int v[n]; /* MOVED v */
    kept = &v[n - 1];
}
int *vla_of_pointers(int n)
{
    int x = 1; /* MOVED x */
    int *v[n]; /* STAYS v */
    v[0] = &x;
    return v[n - 1];
}
int vla_in_loop(int n)
{
    int *last = NULL;
    int s = 0;
    for (int i = 1; i < n; i++) {
        int v[i]; /* MOVED v */
        v[0] = i;
        if (last)
            s += *last;
        last = v;
    }
    return s;
}
int vla_in_loop_private(int n)
{
    int s = 0;
    for (int i = 1; i < n; i++) {
        int v[i]; /* STAYS v */
        v[0] = i;
        s += sum(v, 1);
    }
    return s;
}
int alloca_read(int n)
{
    int *v = alloca((size_t)n * sizeof *v); /* NOTE "alloca memory does not escape" */
    v[0] = 1;
    return sum(v, n);
}
int *alloca_returned(int n)
{
    int *v = alloca((size_t)n * sizeof *v); /* NOTE "moved to heap: alloca memory" */
    v[0] = 1;
    return v;
}
int *alloca_of_pointers(int n)
{
    int x = 1; /* MOVED x */
    int **v = alloca((size_t)n * sizeof *v); /* NOTE "alloca memory does not escape" */
    v[0] = &x;
    return v[0];
}
/* Alive until the function returns, one for each iteration: a chain of them stays. */
struct link {
    struct link *next;
    int n;
};
int alloca_chain(int n)
{
    struct link *head = NULL;
    int s = 0;
    for (int i = 0; i < n; i++) {
        struct link *l = alloca(sizeof *l); /* NOTE "alloca memory does not escape" */
        l->next = head;
        l->n = i;
        head = l;
    }
    for (; head; head = head->next)
        s += head->n;
    return s;
}
struct link *alloca_chain_returned(int n)
{
    struct link *head = NULL;
    for (int i = 0; i < n; i++) {
        struct link *l = alloca(sizeof *l); /* NOTE "moved to heap: alloca memory" */
        l->next = head;
        l->n = i;
        head = l;
    }
    return head;
}

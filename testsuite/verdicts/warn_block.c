/* OPTIONS: mode=check */
/*
 * Category "block scope": a pointer is used after the block that declared its object has ended. The
 * function still runs, so the frame is there and the program often seems to work until the compiler
 * reuses the slot. The warning stands at the use. What counts as a use: reading or writing through
 * the pointer, handing it to a function. Copying or comparing the pointer does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

struct pair {
    int a, b;
};
struct span {
    const char *at;
    size_t len;
};
struct node {
    struct node *next;
    int v;
};

int cond(void);
void work(void);
void use(const void *);
int look(const void *) __attribute__((pure));
extern int shared;
extern int *g;

/* Every kind of block. */

int bad_plain(void)
{
    int *p;
    {
        int x = 1;
        p = &x;
    }
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_if(int c)
{
    int *p = &shared;
    if (c) {
        int x = 1;
        p = &x;
    }
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_else(int c)
{
    int *p;
    if (c) {
        p = &shared;
    } else {
        int x = 1;
        p = &x;
    }
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_for_body(int n)
{
    int *p = &shared;
    for (int i = 0; i < n; i++) {
        int x = i;
        p = &x;
    }
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_for_variable(int n)
{
    int *p = &shared;
    for (int i = 0; i < n; i++)
        p = &i;
    return *p; /* WARN "address of local variable 'i' is used after its block ended" */
}

int bad_while_body(void)
{
    int *p = &shared;
    while (cond()) {
        int x = 1;
        p = &x;
    }
    return *p; /* WARN "'x' is used after its block ended" */
}

int bad_do_body(void)
{
    int *p;
    do {
        int x = 1;
        p = &x;
    } while (cond());
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_do_condition(void)
{
    int *p, n = 0;
    do {
        int x = ++n;
        p = &x;
    } while (*p < 3); /* WARN "address of local variable 'x' is used after its block ended" */
    return n;
}

int bad_switch(int c)
{
    int *p = &shared;
    switch (c) {
        int x;
    case 1:
        x = 1;
        p = &x;
        break;
    case 2:
        work();
    }
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_case_block(int c)
{
    int *p = &shared;
    switch (c) {
    case 1: {
        int x = 1;
        p = &x;
        break;
    }
    case 2:
        break;
    }
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_nested_blocks(void)
{
    int *p;
    {
        {
            {
                int x = 1;
                p = &x;
            }
        }
        return *p; /* WARN "address of local variable 'x' is used after its block ended" */
    }
}

int bad_middle_block(void)
{
    int *p;
    {
        int outer = 1;
        {
            int inner = 2;
            p = &inner;
        }
        outer += *p; /* WARN "local variable 'inner' is used after its block ended" */
        return outer;
    }
}

int bad_statement_expression(void)
{
    int *p = ({
        int x = 1;
        &x;
    });
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

size_t bad_statement_expression_array(const char *s)
{
    char *p = ({
        char tmp[32];
        snprintf(tmp, sizeof tmp, "<%s>", s);
        tmp;
    });
    return strlen(p); /* WARN "address of local variable 'tmp' is used after its block ended" */
}

int bad_left_by_goto(int c)
{
    int *p = &shared;
    {
        int x = 1;
        p = &x;
        if (c)
            goto out;
        p = &shared;
    }
out:
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_left_by_break(int n)
{
    const int *p = &shared;
    for (;;) {
        int x = n;
        p = &x;
        if (n-- < 0)
            break;
    }
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_left_by_continue(int n)
{
    int *p = NULL, sum = 0;
    for (int i = 0; i < n; i++) {
        if (p)
            sum += *p; /* WARN "'x' is used after its block ended" */
        int x = i;
        p = &x;
        if (i & 1)
            continue;
        p = NULL;
    }
    return sum;
}

int bad_jumped_back(void)
{
    int *p = NULL, n = 0;
again:
    if (p)
        return *p; /* WARN "'x' is used after its block ended" */
    {
        int x = n++;
        p = &x;
        goto again;
    }
}

int bad_previous_turn(const int *v, int n)
{
    int *prev = NULL, sum = 0;
    for (int i = 0; i < n; i++) {
        int cur = v[i];
        if (prev)
            sum += *prev; /* WARN "'cur' is used after its block ended" */
        prev = &cur;
    }
    return sum;
}

/* Every kind of use. */

void bad_write(void)
{
    int *p;
    {
        int x = 1;
        p = &x;
    }
    *p = 2; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_member(void)
{
    struct pair *p;
    {
        struct pair s = {1, 2};
        p = &s;
    }
    return p->b; /* WARN "address of local variable 's' is used after its block ended" */
}

char bad_element(int i)
{
    char *p;
    {
        char buf[8] = "text";
        p = buf;
    }
    return p[i]; /* WARN "address of local variable 'buf' is used after its block ended" */
}

struct pair bad_struct_read(void)
{
    struct pair *p;
    {
        struct pair s = {1, 2};
        p = &s;
    }
    return *p; /* WARN "address of local variable 's' is used after its block ended" */
}

void bad_argument(void)
{
    char *p;
    {
        char buf[8] = "text";
        p = buf;
    }
    use(p); /* WARN "address of local variable 'buf' is used after its block ended" */
}

void bad_library_argument(int c)
{
    const char *name = "none";
    if (c) {
        char buf[8] = "text";
        name = buf;
    }
    puts(name); /* WARN "address of local variable 'buf' is used after its block ended" */
}

void bad_variadic_argument(int n)
{
    const char *text = "";
    if (n) {
        char buf[16];
        snprintf(buf, sizeof buf, "%d", n);
        text = buf;
    }
    printf("n: %s\n", text); /* WARN "local variable 'buf' is used after its block ended" */
}

void bad_memcpy_source(char *to)
{
    char *p;
    {
        char buf[8] = "text";
        p = buf;
    }
    memcpy(to, p, 8); /* WARN "address of local variable 'buf' is used after its block ended" */
}

void bad_memcpy_target(const char *from)
{
    char *p;
    {
        char buf[8] = "";
        p = buf;
    }
    memcpy(p, from, 8); /* WARN "address of local variable 'buf' is used after its block ended" */
}

int bad_condition(void)
{
    int *p;
    {
        int x = cond();
        p = &x;
    }
    if (*p) /* WARN "address of local variable 'x' is used after its block ended" */
        return 1;
    return 0;
}

int bad_called(int v)
{
    int (**f)(const void *);
    {
        int (*local)(const void *) = look;
        f = &local;
    }
    return (*f)(&v); /* WARN "address of local variable 'local' is used after its block ended" */
}

int bad_increment(void)
{
    int *p;
    {
        int x = 1;
        p = &x;
    }
    return ++*p; /* WARN "address of local variable 'x' is used after its block ended" */
}

/* Every way for the pointer to get out. */

int bad_offset(void)
{
    int *p;
    {
        int a[4] = {1, 2, 3, 4};
        p = a + 1;
    }
    return p[1]; /* WARN "address of local variable 'a' is used after its block ended" */
}

int bad_copied_after(void)
{
    int *p, *q;
    {
        int x = 1;
        p = &x;
    }
    q = p;
    return *q; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_in_struct(void)
{
    struct span s = {NULL, 4};
    {
        char buf[8] = "text";
        s.at = buf;
    }
    return s.at[0]; /* WARN "address of local variable 'buf' is used after its block ended" */
}

int bad_in_array(void)
{
    int *v[2] = {&shared, &shared};
    {
        int x = 1;
        v[1] = &x;
    }
    return *v[1]; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_via_pointer(void)
{
    int *p = &shared;
    int **pp = &p;
    {
        int x = 1;
        *pp = &x;
    }
    return *p; /* WARN "address of local variable 'x' is used after its block ended" */
}

int bad_global_used(void)
{
    int r;
    {
        int x = 1;
        g = &x;
    }
    r = *g; /* WARN "address of local variable 'x' is used after its block ended" */
    g = NULL;
    return r;
}

int bad_linked(void)
{
    struct node head = {NULL, 0};
    {
        struct node n = {NULL, 1};
        head.next = &n;
    }
    return head.next->v; /* WARN "address of local variable 'n' is used after its block ended" */
}

int bad_list_of_turns(int n)
{
    struct node *l = NULL;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        struct node e = {l, i};
        l = &e;
    }
    for (; l; l = l->next) /* WARN "address of local variable 'e' is used after its block ended" */
        sum++;
    return sum;
}

long bad_iovec(int fd, int header)
{
    struct iovec v[2];
    int n = 0;
    if (header) {
        char line[32];
        v[n].iov_base = line;
        v[n++].iov_len = (size_t)snprintf(line, sizeof line, "%d\n", header);
    }
    v[n].iov_base = "body";
    v[n++].iov_len = 4;
    return writev(fd, v, n); /* WARN "local variable 'line' is used after its block ended" */
}

int bad_strtok_state(const char *s)
{
    char *save;
    {
        char copy[64];
        strncpy(copy, s, sizeof copy - 1);
        copy[63] = 0;
        strtok_r(copy, " ", &save);
    }
    return strtok_r(NULL, " ", &save) != NULL; /* WARN "'copy' is used after its block ended" */
}

long bad_end_pointer(const char *s)
{
    char *end;
    long n;
    {
        char copy[32];
        snprintf(copy, sizeof copy, "0x%s", s);
        n = strtol(copy, &end, 16);
    }
    if (*end) /* WARN "address of local variable 'copy' is used after its block ended" */
        return -1;
    return n;
}

int bad_flag_set_differently(int c, int d)
{
    int *p = NULL;
    if (c) {
        int x = 1;
        p = &x;
    }
    if (d)
        p = &shared;
    if (p)
        return *p; /* WARN "address of local variable 'x' is used after its block ended" */
    return 0;
}

int bad_two_locals(int c)
{
    int *p;
    if (c) {
        int x = 1;
        p = &x;
    } else {
        int y = 2;
        p = &y;
    }
    return *p; /* WARN "'x' is used after its block" */ /* WARN "'y' is used after its block" */
}

int bad_default_value(const int *given)
{
    const int *p = given;
    if (!p) {
        const int dflt = 3;
        p = &dflt;
    }
    return *p; /* WARN "address of local variable 'dflt' is used after its block ended" */
}

/* Look-alikes. */

int good_used_inside(void)
{
    int *p, r;
    {
        int x = 1;
        p = &x;
        r = *p;
    }
    return r;
}

int good_reassigned(void)
{
    int *p;
    {
        int x = 1;
        p = &x;
        *p = 2;
    }
    p = &shared;
    return *p;
}

int good_reset_each_turn(int n)
{
    int *p = NULL, sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i;
        if (p)
            sum += *p;
        p = &x;
        *p += 1;
        p = &shared;
    }
    return sum;
}

int good_assigned_first_each_turn(int n)
{
    int *p, sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i;
        p = &x;
        sum += *p;
    }
    return sum;
}

int good_outer_variable(int c)
{
    int x = 1;
    int *p = &shared;
    if (c) {
        int y = 2;
        x += y;
        p = &x;
    }
    return *p;
}

int good_static_in_block(int c)
{
    int *p = &shared;
    if (c) {
        static int x = 1;
        p = &x;
    }
    return *p;
}

int good_string_in_block(int c)
{
    const char *s = "a";
    if (c) {
        const char *t = "b";
        s = t;
    }
    return s[0];
}

int good_same_flag(int c)
{
    int *p = &shared;
    if (c) {
        int x = 1;
        p = &x;
        *p = 3;
    }
    if (!c)
        return *p;
    return 0;
}

int good_flag_variable(int c)
{
    int *p = NULL, valid = 1;
    if (c) {
        int x = 1;
        p = &x;
        *p = 2;
        valid = 0;
    } else {
        p = &shared;
    }
    return valid ? *p : 0;
}

int good_only_compared(void)
{
    int *p;
    {
        int x = 1;
        p = &x;
        *p = 2;
    }
    return p == &shared;
}

int good_copied_not_used(void)
{
    struct span s = {NULL, 0}, t;
    {
        char buf[8] = "text";
        s.at = buf;
        s.len = strlen(s.at);
    }
    t = s;
    return (int)t.len;
}

void good_freed_elsewhere(size_t n)
{
    char *heap = NULL, *p;
    {
        char small[32];
        p = n <= sizeof small ? small : (heap = malloc(n));
        if (p)
            memset(p, 0, n);
    }
    free(heap);
}

int good_block_leaves_function(int c)
{
    int *p = &shared;
    if (c) {
        int x = 1;
        p = &x;
        return *p;
    }
    return *p;
}

int good_block_ends_program(int c)
{
    int *p = &shared;
    if (c) {
        int x = 1;
        p = &x;
        exit(*p);
    }
    return *p;
}

int good_pointee_of_block_pointer(int *q)
{
    int **pp;
    int r;
    {
        int *p = q;
        pp = &p;
        r = **pp;
    }
    return r + *q;
}

int good_loaded_through_block_pointer(int *q)
{
    int *p;
    {
        int *inner = q;
        int **pp = &inner;
        p = *pp;
    }
    return *p;
}

int good_list_popped_each_turn(int n)
{
    struct node *l = NULL;
    int sum = 0;
    for (int i = 0; i < n; i++) {
        struct node e = {l, i};
        l = &e;
        sum += l->v;
        l = e.next;
    }
    for (; l; l = l->next)
        sum += l->v;
    return sum;
}

int good_statement_expression(void)
{
    return ({
        int x = 1;
        int *p = &x;
        *p;
    });
}

#define MAX(a, b)                                                                                  \
    ({                                                                                             \
        __typeof__(a) *pa_ = &(a);                                                                 \
        __typeof__(b) *pb_ = &(b);                                                                 \
        *pa_ > *pb_ ? pa_ : pb_;                                                                   \
    })
int good_macro_pointer(int a, int b)
{
    return *MAX(a, b);
}

int good_switch_in_range(int c)
{
    int r = 0;
    switch (c) {
        int x;
    case 1:
        x = 2;
        int *p = &x;
        r = *p;
        break;
    default:
        r = 3;
    }
    return r;
}

int good_global_reset_inside(void)
{
    {
        int x = 1;
        g = &x;
        work();
        g = &shared;
    }
    return *g;
}

int good_break_after_reset(int n)
{
    const int *p = &shared;
    for (;;) {
        int x = n;
        p = &x;
        if (*p < 0) {
            p = &shared;
            break;
        }
        n--;
    }
    return *p;
}

int good_iovec_inside(int fd, int header)
{
    struct iovec v;
    if (header) {
        char line[32];
        v.iov_base = line;
        v.iov_len = (size_t)snprintf(line, sizeof line, "%d\n", header);
        if (writev(fd, &v, 1) < 0)
            return -1;
    }
    v.iov_base = "body";
    v.iov_len = 4;
    return (int)writev(fd, &v, 1);
}

int good_sizeof_only(void)
{
    int *p;
    {
        int x = 1;
        p = &x;
        *p = 2;
    }
    return (int)sizeof *p;
}

struct server { /* one word */
    struct node *first;
};
static void set_first(struct server *s, struct node *n)
{
    s->first = n;
}

/* The condition is about the very pointer: where a helper stored the address, it is not null. */
int bad_used_if_set(int empty)
{
    struct server server = {0};
    if (empty) {
        struct node fallback = {0};
        set_first(&server, &fallback);
    }
    if (server.first)
        return server.first->next != 0; /* WARN "'fallback' is used after its block ended" */
    return 0;
}

/* Arrays of pointers: the slot is another, or holds something else by then. */

long good_iovec_of_function(int fd, int header)
{
    struct iovec v[2];
    char line[32];
    int n = 0;
    if (header) {
        v[n].iov_base = line;
        v[n++].iov_len = (size_t)snprintf(line, sizeof line, "%d\n", header);
    }
    v[n].iov_base = "body";
    v[n++].iov_len = 4;
    return writev(fd, v, n);
}

long good_iovec_overwritten(int fd, int header)
{
    struct iovec v[2];
    int n = 0;
    if (header) {
        char line[32];
        v[n].iov_base = line;
        v[n].iov_len = (size_t)snprintf(line, sizeof line, "%d\n", header);
        if (writev(fd, v, 1) < 0)
            return -1;
    }
    v[n].iov_base = "body";
    v[n++].iov_len = 4;
    return writev(fd, v, n);
}

unsigned long good_slot_reset(const int *v, int n)
{
    const char *param[8] = {NULL};
    unsigned long len = 0;
    for (int i = 0; i < n && i < 8; i++) {
        char num[16];
        snprintf(num, sizeof num, "%d", v[i]);
        param[i] = num;
        len += strlen(param[i]);
        param[i] = "";
    }
    for (int i = 0; i < n && i < 8; i++)
        len += strlen(param[i]);
    return len;
}

unsigned long good_other_slots(const int *v, int n)
{
    const char *param[8] = {"", "", "", ""};
    unsigned long len = 0;
    for (int i = 4; i < n && i < 8; i++) {
        char num[16];
        snprintf(num, sizeof num, "%d", v[i]);
        param[i] = num;
        len += strlen(param[i]);
    }
    for (int i = 0; i < 4; i++)
        len += strlen(param[i]);
    return len;
}

unsigned long good_slots_cleared(const int *v, int n)
{
    const char *param[8] = {NULL};
    unsigned long len = 0;
    for (int i = 0; i < n && i < 8; i++) {
        char num[16];
        snprintf(num, sizeof num, "%d", v[i]);
        param[i] = num;
    }
    memset(param, 0, sizeof param);
    for (int i = 0; i < n && i < 8; i++)
        if (param[i])
            len += strlen(param[i]);
    return len;
}

unsigned long good_last_is_never_read(const int *v, int n)
{
    const char *param[8] = {NULL};
    unsigned long len = 0;
    int k = 0;
    for (int i = 0; i < n; i++) {
        char num[16];
        if (k == 7)
            break;
        snprintf(num, sizeof num, "%d", v[i]);
        param[k] = num;
        len += strlen(num);
        param[k] = "x";
        k++;
    }
    while (k-- > 0)
        len += strlen(param[k]);
    return len;
}

unsigned long good_slots_filled_again(const int *v, int n)
{
    const char *param[8] = {NULL};
    unsigned long len = 0;
    for (int i = 0; i < n && i < 8; i++) {
        char num[16];
        snprintf(num, sizeof num, "%d", v[i]);
        param[i] = num;
    }
    for (int i = 0; i < 8; i++)
        param[i] = "";
    for (int i = 0; i < n && i < 8; i++)
        len += strlen(param[i]);
    return len;
}

/* OPTIONS: mode=check */
/*
 * Category "compound literal": inside a function it is an unnamed local that lives until its block
 * ends, and the body of an if, for or while is a block even without braces.
 */
#include <stdlib.h>
#include <string.h>

struct user {
    const char *name;
    int age;
};
struct list {
    struct list *next;
    struct user *who;
};

int cond(void);
void use(const void *);
void work(void);
int look(const void *) __attribute__((pure));
extern struct user *current;
extern struct list *all;
extern int *gi;
extern struct user nobody;

/* At the end of the function. */

struct user *bad_returned(void)
{
    return &(struct user){"Ranjan", 20}; /* WARN "address of compound literal is returned" */
}

int *bad_array(void)
{
    return (int[]){1, 2, 3}; /* WARN "address of compound literal is returned" */
}

int *bad_scalar(int v)
{
    return &(int){v}; /* WARN "address of compound literal is returned" */
}

int *bad_member(void)
{
    return &(struct user){"Ranjan", 20}.age; /* WARN "address of compound literal is returned" */
}

struct user *bad_copy(int age)
{
    struct user *u = &(struct user){.age = age};
    u->name = "x";
    return u; /* WARN "address of compound literal is returned" */
}

struct user *bad_one_path(struct user *u)
{
    return u ? u : &(struct user){"none", 0}; /* WARN "address of compound literal is returned" */
}

const char *bad_string_array(void)
{
    return (char[]){"text"}; /* WARN "address of compound literal is returned" */
}

struct list *bad_nested(struct list *next, int age)
{
    struct list *l = malloc(sizeof *l);
    if (!l)
        return NULL;
    l->next = next;
    l->who = &(struct user){"x", age}; /* WARN "compound literal is stored in .*" */
    return l;
}

struct list bad_in_struct(int age)
{
    struct list l = {NULL, &(struct user){"x", age}};
    return l; /* WARN "address of compound literal is returned" */
}

void bad_global(int age)
{
    current = &(struct user){"x", age}; /* WARN "compound literal is stored in 'current', which" */
}

void bad_global_array(int a, int b)
{
    gi = (int[]){a, b}; /* WARN "compound literal is stored in 'gi', which outlives it" */
}

void bad_field(struct list *l, int age)
{
    l->who = &(struct user){"x", age}; /* WARN "compound literal is stored in '.*l.*', which" */
}

void bad_out(struct user **out, int age)
{
    *out = &(struct user){"x", age}; /* WARN "compound literal is stored in '.*out.*', which" */
}

void bad_pushed(struct user *u)
{
    all = &(struct list){all, u}; /* WARN "compound literal is stored in 'all'" */
}

struct user *bad_const_without_static(void)
{
    static struct user *dflt;
    if (!dflt)
        dflt = &(struct user){"x", 1}; /* WARN "compound literal is stored in 'dflt', which" */
    return dflt;                       /* WARN "address of compound literal is returned" */
}

/* At the end of the block. */

int bad_block(int c)
{
    struct user *u = &nobody;
    if (c) {
        u = &(struct user){"x", c};
    }
    return u->age; /* WARN "address of compound literal is used after its block ended" */
}

int bad_block_without_braces(int c)
{
    struct user *u = &nobody;
    if (c)
        u = &(struct user){"x", c};
    return u->age; /* WARN "address of compound literal is used after its block ended" */
}

int bad_loop_body(int n)
{
    int *p = NULL;
    for (int i = 0; i < n; i++)
        p = (int[]){i, i + 1};
    return p ? p[1] : 0; /* WARN "address of compound literal is used after its block ended" */
}

int bad_list_of_turns(int n)
{
    struct list *l = NULL;
    int len = 0;
    for (int i = 0; i < n; i++) {
        l = &(struct list){l, NULL};
    }
    while (l) {
        len++;
        l = l->next; /* WARN "address of compound literal is used after its block ended" */
    }
    return len;
}

int bad_statement_expression(int a)
{
    int *p = ({ &(int){a}; });
    return *p; /* WARN "address of compound literal is used after its block ended" */
}

void bad_argument(int c)
{
    const void *p = "x";
    {
        p = (char[]){(char)c, 0};
    }
    use(p); /* WARN "address of compound literal is used after its block ended" */
}

/* Look-alikes. */

static const struct user *const file_scope = &(const struct user){"root", 0};
const struct user *good_file_scope(void)
{
    return file_scope;
}

struct user good_by_value(void)
{
    return (struct user){"x", 1};
}

struct user good_by_value_via_pointer(int age)
{
    const struct user *u = &(struct user){"x", age};
    return *u;
}

void good_argument(int age)
{
    use(&(struct user){"x", age});
}

int good_same_block(int age)
{
    struct user *u = &(struct user){"x", age};
    u->age++;
    return u->age;
}

void good_copied(struct user *out, int age)
{
    *out = *&(struct user){"x", age};
}

const char *good_string_inside(void)
{
    return (&(struct user){"x", 1})->name;
}

void good_reset(int age)
{
    current = &(struct user){"x", age};
    work();
    current = NULL;
}

int good_conditional_operator(int c)
{
    /* No block of its own: the literal lives as long as the function's body. */
    struct user *u = c ? &(struct user){"x", c} : &nobody;
    return u->age;
}

int good_inside_branch(int c)
{
    int r = 0;
    if (c) {
        int *p = (int[]){c, 2};
        r = p[1];
    }
    return r;
}

struct user *good_memcpy(int age)
{
    struct user *u = malloc(sizeof *u);
    if (u)
        memcpy(u, &(struct user){"x", age}, sizeof *u);
    return u;
}

int good_pushed_popped(struct user *u)
{
    struct list *old = all;
    all = &(struct list){old, u};
    int r = look(all->who);
    all = old;
    return r;
}

int good_loop_inside(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int *p = (int[]){i, i + 1};
        sum += p[0] * p[1];
    }
    return sum;
}

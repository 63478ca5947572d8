/* OPTIONS: m warn=none */
/* Static data: what is written to it outlives every frame, even if nobody seems to look. */
#include <string.h>

int number;
struct s {
    int *p;
    struct s *next;
};
static struct s list[4];
static int *written;
static const char *const names[] = {"a", "b"};
static _Thread_local int *per_thread;
int *visible[4];

void into_static_element(int i)
{
    int x = 1; /* MOVED x */
    list[i].p = &x;
}
int static_element_read(int i) { return list[i].p ? *list[i].p : 0; }
void into_static(void)
{
    int x = 1; /* MOVED x */
    written = &x;
}
int static_read(void) { return written ? *written : 0; }
void into_thread_local(void)
{
    int x = 1; /* MOVED x */
    per_thread = &x;
}
int thread_local_read(void) { return per_thread ? *per_thread : 0; }
void into_local_static(void)
{
    static int *last;
    int x = 1; /* MOVED x */
    if (last)
        number = *last;
    last = &x;
}
void into_visible(int i)
{
    int x = 1; /* MOVED x */
    visible[i] = &x;
}
void by_memcpy(void)
{
    int x = 1; /* MOVED x */
    int *p = &x; /* STAYS p */
    memcpy(&visible[1], &p, sizeof p);
}
static struct s *entry(int i) { return &list[i]; }
void through_accessor(void)
{
    int x = 1; /* MOVED x */
    entry(2)->p = &x;
}
static void push(struct s **head, struct s *s) /* LEAKS head TO s 1 */ /* LEAKS s TO head 0 */
{
    s->next = *head;
    *head = s;
}
static struct s *global_head;
void pushed_globally(void)
{
    struct s s = {0}; /* MOVED s */
    push(&global_head, &s);
}
struct s *global_list(void) { return global_head; }
int pushed_locally(void)
{
    struct s *head = 0; /* STAYS head */
    struct s a = {0}; /* STAYS a */
    struct s b = {0}; /* STAYS b */
    push(&head, &a);
    push(&head, &b);
    return head->next != 0;
}
char first_letter(int i)
{
    const char *n = names[i];
    return *n;
}
const char *looked_up(const char *what) /* STAYS what */
{
    for (int i = 0; i < 2; i++)
        if (!strcmp(names[i], what))
            return names[i];
    return "";
}
int looked_up_user(void)
{
    char s[] = "a"; /* STAYS s */
    return looked_up(s)[0];
}

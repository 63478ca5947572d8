/* C's closure: a function pointer together with a `void *` for its data.
 *
 * `on_click` keeps both until the event comes, long after `make_button` has returned; its `clicks`
 * has to outlive the call and moves to the heap.  `for_each` calls back at once and keeps nothing;
 * the `sum` of main stays on the stack.
 */
#include <stdio.h>

typedef void callback(void *data, int value);

static struct {
    callback *call;
    void *data;
} handlers[4];
static int n_handlers;

static void on_click(callback *call, void *data)
{
    handlers[n_handlers].call = call;
    handlers[n_handlers].data = data;
    n_handlers++;
}

static void for_each(const int *values, int n, callback *call, void *data)
{
    for (int i = 0; i < n; i++)
        call(data, values[i]);
}

static void count_click(void *data, int button)
{
    int *clicks = data;

    ++*clicks;
    printf("button %d: click %d\n", button, *clicks);
}

static void add(void *data, int value)
{
    *(int *)data += value;
}

static void make_button(void)
{
    int clicks = 0;

    on_click(count_click, &clicks);
}

int main(void)
{
    static const int values[] = {1, 2, 3, 4};
    int sum = 0;

    make_button();
    make_button();
    for_each(values, 4, add, &sum);
    printf("sum %d\n", sum);

    for (int i = 0; i < n_handlers; i++)
        handlers[i].call(handlers[i].data, i);
    handlers[0].call(handlers[0].data, 0);
    return 0;
}

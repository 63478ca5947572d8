/* Event handlers: each handler keeps what it needs, and no `void *` is handed around.
 *
 * `on` stores the handlers in a table; the buttons' variables live as long as the table points to
 * the handlers.
 */
#include <stdio.h>

typedef void handler(int x, int y);

static handler *handlers[4];
static int n_handlers;

static void on(handler *h)
{
    handlers[n_handlers++] = h;
}

static void button(const char *label)
{
    int clicks = 0;
    void click(int x, int y) { printf("%s at %d,%d: click %d\n", label, x, y, ++clicks); }

    on(click);
}

int main(void)
{
    button("open");
    button("close");
    for (int i = 0; i < 2; i++)
        for (int h = 0; h < n_handlers; h++)
            handlers[h](i, h);
    return 0;
}

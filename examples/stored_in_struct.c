/* A pointer stored in a struct lives as long as the struct does.
 *
 * `here` is a struct of main's: what it points to may stay on the stack, even though a function
 * does the storing.  `registry` is global: what it points to must live on, so `motor` moves.
 */
#include <stdio.h>

struct sensor {
    const char *name;
    int value;
};

struct board {
    struct sensor *slot[2];
};

static struct board registry;

static void plug(struct board *board, int i, struct sensor *sensor)
{
    board->slot[i] = sensor;
}

static void set_up(void)
{
    struct sensor motor = {"motor", 70};

    plug(&registry, 0, &motor);
}

int main(void)
{
    struct board here;
    struct sensor room = {"room", 21};

    plug(&here, 0, &room);
    set_up();
    printf("%s %d\n", here.slot[0]->name, here.slot[0]->value);
    printf("%s %d\n", registry.slot[0]->name, registry.slot[0]->value);
    return 0;
}

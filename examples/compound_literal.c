/* `&(struct point){...}` is Go's `&Point{...}`.
 *
 * A compound literal in a function is a local variable without a name, and gone at the closing brace.
 * Whoever returns or stores its address gets an object that lives as long as the pointer does.
 */
#include <stdio.h>

struct point {
    int x, y;
};

struct line {
    const struct point *from, *to;
};

static struct line *new_line(int x1, int y1, int x2, int y2)
{
    return &(struct line){&(struct point){x1, y1}, &(struct point){x2, y2}};
}

int main(void)
{
    struct line *a = new_line(0, 0, 3, 4);
    struct line *b = new_line(1, 1, 2, 2);

    printf("(%d,%d) - (%d,%d)\n", a->from->x, a->from->y, a->to->x, a->to->y);
    printf("(%d,%d) - (%d,%d)\n", b->from->x, b->from->y, b->to->x, b->to->y);
    return 0;
}

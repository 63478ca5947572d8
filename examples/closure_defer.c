/* Go's defer: closures that run when their block ends, the last one first.
 *
 * They never outlive `work`, and so they and what they capture stay on its stack.
 */
#include <stdio.h>

typedef void deferred(void);

static void run(deferred **f)
{
    (*f)();
}

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define DEFER(body)                                                                                \
    void JOIN(later_, __LINE__)(void) body;                                                        \
    __attribute__((cleanup(run), unused)) deferred *JOIN(run_, __LINE__) = JOIN(later_, __LINE__)

static int work(const char *name)
{
    int steps = 0;

    printf("open %s\n", name);
    DEFER({ printf("close %s after %d steps\n", name, steps); });
    DEFER({ printf("flush %s\n", name); });
    for (int i = 0; i < 3; i++)
        steps++;
    return steps;
}

int main(void)
{
    printf("%d\n", work("log"));
    return 0;
}

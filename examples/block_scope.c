/* A pointer that lives longer than the block its variable was declared in.
 *
 * `fallback` exists only until its closing brace, yet `conf` still points at it afterwards.  At -O2
 * GCC gives the slot of `fallback` to `banner`, and the program prints whatever lies there: most
 * sanitizers and static checkers say nothing.
 *
 * With the plugin the variable lives as long as it is used.  It does not outlive the *function*, so
 * it needs no heap: its lifetime is extended to the end of main, and it stays on the stack.
 */
#include <stdio.h>
#include <string.h>

struct config {
    char host[32];
    int port;
};

static void show(char *text)
{
    printf("%s\n", text);
}

int main(int argc, char **argv)
{
    const struct config *conf = NULL;

    if (argc < 2) {
        struct config fallback = {"localhost", 8080};

        conf = &fallback;
    }
    if (argv[0]) {
        char banner[sizeof(struct config)];

        memset(banner, '*', sizeof banner - 1);
        banner[sizeof banner - 1] = 0;
        show(banner);
    }
    if (conf)
        printf("serving %s:%d\n", conf->host, conf->port);
    return 0;
}

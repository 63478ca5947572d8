/* A pointer that lives longer than the block its variable was declared in.
 *
 * `fallback` exists only until its closing brace, yet the server still points at it afterwards.  GCC
 * gives its place on the stack to `banner`, and the program prints what lies there now.  Plain GCC
 * says nothing about it (only with -O2 -Wall do its warnings see this far).
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

struct server {
    const struct config *conf;
};

static void configure(struct server *server, const struct config *conf)
{
    server->conf = conf;
}

static void show(char *text)
{
    printf("%s\n", text);
}

int main(int argc, char **argv)
{
    struct server server = {NULL};

    if (argc < 2) {
        struct config fallback = {"localhost", 8080};

        configure(&server, &fallback);
    }
    if (argv[0]) {
        char banner[sizeof(struct config)];

        memset(banner, '*', sizeof banner - 1);
        banner[sizeof banner - 1] = 0;
        show(banner);
    }
    if (server.conf)
        printf("serving %s:%d\n", server.conf->host, server.conf->port);
    return 0;
}

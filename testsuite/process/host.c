/* A program that knows nothing of the runtime opens a library that brings it along, uses it from two threads and
 * closes it again. What the runtime has left behind (a thread's end, a handler, fork) must still work. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static long (*visit)(long);
static pthread_barrier_t used, closed;

static void *thread(void *wrong)
{
    *(int *)wrong |= visit(3000) != 3000;
    pthread_barrier_wait(&used);
    pthread_barrier_wait(&closed);
    return NULL; /* and its end is told to the runtime */
}

int main(int argc, char **argv)
{
    int wrong = 0, status = -1;
    pthread_t t;
    void *library = dlopen(argv[argc - 1], RTLD_NOW);
    void *symbol = library ? dlsym(library, "visit") : NULL;

    if (!symbol) {
        puts(dlerror());
        return 1;
    }
    memcpy(&visit, &symbol, sizeof visit);
    pthread_barrier_init(&used, NULL, 2);
    pthread_barrier_init(&closed, NULL, 2);
    pthread_create(&t, NULL, thread, &wrong);
    pthread_barrier_wait(&used);
    wrong |= visit(2000) != 2000;
    dlclose(library);
    pthread_barrier_wait(&closed);
    pthread_join(t, NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    waitpid(child, &status, 0);
    puts(!wrong && status == 0 ? "ok" : "wrong");
    return 0;
}

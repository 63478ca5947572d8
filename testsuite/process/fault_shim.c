/* Preloaded: lets the n-th call of one kind that libgoescape.so makes fail, or all from the n-th on, and says on
 * descriptor 190 when the first does. FAULT=KIND:N or KIND:N+, see the table in faults.c. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char kind[32];   /* which calls */
static long first = -1; /* the number of the first that fails */
static int later;       /* those after it do, too */
static int error;       /* with what */
static long calls;      /* made so far */

__attribute__((constructor)) static void setup(void)
{
    const char *fault = getenv("FAULT"), *code = getenv("FAULT_ERROR");
    const char *colon = fault ? strchr(fault, ':') : NULL;

    if (!colon || !code)
        return;
    memcpy(kind, fault, (size_t)(colon - fault));
    char *end;
    first = strtol(colon + 1, &end, 10);
    later = *end == '+';
    error = atoi(code);
}

/* Whether this call, from the code at `caller`, is to fail. */
static int fails(const char *what, void *caller)
{
    Dl_info info;

    if (first < 0 || strcmp(what, kind) || !dladdr(caller, &info) || !info.dli_fname ||
        !strstr(info.dli_fname, "libgoescape"))
        return 0;
    long n = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if (n != first && !(later && n > first))
        return 0;
    if (n == first && write(190, "x", 1) != 1)
        abort();
    errno = error;
    return 1;
}

#define REAL(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (!real)                                                                                     \
    real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define FAILS(what) fails(what, __builtin_return_address(0))

void *mmap(void *at, size_t n, int rights, int flags, int fd, off_t offset)
{
    REAL(mmap);
    return FAILS("mmap") ? MAP_FAILED : real(at, n, rights, flags, fd, offset);
}

int mprotect(void *at, size_t n, int rights)
{
    REAL(mprotect);
    return FAILS("mprotect") ? -1 : real(at, n, rights);
}

int madvise(void *at, size_t n, int advice)
{
    REAL(madvise);
    return FAILS("madvise") ? -1 : real(at, n, advice);
}

int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *arg)
{
    REAL(pthread_create);
    return FAILS("thread") ? errno : real(t, a, fn, arg);
}

ssize_t process_vm_readv(pid_t pid, const struct iovec *to, unsigned long n,
                         const struct iovec *from, unsigned long m, unsigned long flags)
{
    ssize_t (*real)(pid_t, const struct iovec *, unsigned long, const struct iovec *,
                    unsigned long, unsigned long) =
        (__typeof__(real))dlsym(RTLD_NEXT, "process_vm_readv");
    return FAILS("vmread") ? -1 : real(pid, to, n, from, m, flags);
}

static const struct {
    const char *kind; /* its name here */
    long number;      /* the system call's */
} table[] = {
    {"mmap", SYS_mmap},     {"open", SYS_openat},
    {"read", SYS_read},         {"pread", SYS_pread64},     {"list", SYS_getdents64},
    {"ioctl", SYS_ioctl},       {"uffd", SYS_userfaultfd},  {"queue", SYS_rt_tgsigqueueinfo},
    {"mincore", SYS_mincore},   {"fstat", SYS_fstat},       {"readlink", SYS_readlinkat},
};

long syscall(long number, ...)
{
    static long (*real)(long, ...);
    long a[6];
    va_list args;

    if (!real)
        real = (__typeof__(real))dlsym(RTLD_NEXT, "syscall");
    va_start(args, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(args, long);
    va_end(args);
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].number == number && FAILS(table[i].kind))
            return -1;
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* OPTIONS: m warn=none -fno-inline */
/* Functions that fill the caller's memory: buffers and entries, streams, descriptors, events. */
#define _GNU_SOURCE
#include <aio.h>
#include <grp.h>
#include <locale.h>
#include <mntent.h>
#include <netdb.h>
#include <pwd.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* Entries point into the buffer that comes with them. */
char *home_wrong(void)
{
    struct passwd pw, *result; /* STAYS pw */ /* STAYS result */
    char buf[1024]; /* MOVED buf */
    if (getpwuid_r(0, &pw, buf, sizeof buf, &result) != 0 || !result)
        return NULL;
    return result->pw_dir;
}
char *home_right(void)
{
    struct passwd pw, *result; /* STAYS pw */ /* STAYS result */
    char buf[1024]; /* STAYS buf */
    if (getpwuid_r(0, &pw, buf, sizeof buf, &result) != 0 || !result)
        return NULL;
    return strdup(result->pw_dir);
}
struct group *group(void)
{
    static struct group *result;
    struct group gr; /* MOVED gr */
    char buf[1024]; /* MOVED buf */
    getgrnam_r("a", &gr, buf, sizeof buf, &result);
    return result;
}
struct tm *broken_down(time_t t)
{
    struct tm tm; /* MOVED tm */
    return localtime_r(&t, &tm);
}
int year(time_t t)
{
    struct tm tm; /* STAYS tm */
    return localtime_r(&t, &tm)->tm_year;
}
struct tm *broken_down_static(time_t t) { return localtime(&t); }
time_t seconds(void)
{
    struct tm tm = {0}; /* STAYS tm */
    char text[] = "2026-11-22"; /* STAYS text */
    return strptime(text, "%F", &tm) ? mktime(&tm) : 0;
}
int address(const char *name) /* STAYS name */
{
    struct addrinfo hints = {0}, *list; /* STAYS hints */ /* STAYS list */
    if (getaddrinfo(name, "80", &hints, &list) != 0)
        return -1;
    int family = list->ai_family;
    freeaddrinfo(list);
    return family;
}
int matches(const char *s) /* STAYS s */
{
    regex_t re; /* STAYS re */
    regmatch_t m[2]; /* STAYS m */
    if (regcomp(&re, "a(b)", REG_EXTENDED) != 0)
        return 0;
    int r = regexec(&re, s, 2, m, 0);
    regfree(&re);
    return r;
}

/* Streams use a buffer until it is closed. */
void buffered(FILE *f) /* STAYS f */
{
    char buf[BUFSIZ]; /* MOVED buf */
    setvbuf(f, buf, _IOFBF, sizeof buf);
}
int read_from_memory(void)
{
    char text[] = "a"; /* MOVED text */
    FILE *f = fmemopen(text, sizeof text, "r");
    int c = getc(f);
    fclose(f);
    return c;
}
int formatted(int n)
{
    char buf[40]; /* STAYS buf */
    snprintf(buf, sizeof buf, "%d", n);
    return buf[0];
}
int scanned(const char *s) /* STAYS s */
{
    int a, b; /* STAYS a */ /* STAYS b */
    return sscanf(s, "%d %d", &a, &b) == 2 ? a + b : 0;
}
size_t lines(FILE *f) /* STAYS f */
{
    char *line = NULL; /* STAYS line */
    size_t room = 0, n = 0; /* STAYS room */
    while (getline(&line, &room, f) > 0)
        n++;
    free(line);
    return n;
}
void logged(void)
{
    char name[] = "prog"; /* MOVED name */
    openlog(name, 0, LOG_USER);
}

/* Bytes go out; pointers among them may come back. */
void sends_characters(int fd)
{
    char text[] = "hello"; /* STAYS text */
    write(fd, text, sizeof text);
}
void sends_pointer(int fd)
{
    int x = 1; /* MOVED x */
    int *p = &x; /* STAYS p */
    write(fd, &p, sizeof p);
}
void gathers(int fd)
{
    char a[4] = "a", b[4] = "b"; /* STAYS a */ /* STAYS b */
    struct iovec iov[] = {{a, sizeof a}, {b, sizeof b}}; /* STAYS iov */
    writev(fd, iov, 2);
}
void scatters(int fd)
{
    char a[4], b[4]; /* STAYS a */ /* STAYS b */
    struct iovec iov[] = {{a, sizeof a}, {b, sizeof b}}; /* STAYS iov */
    readv(fd, iov, 2);
}
ssize_t receives(int fd)
{
    char buf[64]; /* STAYS buf */
    struct sockaddr_storage sender; /* STAYS sender */
    struct iovec iov = {buf, sizeof buf}; /* STAYS iov */
    struct msghdr m = {.msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &iov, .msg_iovlen = 1}; /* STAYS m */
    return recvmsg(fd, &m, 0);
}
long long file_size(const char *path) /* STAYS path */
{
    struct stat st; /* STAYS st */
    return stat(path, &st) ? -1 : st.st_size;
}
/* What is handed to the kernel with an event comes back with it. */
void watches(int ep, int fd)
{
    int x = 1; /* MOVED x */
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &x}; /* STAYS e */
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
}
void waits(int ep)
{
    struct epoll_event e[4]; /* STAYS e */
    int x = 1; /* MOVED x */
    if (epoll_wait(ep, e, 4, -1) > 0)
        *(int **)e[0].data.ptr = &x;
}
void reads_later(int fd)
{
    char buf[64]; /* MOVED buf */
    struct aiocb cb = {.aio_fildes = fd, .aio_buf = buf, .aio_nbytes = sizeof buf}; /* MOVED cb */
    aio_read(&cb);
}
/* Mapped memory is everybody's. */
void maps(void)
{
    int x = 1; /* MOVED x */
    int **p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *p = &x;
}
char *working_directory(void)
{
    char buf[4096]; /* MOVED buf */
    return getcwd(buf, sizeof buf);
}
int in_own_memory(void)
{
    char buf[4096]; /* STAYS buf */
    return getcwd(buf, sizeof buf) != NULL;
}

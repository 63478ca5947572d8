/* Saving summaries: one file for each unit, replaced in one step.
 *
 * A file is named after the unit's object as seen from the folder, so that two compilations of one
 * source (with and without -fPIC, say) have two files, and the same build has the same files:
 *
 *     sum/, src/ctx.o      sum/src+ctx.sum          leading ../ are left out, / becomes +, + is ++
 *
 * Sources are named likewise, so a tree may be moved as a whole. The text goes to a temporary file
 * that takes the other's place when it is complete: parallel compilations read the old one or the new
 * one. When nothing has changed nothing is touched, and when something has, an empty file `changed`
 * says so to whoever repeats builds until there is nothing new.
 */
#define _XOPEN_SOURCE 700

#include "summary_io.h"

#include "summary_text.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE_NAME = 200 }; /* bytes of a file's name; a longer one ends in a hash */

/* Absolute PATH as seen from absolute FROM. */
static void put_relative(struct text *t, const char *from, const char *path)
{
    size_t same = 0, i = 0;
    for (; from[i] && from[i] == path[i]; i++)
        if (from[i] == '/')
            same = i + 1;
    if (!from[i] && path[i] == '/') { /* FROM is a folder above PATH */
        text_put(t, "%s", path + i + 1);
        return;
    }
    for (const char *p = from + same; p; p = strchr(p, '/')) {
        p += *p == '/';
        text_put(t, "../");
    }
    text_put(t, "%s", path + same);
}

/* The name of the file for OBJECT in folder DIR; both are absolute. */
static char *name_of(const char *dir, const char *object)
{
    struct text seen = {0}, name = {0};
    put_relative(&seen, dir, object);
    const char *p = seen.at;
    while (strncmp(p, "../", 3) == 0)
        p += 3;
    text_put(&name, "%s", "");
    for (; *p; p++)
        text_put(&name, "%s%c", *p == '+' ? "+" : "", *p == '/' ? '+' : *p);
    if (name.size > MAX_FILE_NAME) {
        uint64_t hash = text_hash(name.at, name.size);
        name.size = MAX_FILE_NAME - 17;
        text_put(&name, "-%016" PRIx64, hash);
    }
    text_put(&name, ".sum");
    free(seen.at);
    return name.at;
}

char *esc_store_file(const char *dir, const char *object)
{
    const char *base = strrchr(object, '/');
    char *folder = base ? strndup(object, (size_t)(base - object) + 1) : strdup(".");
    if (!folder)
        abort();
    bool made = mkdir(dir, 0777) == 0 || errno == EEXIST;
    char *at = made ? realpath(dir, NULL) : NULL, *in = at ? realpath(folder, NULL) : NULL;
    char *name = NULL;
    if (in) {
        struct text path = {0};
        text_put(&path, "%s/%s", in[1] ? in : "", base ? base + 1 : object);
        name = name_of(at, path.at);
        free(path.at);
    }
    free(folder);
    free(at);
    free(in);
    return name;
}

static bool put_source(struct text *t, const char *dir, const char *path)
{
    size_t size;
    char *at = realpath(path, NULL), *text = at ? text_of_file(at, &size) : NULL;
    bool named = text && !strchr(at, '\n');
    if (named) {
        text_put(t, "source %016" PRIx64 " %zu ", text_hash(text, size), size);
        put_relative(t, dir, at);
        text_put(t, "\n");
    }
    free(at);
    free(text);
    return named;
}

static char *complaint(const char *what, const char *why)
{
    struct text t = {0};
    text_put(&t, "%s: %s", what, why);
    return t.at;
}

static bool write_all(int fd, const struct text *t)
{
    for (size_t done = 0; done < t->size;) {
        ssize_t n = write(fd, t->at + done, t->size - done);
        if (n <= 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Puts TEXT in the place of DIR/NAME. */
static bool replace(const char *dir, const char *name, const struct text *text, char **error)
{
    struct text temporary = {0}, target = {0};
    mode_t mask = umask(0);
    umask(mask);
    text_put(&target, "%s/%s", dir, name);
    text_put(&temporary, "%s/.summary-XXXXXX", dir);
    int fd = mkstemp(temporary.at);
    bool good = fd >= 0 && write_all(fd, text) && fchmod(fd, 0666 & ~mask) == 0;
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && rename(temporary.at, target.at) != 0) {
        good = false;
        why = errno;
    }
    if (!good) {
        *error = complaint(target.at, strerror(why));
        if (fd >= 0)
            unlink(temporary.at);
    }
    free(temporary.at);
    free(target.at);
    return good;
}

static bool is_there(const char *dir, const char *name, const struct text *text, bool *some)
{
    struct text path = {0};
    size_t size = 0;
    text_put(&path, "%s/%s", dir, name);
    char *old = text_of_file(path.at, &size);
    bool same = old && size == text->size && memcmp(old, text->at, size) == 0;
    *some = old != NULL;
    free(old);
    free(path.at);
    return same;
}

bool esc_store_write(const char *dir, const char *file, const char *abi, const char *const *sources,
                     uint32_t n, const char *records, size_t size, char **error)
{
    struct text t = {0}, empty = {.at = NULL};
    bool some, written = false;
    char *at = realpath(dir, NULL);
    *error = at ? NULL : complaint(dir, strerror(errno));
    if (!at)
        return false;
    text_put(&t, "goescape summaries %d\nabi %s\n", TEXT_FORMAT, abi);
    bool known = n && put_source(&t, at, sources[0]);
    for (uint32_t i = 1; known && i < n; i++)
        put_source(&t, at, sources[i]);
    if (known) {
        text_put(&t, "%.*s", (int)size, records);
        if (!is_there(at, file, &t, &some) && (size || some))
            written = replace(at, file, &t, error) && replace(at, "changed", &empty, error);
    }
    free(at);
    free(t.at);
    return written;
}

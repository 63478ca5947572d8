/* Text as summary files are made of: growing, hashed, read whole. */
#define _XOPEN_SOURCE 700

#include "summary_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void text_put(struct text *t, const char *format, ...)
{
    va_list ap;
    for (;;) {
        size_t room = t->room - t->size;
        va_start(ap, format);
        int n = vsnprintf(t->at ? t->at + t->size : NULL, room, format, ap);
        va_end(ap);
        if (n < 0)
            abort();
        if ((size_t)n < room) {
            t->size += (size_t)n;
            return;
        }
        t->room = 2 * t->room + (size_t)n + 1;
        t->at = realloc(t->at, t->room);
        if (!t->at)
            abort();
    }
}

uint64_t text_hash(const char *p, size_t size)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ size, w;
    for (; size >= 8; p += 8, size -= 8) {
        memcpy(&w, p, 8);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    for (w = 0; size; size--)
        w = w << 8 | (unsigned char)*p++;
    h = (h ^ w) * 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 29;
}

bool text_is_name(const char *name)
{
    size_t n = 0;
    for (; name[n]; n++)
        if ((unsigned char)name[n] <= ' ' || (unsigned char)name[n] == 127)
            return false;
    return n > 0 && n <= TEXT_MAX_NAME;
}

char *text_of_file(const char *path, size_t *size)
{
    struct stat st;
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    if (fstat(fileno(in), &st) != 0 || S_ISDIR(st.st_mode)) {
        fclose(in);
        return NULL;
    }
    size_t room = (size_t)st.st_size + 1, n = 0;
    char *p = malloc(room);
    for (size_t got = 1; p && got;) {
        got = fread(p + n, 1, room - n, in);
        n += got;
        if (n == room)
            p = realloc(p, room *= 2);
    }
    if (!p)
        abort();
    fclose(in);
    *size = n;
    return p;
}

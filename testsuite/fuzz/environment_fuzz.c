/* environment_fuzz.c - feeds GOESCAPE=... to the runtime's option parser.
 *
 * Beyond not crashing: an option that is accepted is within its bounds and is the last number given for it, by
 * a reading of our own; all others have their defaults; and what is refused is refused in one line.
 */
#include "bytes.h"

#include "../../runtime/options.c"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>

union heap_page goe__heap_page;
static jmp_buf refused;

void goe__say(const char *format, ...)
{
    REQUIRE(!strchr(format, '\n'));
}

void goe__die(const char *format, ...)
{
    char line[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    REQUIRE(strncmp(line, "GOESCAPE: ", 10) == 0);
    longjmp(refused, 1);
}

void goe_stats(struct goe_stats *s)
{
    memset(s, 0, sizeof *s);
}

/* The value of TEXT, of N characters, for O; false: it is none. */
static bool value_of(const struct option *o, const char *text, size_t n, int64_t *value)
{
    __int128 v = 0;
    size_t i = n && *text == '-', first = i;
    for (; i < n && isdigit((unsigned char)text[i]); i++)
        if ((v = 10 * v + (text[i] - '0')) > (__int128)1 << 70)
            v = (__int128)1 << 70;
    if (i == first)
        return false;
    if (*text == '-')
        v = -v;
    if (o->kind == BYTES && i < n && strchr("kmg", text[i]))
        v *= 1ll << (text[i] == 'k' ? 10 : text[i] == 'm' ? 20 : 30), i++;
    *value = (int64_t)v;
    return i == n && v >= o->least && v <= o->most;
}

/* What `text` means for O, read from its end. */
static int64_t wanted(const struct option *o, const char *text)
{
    int64_t value = o->def;
    for (size_t n; *text; text += n + (text[n] == ':')) {
        n = strcspn(text, ":");
        size_t name = strlen(o->name);
        if (n < name || memcmp(text, o->name, name) != 0 || (n > name && text[name] != '='))
            continue;
        if (n == name) {
            REQUIRE(o->kind == NUMBER);
            value = 1;
        } else
            REQUIRE(value_of(o, text + name + 1, n - name - 1, &value));
    }
    return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[256];
    if (size >= sizeof text || memchr(data, 0, size))
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = 0;
    REQUIRE(setenv("GOESCAPE", text, 1) == 0);
    memset(&H.opt, 0, sizeof H.opt);
    H.options_read = false;
    if (setjmp(refused) == 0) {
        goe__options_read();
        for (size_t i = 0; i < OPTIONS; i++) {
            int64_t v;
            memcpy(&v, (char *)&H.opt + table[i].offset, sizeof v);
            REQUIRE(v >= table[i].least && v <= table[i].most);
            REQUIRE(v == wanted(&table[i], text));
        }
    }
    return 0;
}

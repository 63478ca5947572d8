/* OPTIONS: mode=check */
/*
 * Category "array decay": an array becomes the address of its first element without any operator to
 * see in the source.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

struct rec {
    char name[16];
    int v[4];
};
typedef char line_t[80];

int cond(void);
extern const char *const names[4];

char *bad_array(void)
{
    char buf[16] = "text";
    return buf; /* WARN "address of local variable 'buf' is returned" */
}

int *bad_int_array(void)
{
    int a[3] = {1, 2, 3};
    return a; /* WARN "address of local variable 'a' is returned" */
}

const char *bad_const_array(void)
{
    const char text[] = "text";
    return text; /* WARN "address of local variable 'text' is returned" */
}

wchar_t *bad_wide(void)
{
    wchar_t w[] = L"text";
    return w; /* WARN "address of local variable 'w' is returned" */
}

char *bad_typedef(void)
{
    line_t line;
    snprintf(line, sizeof line, "%d", cond());
    return line; /* WARN "address of local variable 'line' is returned" */
}

char *bad_decayed_copy(int n)
{
    char buf[16];
    char *p = buf;
    sprintf(p, "%d", n);
    return p; /* WARN "address of local variable 'buf' is returned" */
}

char *bad_member_array(void)
{
    struct rec r = {"name", {0}};
    return r.name; /* WARN "address of local variable 'r' is returned" */
}

char *bad_param_member_array(struct rec r)
{
    return r.name; /* WARN "address of parameter 'r' is returned" */
}

int *bad_row(int i)
{
    int m[4][4] = {{0}};
    return m[i]; /* WARN "address of local variable 'm' is returned" */
}

int (*bad_matrix(void))[4]
{
    int m[4][4] = {{0}};
    return m; /* WARN "address of local variable 'm' is returned" */
}

const char **bad_array_of_strings(void)
{
    const char *words[] = {"a", "b", NULL};
    return words; /* WARN "address of local variable 'words' is returned" */
}

char *bad_copied_string(const char *s)
{
    char buf[64];
    size_t n = strlen(s);
    if (n >= sizeof buf)
        return NULL;
    memcpy(buf, s, n + 1);
    return buf; /* WARN "address of local variable 'buf' is returned" */
}

char *bad_time_text(time_t t)
{
    struct tm tm;
    char buf[32];
    if (!localtime_r(&t, &tm))
        return NULL;
    strftime(buf, sizeof buf, "%F %T", &tm);
    return buf; /* WARN "address of local variable 'buf' is returned" */
}

char *bad_ctime(time_t t)
{
    char buf[32];
    return ctime_r(&t, buf); /* WARN "address of local variable 'buf' is returned" */
}

char *bad_reversed(const char *s)
{
    char out[32];
    int n = (int)strlen(s), i;
    for (i = 0; i < n && i < 31; i++)
        out[i] = s[n - 1 - i];
    out[i] = '\0';
    return out; /* WARN "address of local variable 'out' is returned" */
}

/* Look-alikes. */

char *good_static_array(int n)
{
    static char buf[16];
    snprintf(buf, sizeof buf, "%d", n);
    return buf;
}

const char *good_table(int i)
{
    const char *const local[] = {"zero", "one", "two"};
    return local[i];
}

const char *good_global_table(int i)
{
    return names[i];
}

char *good_param_array(char buf[16])
{
    buf[0] = 0;
    return buf;
}

char *good_copy_out(char *to, size_t n)
{
    char buf[16] = "text";
    return strncpy(to, buf, n);
}

struct rec good_array_by_value(void)
{
    struct rec r = {"name", {1, 2, 3, 4}};
    return r;
}

int *good_param_pointee_array(struct rec *r)
{
    return r->v;
}

char *good_asprintf(const char *s)
{
    char tmp[8];
    char *out = malloc(strlen(s) + sizeof tmp);
    if (!out)
        return NULL;
    memset(tmp, '-', sizeof tmp - 1);
    tmp[sizeof tmp - 1] = 0;
    strcpy(out, tmp);
    return strcat(out, s);
}

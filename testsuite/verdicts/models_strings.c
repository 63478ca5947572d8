/* OPTIONS: m warn=none -fno-inline */
/* Functions that return or store a pointer into what they are given: strings and memory. */
#define _GNU_SOURCE
#include <argz.h>
#include <libgen.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

char *finds(char *s) { return strchr(s, 'a'); } /* LEAKS s TO RESULT 0 */
char *finds_text(char *s, const char *t) { return strstr(s, t); } /* LEAKS s TO RESULT 0 */ /* STAYS t */
void *finds_byte(void *p) { return memchr(p, 1, 8); } /* LEAKS p TO RESULT 0 */
char *duplicates(const char *s) { return strdup(s); } /* STAYS s */
char *copies(char *d, const char *s) { return strcpy(d, s); } /* LEAKS d TO RESULT 0 */ /* STAYS s */
size_t measures(const char *s) { return strlen(s); } /* STAYS s */
int compares(const char *a, const char *b) { return strcmp(a, b); } /* STAYS a */ /* STAYS b */
long number(const char *s, char **end) { return strtol(s, end, 0); } /* LEAKS s TO end 0 */ /* STAYS end */
double real(const char *s, char **end) { return strtod(s, end); } /* LEAKS s TO end 0 */ /* STAYS end */
wchar_t *wide(wchar_t *s) { return wcsrchr(s, L'a'); } /* LEAKS s TO RESULT 0 */

char *found_in_local(void)
{
    char s[] = "local"; /* MOVED s */
    return strchr(s, 'c');
}
size_t found_and_used(void)
{
    char s[] = "local"; /* STAYS s */
    return (size_t)(strchr(s, 'c') - s);
}
char *duplicated(void)
{
    char s[] = "local"; /* STAYS s */
    return strdup(s);
}
long parsed(void)
{
    char s[] = "12x", *end; /* STAYS s */ /* STAYS end */
    long n = strtol(s, &end, 10);
    return n + *end;
}
char *parsed_end(void)
{
    char s[] = "12x", *end; /* MOVED s */ /* STAYS end */
    strtol(s, &end, 10);
    return end;
}
char *end_elsewhere;
void parsed_end_kept(void)
{
    char s[] = "12x"; /* MOVED s */
    strtol(s, &end_elsewhere, 10);
}
/* strtok keeps its string for the next call, strtok_r's caller does. */
int tokens(void)
{
    char s[] = "a b"; /* MOVED s */
    int n = 0;
    for (char *t = strtok(s, " "); t; t = strtok(NULL, " "))
        n++;
    return n;
}
int tokens_r(void)
{
    char s[] = "a b", *save; /* STAYS s */ /* STAYS save */
    int n = 0;
    for (char *t = strtok_r(s, " ", &save); t; t = strtok_r(NULL, " ", &save))
        n++;
    return n;
}
char *last_token(void)
{
    char s[] = "a b", *save; /* MOVED s */ /* STAYS save */
    strtok_r(s, " ", &save);
    return strtok_r(NULL, " ", &save);
}
int fields(void)
{
    char s[] = "a:b", *p = s; /* STAYS s */ /* STAYS p */
    int n = 0;
    while (strsep(&p, ":"))
        n++;
    return n;
}
char *a_field(void)
{
    char s[] = "a:b", *p = s; /* MOVED s */ /* STAYS p */
    return strsep(&p, ":");
}
char *path_part(void)
{
    char path[] = "a/b"; /* MOVED path */
    return dirname(path);
}
char *message(void)
{
    char text[] = "hello"; /* MOVED text */
    return gettext(text);
}
char *error_text(int e)
{
    char buf[80]; /* MOVED buf */
    return strerror_r(e, buf, sizeof buf);
}
/* Strings carry no pointers, blocks of bytes do. */
struct named {
    char name[8];
    int *p;
};
void named_by_string(struct named *out) /* STAYS out */
{
    int x; /* STAYS x */
    struct named n = {"a", &x}; /* STAYS n */
    strcpy(out->name, n.name);
}
void named_by_bytes(struct named *out) /* STAYS out */
{
    int x; /* MOVED x */
    struct named n = {"a", &x}; /* STAYS n */
    memcpy(out, &n, sizeof n);
}
void vector_of_strings(void)
{
    char *argv[] = {"a", "b", NULL}, *argz; /* STAYS argv */ /* STAYS argz */
    size_t len; /* STAYS len */
    argz_create(argv, &argz, &len);
    free(argz);
}

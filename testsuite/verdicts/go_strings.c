/* OPTIONS: m warn=none */
/*
 * Strings made and converted: a string is a pointer, and what it points to goes where it goes.
 */
#include <goescape.h>
#include <stdio.h>
#include <string.h>

const char *kept;
const char **kept2;
int number;

/* From bytes to a string: a copy, or the bytes themselves. */
char *copy_of(const char *b, char *room) { return strcpy(room, b); } /* STAYS b */ /* LEAKS room TO RESULT 0 */
void bytes_to_string(void)
{
    char b[20] = "x"; /* STAYS b */
    char room[20]; /* STAYS room */
    const char *s = copy_of(b, room);
    number = s[0];
}
void bytes_to_string_part(void)
{
    char b[20] = "x"; /* STAYS b */
    char room[20]; /* STAYS room */
    const char *s = copy_of(b, room);
    const char *s1 = s + 1;
    number = s1[0];
}
void bytes_to_string_variable_kept(void)
{
    char b[20] = "x"; /* STAYS b */
    char room[20]; /* MOVED room */
    const char *s = copy_of(b, room);
    const char *s1 = s + 1; /* MOVED s1 */
    kept2 = &s1;
}
void bytes_to_string_part_kept(void)
{
    char b[20] = "x"; /* STAYS b */
    char room[20]; /* MOVED room */
    const char *s = copy_of(b, room);
    const char *s1 = s + 1;
    kept = s1;
}
void bytes_as_string_kept(void)
{
    char *b = goe_make(char, 20); /* NOTE "goe_make(char, 20) escapes to heap" */
    kept = b;
}
void bytes_as_string_read(void)
{
    char *b = goe_make(char, 20); /* NOTE "goe_make(char, 20) does not escape" */
    const char *s = b;
    number = s[0];
}

/* Concatenation. */
char *concat(char *room, const char *a, const char *b) /* LEAKS room TO RESULT 0 */ /* STAYS a */ /* STAYS b */
{
    strcpy(room, a);
    return strcat(room, b);
}
void concat_read(void)
{
    char room[8]; /* STAYS room */
    char a[] = "a"; /* STAYS a */
    char b[] = "b"; /* STAYS b */
    number = concat(room, a, b)[0];
}
void concat_of_concat(void)
{
    char room[8]; /* STAYS room */
    char outer[16]; /* STAYS outer */
    char a[] = "a"; /* STAYS a */
    char b[] = "b"; /* STAYS b */
    number = concat(outer, concat(room, a, b), a)[0];
}
void concat_kept(void)
{
    char room[8]; /* MOVED room */
    char a[] = "a"; /* STAYS a */
    char b[] = "b"; /* STAYS b */
    kept = concat(room, a, b) + 1;
}
char *concat_new(const char *a, const char *b) /* STAYS a */ /* STAYS b */
{
    char *room = goe_make(char, 64); /* NOTE "goe_make(char, 64) escapes to heap" */
    return concat(room, a, b);
}

/* A number printed. */
int printed_and_compared(int x)
{
    char s[12]; /* STAYS s */
    snprintf(s, sizeof s, "%d", x);
    return !strcmp(s, "0");
}
char *printed_and_given(int x)
{
    char s[12]; /* MOVED s */
    snprintf(s, sizeof s, "%d", x);
    return s;
}
void printed_and_kept(int x)
{
    char s[12]; /* MOVED s */
    snprintf(s, sizeof s, "%d", x);
    kept = s;
}

/* Back from a string to bytes. */
void string_to_bytes(void)
{
    const char *s = "foo";
    char x[4]; /* STAYS x */
    memcpy(x, s, 4);
    number = x[0];
}
char *string_to_bytes_given(void)
{
    const char *s = "foo";
    char x[4]; /* MOVED x */
    return memcpy(x, s, 4);
}
void string_to_bytes_kept(void)
{
    char x[4]; /* MOVED x */
    kept = strncpy(x, "foo", 4);
}

/* Wide ones, by hand. */
int *widen(int *to, const char *text) /* LEAKS to TO RESULT 0 */ /* STAYS text */
{
    int *t = to;
    while ((*t++ = *text++))
        ;
    return to;
}
int widened_read(void)
{
    int x[8]; /* STAYS x */
    return widen(x, "foo")[1];
}
int *widened_given(void)
{
    int x[8]; /* MOVED x */
    return widen(x, "foo");
}

/* A buffer that grows text in a local, and one in a literal. */
struct buffer {
    char *at;
    int n;
};
void buffer_add(struct buffer *b, const char *s) /* STAYS b */ /* STAYS s */
{
    while (*s)
        b->at[b->n++] = *s++;
}
int buffer_private(void)
{
    char room[64]; /* STAYS room */
    struct buffer b = {room, 0}; /* STAYS b */
    buffer_add(&b, "1234");
    return b.n;
}
char *buffer_given(void)
{
    char room[64]; /* MOVED room */
    struct buffer b = {room, 0}; /* STAYS b */
    buffer_add(&b, "1234");
    return b.at;
}
char *buffer_copied(void)
{
    char room[64]; /* STAYS room */
    struct buffer b = {room, 0}; /* STAYS b */
    buffer_add(&b, "1234");
    char *r = goe_make(char, 64); /* NOTE "goe_make(char, 64) escapes to heap" */
    memcpy(r, b.at, (size_t)b.n);
    return r;
}
int buffer_of_many(const char *const *xs, int n) /* STAYS xs */
{
    struct buffer *b = &(struct buffer){goe_make(char, 64), 0}; /* NOTE "goe_make(char, 64) does not escape" */ /* NOTE "compound literal does not escape" */
    for (int i = 0; i < n; i++)
        buffer_add(b, xs[i]);
    return b->n;
}
/* The string's variable is captured, not only its text. */
const char *same_text(const char *s) { return s; } /* LEAKS s TO RESULT 0 */
const char *text_of_part(const char *s) { return same_text(s + 1) + 1; } /* LEAKS s TO RESULT 0 */
int text_read(void)
{
    char s[] = "text"; /* STAYS s */
    return *text_of_part(s);
}

void widened_kept(void)
{
    static int *kept_wide;
    int x[8]; /* MOVED x */
    kept_wide = widen(x, "foo");
    number = *kept_wide;
}

/* And back. */
char *narrow(char *to, const int *wide) /* LEAKS to TO RESULT 0 */ /* STAYS wide */
{
    char *t = to;
    while ((*t++ = (char)*wide++))
        ;
    return to;
}

int narrowed_read(void)
{
    int wide[] = {1, 2, 3, 0}; /* STAYS wide */
    char s[4]; /* STAYS s */
    return narrow(s, wide)[1];
}

char *narrowed_given(void)
{
    int wide[] = {1, 2, 3, 0}; /* STAYS wide */
    char s[4]; /* MOVED s */
    return narrow(s, wide);
}

void narrowed_kept(void)
{
    int wide[] = {1, 2, 3, 0}; /* STAYS wide */
    char s[4]; /* MOVED s */
    kept = narrow(s, wide);
}

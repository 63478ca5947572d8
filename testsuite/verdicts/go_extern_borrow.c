/* OPTIONS: m warn=none */
/*
 * extern=borrow, C's custom: a function without a body uses what it is handed and keeps none of it,
 * unless it says so (goe_escapes) or is handed a callback with its data.
 */
#include <goescape.h>

void unknown(char *);
void keeps(char *p goe_escapes);
void registers(void (*fn)(void *), void *data);
void registers_typed(void (*fn)(int *), int *data);

void each_of_them(void)
{
    char buf1[10]; /* STAYS buf1 */ /* GO: MOVED buf1 */
    unknown(buf1);
    char buf2[10]; /* MOVED buf2 */
    keeps(buf2);
}
void parameter_to_unknown(char *x) { unknown(x); } /* STAYS x */ /* GO: LEAKS x */
void parameter_to_keeper(char *x) { keeps(x); } /* LEAKS x */

void callback(void *data) { *(int *)data = 1; } /* STAYS data */
void callback_typed(int *data) { *data = 1; } /* STAYS data */
void registered(void)
{
    int x = 1; /* MOVED x */
    registers(callback, &x);
}
void registered_typed(void)
{
    int x = 1; /* STAYS x */
    registers_typed(callback_typed, &x);
}
struct holder {
    int *p;
};
void unknown_holder(struct holder *);
void holder_lent(void)
{
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    struct holder h = {&x}; /* STAYS h */ /* GO: MOVED h */
    unknown_holder(&h);
}
void registered_with_content(void)
{
    int x = 1; /* MOVED x */
    struct holder h = {&x}; /* MOVED h */
    registers(callback, &h);
}

/* What a format string speaks of is printed, not returned. */
char *append(char *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *append_any(char *s, const char *format, ...);
char *printed(char *s) /* LEAKS s TO RESULT 0 */
{
    char number[20] = "1"; /* STAYS number */ /* GO: MOVED number */
    return append(s, "%s", number);
}
char *printed_into(char *s) /* STAYS s */
{
    char text[20] = ""; /* MOVED text */
    return append(text, "%s", s);
}
char *perhaps_printed(char *s) /* LEAKS s TO RESULT 0 */
{
    char number[20] = "1"; /* MOVED number */
    return append_any(s, "%s", number);
}

/* A number may be an address; whoever keeps it says so. */
void keeps_number(unsigned long number goe_escapes);
void uses_number(unsigned long number);

void address_as_number(void)
{
    int x = 1; /* MOVED x */
    keeps_number((unsigned long)&x);
    int y = 1; /* STAYS y */
    uses_number((unsigned long)&y);
}

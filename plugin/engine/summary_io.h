/* Summaries on paper: what a unit's functions do with pointers, written down for other units.
 *
 * A function's record is text that stands on its own: symbols are named, nothing is numbered beyond
 * the record, no path or time is in it. So equal functions have equal records. The hash of what stands
 * before `exit` is the summary's identity: verdicts rest on that part alone, warnings on both.
 *
 *     function set 1f3b 2            name, signature, number of parameters
 *     param -                        one for each: - named, v the unnamed ones, c static chain
 *     param -
 *     object param 0 0               0: what word 0 of parameter 0 points to
 *     object param 1 0               1
 *     cell 0 8 1 0                   word 8 of object 0 <- address of object 1, plus 0
 *     exit -                         what certainly holds at the end (held.h)
 *     place result
 *     place kept
 *     place param 0 0
 *     place param 1 0
 *     fact 2 8 3 0 open always       word 8 of place 2 holds the address of place 3, plus 0
 *     end
 *
 * summary_write.c writes records, summary_read.c reads them, summary_store.c keeps a folder of them.
 *
 * A unit's file is such records behind a head that says what they hold for:
 *
 *     goescape summaries 2
 *     abi 8 8 extern=borrow
 *     source 6d2f0c1a9b3e4f50 812 ../src/ctx.c
 *     source 0b1c2d3e4f506172 96 ../src/ctx.h
 *
 * Whoever reads it believes a record only if format and ABI are his own and every source is still
 * what it was. Two files that say different things of one name (two programs of a package) are both
 * right for somebody: then the function may do what either says or what unknown functions do.
 *
 * Nothing here knows GCC. A store is used from one thread; files are replaced in one step, so readers
 * and writers of one folder need no lock.
 */
#ifndef ESC_SUMMARY_IO_H
#define ESC_SUMMARY_IO_H

#include "escape.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Receives what is wrong with a file: where (line counts from 1; 0: the file as a whole) and one line
 * of text. */
typedef void esc_store_report(void *data, const char *file, unsigned line, const char *message);

/* ---- reading ---- */

struct esc_store;

/* Reads every summary file of folder DIR; one that cannot be made sense of is reported and left out.
 * A folder that is not there is empty. ABI: what a record must have been written for. */
struct esc_store *esc_store_open(const char *dir, const char *abi, esc_store_report *, void *data);
void esc_store_free(struct esc_store *);
/* Adds TEXT as the contents of a file called NAME, as esc_store_open does; for tests, too. True if it
 * was well-formed as far as reading it without a unit shows. */
bool esc_store_add(struct esc_store *, const char *name, const char *text, size_t size);

enum esc_trust {
    ESC_TRUSTED, /* calls are judged by the summary */
    ESC_DOUBTED, /* several files differ: by all of them, and by the rule for unknown functions */
    ESC_STALE,   /* not used: a source has changed since it was written */
    ESC_OTHER,   /* not used: it has another signature */
    ESC_BROKEN,  /* not used: its record cannot be read; that has been reported */
};

/* What became of a function of the unit that has no body there but a summary in the store. */
struct esc_import {
    uint32_t sym;     /* the function's symbol */
    const char *name; /* its name */
    const char *unit; /* the source it was made from, as seen from DIR */
    const char *why;  /* STALE: the source that has changed */
    uint64_t hash;    /* the summary's identity */
    uint8_t trust;    /* enum esc_trust */
};

/* Looks up every function of UNIT without a body for which MAY says so (NULL: every one), and those
 * that their summaries name; between lowering and esc_solve. The unit must not outlive the store. */
void esc_store_attach(struct esc_store *, struct esc_unit *unit,
                      bool (*may)(void *data, uint32_t sym), void *data);
uint32_t esc_store_imports(const struct esc_store *, const struct esc_import **out);

/* ---- writing ---- */

/* A function whose record was written. */
struct esc_export {
    const char *name; /* as long as the unit lives */
    uint64_t hash;    /* the summary's identity */
};

/* The records of UNIT's functions that others may believe: those with a body that certainly runs when
 * the name is called. After esc_solve. *TEXT is malloc'ed, *EXPORTS likewise; returns their number.
 *
 * Units that read one another need not come to rest. Whoever repeats builds counts them, 1 and up, in a
 * file DIR/round (0: there is none). From WIDEN_ROUND on functions say at least what FILE, the unit's own
 * in the store, said before; from BLUR_ROUND on those that still have news say it as coarsely as can be,
 * so that they change a bounded number of times more. STORE may be NULL. */
enum { WIDEN_ROUND = 3, BLUR_ROUND = 5 };
uint32_t esc_summaries_text(struct esc_unit *, struct esc_store *store, unsigned round,
                            const char *file, char **text, size_t *size,
                            struct esc_export **exports);
unsigned esc_store_round(const struct esc_store *);
/* The name of the file in DIR for a unit whose object is called OBJECT (a path without its suffix, as seen
 * from the working directory); malloc'ed. NULL: errno says which folder is not there. */
char *esc_store_file(const char *dir, const char *object);
/* Writes FILE to DIR, which esc_store_file has made sure is there: the N SOURCES that can be read, then TEXT.
 * Nothing is touched if that is there already. True if something changed; *ERROR, if anything went
 * wrong, is a message that the caller frees. */
bool esc_store_write(const char *dir, const char *file, const char *abi, const char *const *sources,
                     uint32_t n, const char *text, size_t size, char **error);

#ifdef __cplusplus
}
#endif

#endif

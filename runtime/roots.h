/* SPDX-License-Identifier: BSL-1.0
 *
 * roots.h: the seams between the three files that look for roots, and for no others:
 *
 *     maps.c    which mappings there are      goe__maps_read() lists those that may hold pointers
 *     pages.c   which of their pages exist    goe__pages_scan() marks from the words on these
 *     roots.c   what of them to look at       minus our own memory, and the unused parts of stacks
 *
 * The state of each lies on pages of our own, is made by goe__roots_init(), and belongs to the thread that collects: the
 * collector's own while a cycle marks, else to who holds the lock.
 */
#ifndef GOE_ROOTS_H
#define GOE_ROOTS_H

#include "internal.h"

/* A mapping to look at. */
struct area {
    uintptr_t lo;    /* first byte */
    uintptr_t hi;    /* one past the last */
    uintptr_t guard; /* lowest byte of the inaccessible mapping right below; lo if there is none */
    bool shared;     /* with other processes, or a file: read by way of the kernel */
    bool memory;     /* shared, and not kept on a disk */
    bool huge;       /* shared, of huge pages that the system has set apart (hugetlb) */
    bool secret;     /* shared, and not even the kernel reads it */
    bool stack;      /* the kernel calls it the main thread's stack */
    bool done;       /* a stack that goe__roots_mark_stacks() has seen to */
};

/* Those of the process, in order of their addresses. */
struct areas {
    struct area *at; /* the items */
    size_t n;        /* how many */
};

/* ---- maps.c ---- */
const struct areas *goe__maps_init(void); /* once: what goe__maps_read() fills; null: no memory */
bool goe__maps_read(void);                /* false: the map cannot be read, or is not ours */

/* ---- pages.c ---- */
bool goe__pages_init(void); /* once; false: no memory */
size_t goe__page_size(void);
void goe__pages_hidden(bool on);  /* from now on, words are looked at turned back, too (hidden.c) */
void goe__pages_running(bool on); /* the program does: pages may go while they are read */
void goe__pagemap_open(void);     /* for one collection; where it fails, no page is known */
void goe__pagemap_close(void);
bool goe__pagemap_works(void); /* whether PAGEMAP_SCAN does, as far as is known */
/* Asks for the pages of [from, to) that exist; of private mappings those that are not just a file's. `vec` is pages.c's
 * own: what is found stays there until something is asked for again. */
struct pm_scan_arg goe__pagemap_arg(uintptr_t from, uintptr_t to, bool shared);
/* Marks from all words of pages in a struct area; a goe__reader. present: they are known to be in memory. */
bool goe__pages_mark(const void *area, uintptr_t lo, uintptr_t hi, bool present);
void goe__pages_scan(const struct area *a, uintptr_t lo, uintptr_t hi); /* those that exist */

#endif

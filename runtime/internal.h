/* SPDX-License-Identifier: BSL-1.0
 *
 * internal.h: the data of the collected heap and the seams between its parts.
 *
 * The heap is made of slabs of 4 MB, aligned to their size, each cut into 128 blocks of 32 KB. A block
 * holds cells of one size and one layout, or is part of a large object, or is free. Slabs hold nothing
 * but payload (so that they may be huge pages); what is known about their blocks lies in a struct slab
 * elsewhere. From any address to its object:
 *
 *     slab  = H.slabs[(p - H.window) >> 22]      null: not ours
 *     block = slab->blocks[(p >> 15) & 127]
 *     cell  = ((p & 32767) / 8 * block->recip) >> 32    a division by multiplication
 *     mark  = slab->marks[block][cell / 64] >> (cell % 64)
 *
 * There is no object header and no list of free cells: after a collection what is unmarked is free, and
 * threads allocate by bumping a pointer through runs of unmarked cells.
 *
 * Worked example: struct user { char *name; int age; } is 16 bytes with one pointer word. Its cell is 24
 * bytes (one more than the object needs, so that a pointer one past its end is still inside), so a block
 * has 1365 of them, mode MODE_MAP, map 1.
 *
 * Locks: H.lock guards everything in H but what is said to be otherwise. A thread that holds it has its
 * `busy` flag set, which is how an allocation in a signal handler that interrupted it knows.
 */
#ifndef GOE_INTERNAL_H
#define GOE_INTERNAL_H

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "goescape.h"

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier()   __asm__ volatile("" : : : "memory")

enum {
    SLAB_SHIFT = 22,
    SLAB_SIZE = 1 << SLAB_SHIFT,
    BLOCK_SHIFT = 15,
    BLOCK_SIZE = 1 << BLOCK_SHIFT,
    SLAB_BLOCKS = SLAB_SIZE / BLOCK_SIZE,
    MIN_CELL = 16,
    MAX_CELL = BLOCK_SIZE / 2,
    MARK_WORDS = BLOCK_SIZE / MIN_CELL / 64, /* of 64 cells each, for one block */
    PAGE = 4096,             /* the least page size; PAGEMAP_SCAN's unit is asked for */
    CURSORS = __GOE_CURSORS, /* slots of the cache of layouts of a thread */
    CLASSES = 80,            /* more than size_classes() makes */
    WINDOW_SLABS = 1 << 18,  /* the heap lies within 1 TB around its first slab */
    CLOSURE_CELL = 32,       /* bytes of code of one thunk */
    CLOSURE_BLOCKS = 16,     /* blocks of thunks in a row; those with their words follow */
    CLOSURE_APART = CLOSURE_BLOCKS
                    << BLOCK_SHIFT, /* bytes from such a block to that of the words */
    MAX_KINDS = 2048,               /* layouts with blocks of their own; more share */
    STOP_SIGNAL = 33,               /* see threads.c */
    STOCK = 16,                     /* slabs mapped ahead of need, at most */
    SMALL_HEAP = 32 << 20,          /* bytes: up to which a heap may grow by twice the percentage */
    MAX_SHAPES = MAX_KINDS + 3 * 2 * CLASSES + 1,
};

/* What in a cell may hold a pointer. */
enum scan_mode {
    MODE_NONE,    /* nothing */
    MODE_ALL,     /* each of the first nwords words */
    MODE_MAP,     /* the words whose bit is set in map */
    MODE_CLOSURE, /* the chain word of the thunk, see goe__closure_words */
};

enum block_state {
    BLOCK_FREE,       /* in the pool */
    BLOCK_CELLS,      /* cells of one kind */
    BLOCK_LARGE,      /* the first block of a large object */
    BLOCK_LARGE_TAIL, /* a further block of one */
    BLOCK_DATA,       /* the data half of a pair of closure blocks */
};

/* How long the objects of a block of cells have lived. */
enum block_age {
    AGE_FRESH, /* it was empty at the last collection */
    AGE_ONCE,  /* they have survived one minor collection, and are young in the next (gen.c) */
    AGE_OLD,   /* some have survived more, or a full one */
};

/* How the fast path of marking scans a cell. */
enum shape_scan {
    SCAN_SLOW, /* by scan_cell(), or it is no cell at all */
    SCAN_NONE, /* nothing to do */
    SCAN_ALL,  /* n words */
    SCAN_MAP,  /* the words of map */
};

/* All that marking reads of a layout; few are in use at a time, so they stay in the nearest cache. Number 0
 * has no cells: free blocks and large objects. */
struct shape {
    uint32_t recip;  /* ceil(2^32 / (cell / 8)) */
    uint32_t cell;   /* bytes */
    uint16_t ncells; /* of a block */
    uint8_t scan;    /* enum shape_scan */
    uint8_t n;       /* SCAN_ALL: words */
    uint32_t unused; /* keeps map aligned */
    uint64_t map;    /* which words, of the first 64 */
    uint64_t marked; /* cells, by the collection under way */
};

/* One layout: what a block needs to know about its cells. Never freed. */
struct kind {
    uint32_t cell;       /* bytes from one object to the next, a multiple of 8 */
    uint32_t nwords;     /* words to look at in each */
    uint64_t map;        /* MODE_MAP: which */
    uint8_t mode;        /* enum scan_mode */
    uint32_t trial;      /* bytes allocated before it got blocks of its own */
    uint32_t align;      /* of objects */
    uint16_t shape;      /* its number in H.shapes */
    struct block *avail; /* blocks with free cells that nobody allocates from */
};

/* One block's description: a cache line. */
struct block {
    uint32_t recip;     /* ceil(2^32 / (cell / 8)) */
    uint16_t ncells;    /* 0: no cells here */
    uint8_t mode;       /* enum scan_mode */
    uint8_t state;      /* enum block_state */
    uint32_t cell;      /* bytes; large objects: unused */
    uint32_t nwords;    /* words to look at in each cell */
    uint64_t map;       /* MODE_MAP: which words */
    struct kind *kind;  /* its layout; null for large objects */
    struct block *next; /* in kind->avail */
    uint32_t pos;       /* cells from here on were handed out since the last collection */
    union {
        uint32_t period; /* large arrays: the map repeats after so many words; 0: never */
        uint32_t live;   /* cells: how many the last sweep found marked */
    };
    uint64_t size; /* large: bytes of the object */
    uint32_t back; /* large tail: blocks back to the first */
    uint8_t slot;  /* its number in the slab */
    bool taken;    /* a thread allocates from it */
    bool used;     /* allocated from since the last collection */
    uint8_t age;   /* enum block_age */
};

/* What is known of 4 MB of heap. */
struct slab {
    char *base;                       /* the payload */
    uint64_t (*work)[MARK_WORDS];     /* marks that a collection makes; else the same as marks */
    uint64_t (*marks)[MARK_WORDS];    /* of the last collection: what is not marked is free */
    uint64_t (*other)[MARK_WORDS];    /* room for the marks of a concurrent one; null: none yet */
    uint16_t shape[SLAB_BLOCKS];      /* of each block, in H.shapes; 0: no cells */
    uint64_t clean[SLAB_BLOCKS / 64]; /* bit set: no write to the block goes unnoticed (gen.c) */
    uint64_t free[SLAB_BLOCKS / 64];  /* bit set: block is in the pool */
    uint64_t
        dirty[SLAB_BLOCKS / 64]; /* bit set: block was used since it was mapped (not known 0) */
    struct slab *next_spare;     /* in H.spare */
    uint32_t nfree;              /* bits set in free */
    uint32_t index;              /* in H.slab_list */
    uint32_t collapsed;          /* at which collection it was made of huge pages; 0: never */
    bool closures;               /* holds thunks: executable pages */
    bool watched;                /* registered with userfaultfd */
    bool unswept;                /* not sorted since the last collection */
    uint8_t huge; /* bit set: the first touch of this half may make a huge page of it */
    struct block blocks[SLAB_BLOCKS];            /* descriptions */
    uint64_t own_marks[SLAB_BLOCKS][MARK_WORDS]; /* the first room for marks */
};

/* Where a thread allocates one layout. Written by its thread, and by a collection while that is stopped. The
 * first four fields are struct __goe_cursor's. */
struct cursor {
    uint64_t key;      /* the layout, in the cache of a thread; 0: none yet */
    char *bump;        /* the end of the cells that are left, the next one to be handed out last */
    char *limit;       /* the start of the run */
    uint64_t cell;     /* bytes of a cell */
    char *end;         /* of the run, to count by; null: none since the last collection */
    struct kind *kind; /* layout of the run; null: none yet */
    struct block *block; /* where the run lies; null: none */
    struct cursor
        *next; /* in thread->active, which ends with one that is its own next; null: not in it */
};
_Static_assert(sizeof(struct cursor) == sizeof(struct __goe_cursor) &&
                   offsetof(struct cursor, bump) == offsetof(struct __goe_cursor, bump) &&
                   offsetof(struct cursor, limit) == offsetof(struct __goe_cursor, limit) &&
                   offsetof(struct cursor, cell) == offsetof(struct __goe_cursor, cell),
               "compiled code allocates from cursors");

/* One thread that has allocated. In the collector's own memory: never a root. */
struct thread {
    union {
        struct __goe_local local; /* what compiled code sees: busy, and the cursors by key */
        struct {
            volatile int busy; /* inside the allocator: a signal handler must not follow */
            _Alignas(64) struct cursor keyed[CURSORS]; /* by hash of the key */
        };
    };
    struct cursor sized[3][2]
                       [CLASSES]; /* by mode (none, all, closures), alignment 8 or 16, class */
    struct cursor *active;        /* those that have had a run since the last collection */
    pid_t tid;                    /* kernel's number */
    bool dead;                    /* the thread is gone, the struct may be reused */
    uint64_t stress;              /* allocations since the last collection under stress */
    struct thread *next;          /* in H.threads */
};

/* A range of addresses. */
struct range {
    uintptr_t lo; /* first byte */
    uintptr_t hi; /* one past the last */
};

/* A set of ranges in the collector's own memory. */
struct ranges {
    struct range *at; /* the items */
    size_t n;         /* how many */
    size_t cap;       /* room */
};

/* A thread as the collector stops it. Allocated in chunks and never freed: a thread that wakes late still
 * reads its own. */
struct stopped {
    pid_t tid;               /* kernel's number */
    volatile int state;      /* enum stop_state */
    uintptr_t sp;            /* of the interrupted code, less its red zone; 0: unknown stack */
    uintptr_t handler_sp;    /* in the handler, below the registers the kernel has saved */
    uintptr_t tp;            /* its thread control block */
    volatile uint32_t epoch; /* the collection it is stopped for */
};

enum stop_state {
    STOP_NONE,  /* the slot is free */
    STOP_SENT,  /* the signal is on its way */
    STOP_ACKED, /* the thread waits in the handler */
    STOP_GONE,  /* the thread does not run user code any more */
};

/* A finalizer. */
struct final {
    uintptr_t obj;              /* the object; 0: free slot */
    void (*fn)(void *, void *); /* what to call */
    void *arg;                  /* with what */
};

struct options {
#define OPTION(name, kind, def, least, most, help) int64_t name;
#include "options.def"
#undef OPTION
};

/* Memory for tables, which are cut off one after the other. */
struct chunk {
    char *next;  /* the rest */
    char *end;   /* its end */
    char *spare; /* the next chunk, if there is one already */
};

/* The state of one process's heap. It lies on pages of its own, which are never roots. */
struct heap {
    volatile uint32_t lock;     /* guards the rest: 0 free, 1 taken, 2 waited for, too; a futex */
    volatile uint32_t starving; /* a thread that has waited for it for long; a futex */
    int ready;                  /* set up; read without the lock */
    struct options opt; /* from the environment; fixed once read, but for the two with setters */
    bool options_read;  /* opt is valid */
    int begun;          /* what must not wait for the first allocation: 1 under way, 2 done */
    const struct goe_copy *other; /* the copy of this library that is in use; null: this one */
    pthread_key_t exit_key;       /* tells when a thread ends */

    bool tsan;     /* the program runs under ThreadSanitizer */
    bool valgrind; /* or under valgrind */

    /* address space */
    bool upwards;                   /* it lies above the program, and new slabs above old ones */
    uintptr_t window;               /* lowest address the slab table covers */
    struct slab **slabs;            /* by (address - window) >> SLAB_SHIFT */
    uintptr_t lo, hi;               /* all slabs lie in here: the first filter of marking */
    struct slab **slab_list;        /* all slabs, in address order */
    uint32_t nslabs;                /* how many */
    uint32_t slab_cap;              /* room in slab_list */
    uint32_t first_free;            /* no slab before this one has a free block */
    struct ranges own;              /* everything mapped here: slabs and tables, sorted, disjoint */
    struct chunk meta;              /* what own_alloc cuts from */
    struct chunk meta_apart;        /* what own_alloc_apart does */
    char *meta_touched;             /* what the collector's thread has touched ahead of need */
    size_t meta_bytes;              /* mapped for tables */
    size_t mapped_bytes;            /* mapped for slabs */
    size_t used_blocks;             /* blocks not in the pool */
    struct slab *spare;             /* descriptions of unmapped slabs */
    char *stock[STOCK];             /* mapped by the collector's thread for slabs to come */
    uint32_t nstock;                /* how many */
    uintptr_t mapped_lo, mapped_hi; /* the ends of what was mapped beside the first slab; 0: none */
    uint64_t mapped_at;             /* when the last slab was, in CPU time of the process */
    bool hasty;                     /* and the one before was mapped shortly before */

    /* layouts */
    uint8_t class_of[2][MAX_CELL / 8 + 2]; /* by alignment 8 or 16 and words of the object */
    uint32_t nclasses;                     /* of each alignment */
    uint32_t class_cell[2][CLASSES];       /* their cells */
    struct kind sized[3][2][CLASSES];      /* as in struct thread */
    struct kind kinds[MAX_KINDS];          /* layouts of descriptors */
    uint32_t nkinds;                       /* how many */
    struct shape shapes[MAX_SHAPES];       /* of all kinds, by number */
    uint32_t nshapes;                      /* how many; the first has no cells */

    /* threads */
    struct thread *threads; /* all that ever allocated, dead ones to be reused */
    struct reserve {
        struct slab *slab; /* for allocation in signal handlers that interrupted the allocator */
        uint32_t next;     /* its next block; atomic, may run over */
    } reserve[2];          /* the second is for when the first is used up */

    /* collections */
    uint64_t allocated; /* bytes handed out in runs since the last collection */
    uint64_t
        floating;  /* of the live bytes, those that probably are not: died while they were marked */
    uint64_t goal; /* bytes in use at which a collection is a full one */
    uint64_t reach;          /* the most bytes of blocks in use of late, slowly forgotten */
    uint64_t reached;        /* when it was looked at last */
    uint64_t share;          /* of the room, for what is allocated between minor ones */
    uint64_t nursery;        /* bytes allocated between minor ones */
    uint64_t least;          /* bytes between any two: minheap, or more where they cost much */
    uint64_t last_end;       /* the process's CPU time at the end of the last one */
    bool next_full;          /* no minor one now */
    uint64_t trigger;        /* collect when allocated reaches it */
    uint64_t room;           /* collect in a stop when allocated reaches it */
    uint64_t hard;           /* while a concurrent collection marks, wait for its end at this */
    volatile uint32_t phase; /* enum phase; changed under the lock; a futex */
    volatile bool cancel;    /* the cycle under way is to end */
    pid_t collector;         /* the thread that collects concurrently; 0: none */
    uint32_t unswept;        /* slabs with that flag */
    uint32_t sweep_at;       /* and none before this in slab_list */
    bool sweep_clean;        /* what they hold is protected, or written and known to be */
    int64_t percent;         /* goe_set_gc_percent */
    uint64_t limit;          /* goe_set_memory_limit */
    uint64_t live;           /* bytes marked in the last collection */
    uint64_t live_objects;   /* likewise, objects */
    uint64_t known_objects;  /* total_objects at the last collection */
    uint64_t total_objects;  /* handed out since the start, less what threads hold */
    uint64_t total_bytes;    /* likewise */
    uint64_t root_bytes;     /* scanned outside of the heap */
    uint64_t root_cost;      /* and what that will be the next time, as far as can be foreseen */
    uint64_t marked_bytes;   /* by the collection under way */
    uint64_t marked_objects; /* likewise */
    uint64_t demoted; /* bytes that had survived one minor collection, and are young in this one */
    uint64_t demoted_objects; /* likewise */
    uint64_t kept;            /* and how many bytes of these survived again, at most */
    bool aging;               /* what survives the next minor collection first is young again */
    struct goe_stats stats;   /* the counters that are kept as such */
    struct range *roots;      /* goe_add_roots, in order of addition */
    size_t nroots;            /* how many */
    size_t roots_cap;         /* room */
    bool asked;               /* it is goe_gc() that collects */
    int in_gc;                /* a collection is under way */

    /* finalizers */
    struct final *finals;         /* open hash table by object */
    size_t nfinals;               /* entries */
    size_t final_cap;             /* slots, a power of two */
    struct final *queue;          /* what is ready to run: a ring */
    size_t queue_head;            /* next to run */
    size_t queue_len;             /* how many */
    size_t queue_cap;             /* room */
    volatile uint32_t queue_news; /* counts up when something is ready; a futex */
    bool final_thread;            /* the thread runs */
    pid_t final_tid;              /* its number */
};

/* What the collector thread does (cycle.c). */
enum phase {
    PHASE_NONE,   /* nothing */
    PHASE_WANTED, /* it has been woken to collect */
    PHASE_MARK,   /* the program runs; slab->work is apart from slab->marks */
    PHASE_SWEEP,  /* all is marked; slabs are being sorted */
};

extern union heap_page {
    struct heap h;                                           /* the state */
    char pad[(sizeof(struct heap) + 65535) / 65536 * 65536]; /* whole pages of any size */
} goe__heap_page;
#define H (goe__heap_page.h)

extern __thread struct thread *goe__self __attribute__((tls_model("initial-exec")));

/* Whether more has been allocated than a cycle under way allows for. */
static inline bool goe__cycle_late(void)
{
    return (H.phase == PHASE_WANTED || H.phase == PHASE_MARK) && H.allocated >= H.hard;
}

/* Sets n bytes. Not by memset: see os.c. */
static inline void goe__fill(void *at, int value, size_t n)
{
#ifdef __x86_64__
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(n) : "a"(value) : "memory");
#else
    for (volatile char *p = at; n-- > 0;)
        *p++ = (char)value;
#endif
}

/* Copies n bytes upwards. */
static inline void goe__copy(void *to, const void *from, size_t n)
{
#ifdef __x86_64__
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
#else
    const char *q = from;
    for (volatile char *p = to; n-- > 0;)
        *p++ = *q++;
#endif
}

/* A word as glibc hides it: mixed up with a secret number, and on x86-64 turned by 17 bits; KEY is what it makes of null
 * (goe__hidden_key). There setjmp saves the frame pointer so, elsewhere as it is. Of addresses 16 bits are known, so nearly
 * all other words are told at once. */
#ifdef __x86_64__
#define MIXED_BITS 0x1fffe
#else
#define MIXED_BITS 0
#endif
static inline bool goe__may_be_mixed(uint64_t w, uint64_t key)
{
    return MIXED_BITS && ((w ^ key) & MIXED_BITS) == 0;
}

static inline uintptr_t goe__unmix(uint64_t w, uint64_t key)
{
    w ^= key;
#ifdef __x86_64__
    w = w >> 17 | w << 47;
#endif
    return w;
}

/* ---- tools.c: sanitizers and valgrind ---- */
void goe__tools_init(void);
bool goe__renew(void *p, size_t bytes);      /* memory gets a new owner; true: it is zero now */
void goe__tools_slab(void *p, size_t bytes); /* a new slab */
void goe__tools_quiet(bool on);              /* marking reads what is not initialised */

/* PAGEMAP_SCAN, Linux 6.7; older headers lack it. */
enum {
    CAT_WRITTEN = 1 << 1, /* pages written since they were protected (gen.c), or never protected */
    CAT_FILE = 1 << 2,    /* of a file, or shared */
    CAT_PRESENT = 1 << 3, /* in memory */
    CAT_SWAPPED = 1 << 4, /* swapped out */
    CAT_PFNZERO = 1 << 5, /* never written: all zero */
    CAT_HUGE = 1 << 6,    /* huge ones */
};
enum {
    PROTECT_MATCHING = 1, /* flag: protects what it reports */
    CHECK_ASYNC = 2,      /* flag: fails, rather than to report nothing, where that cannot be */
};

struct page_region {
    uint64_t start;      /* first byte */
    uint64_t end;        /* one past the last */
    uint64_t categories; /* CAT_... that hold for all its pages */
};

struct pm_scan_arg {
    uint64_t size;                /* of this */
    uint64_t flags;               /* PROTECT_MATCHING, CHECK_ASYNC */
    uint64_t start;               /* where to begin */
    uint64_t end;                 /* where to end */
    uint64_t walk_end;            /* out: how far it came */
    uint64_t vec;                 /* struct page_region [] */
    uint64_t vec_len;             /* its length */
    uint64_t max_pages;           /* 0: no limit */
    uint64_t category_inverted;   /* categories to negate first */
    uint64_t category_mask;       /* all of these must hold */
    uint64_t category_anyof_mask; /* one of these must hold */
    uint64_t return_mask;         /* report these */
};

/* ---- os.c: the kernel ---- */
int goe__open(const char *path); /* to read; fd or negative */
long goe__read(int fd, void *at, size_t n);
void goe__close(int fd);

/* A file open for longer than the program can be trusted to leave its number alone: it may close all that are not
 * its own, and open something else. */
struct file {
    int fd;       /* negative: none */
    uint64_t dev; /* which file it is */
    uint64_t ino;
};
bool goe__file_open(struct file *f, const char *path);
bool goe__file_kept(const struct file *f); /* it is still that file */
void goe__file_close(struct file *f);      /* unless it is another's by now */
void *goe__map(size_t bytes);              /* zeroed pages, or null */
void goe__unmap(void *p, size_t bytes);
void *goe__map_slabs(size_t count, bool huge); /* aligned to SLAB_SIZE, or null; entered in H.own */
void goe__unmap_slabs(void *p, size_t count);
void *goe__own_alloc(size_t bytes); /* zeroed, 64-aligned, never freed; or null */
/* Likewise, for what the collector's thread is the first to touch: no other waits until the kernel has cleared a huge page
 * of it. */
void *goe__own_alloc_apart(size_t bytes);
char *goe__own_ahead(void); /* what own_alloc will use next: touched in time, nobody waits for it */
void *goe__own_map(size_t bytes); /* pages entered in H.own, or null */
void goe__own_unmap(void *p, size_t bytes);
bool goe__ranges_init(struct ranges *r);
bool goe__ranges_add(struct ranges *r, uintptr_t lo, uintptr_t hi); /* no memory: false */
void goe__die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void goe__say(const char *format, ...) __attribute__((format(printf, 1, 2)));
long goe__futex(volatile uint32_t *at, int op, uint32_t value, const struct timespec *timeout);
void goe__lock(struct thread *t); /* t: made busy once the lock is held; may be null */
bool goe__unlock(void);           /* but stay busy; whether somebody waited, perhaps */
uint64_t goe__now(void);          /* monotonic ns */
uint64_t goe__cpu(void);          /* CPU ns of this thread */
uint64_t goe__process_cpu(void);  /* and of all threads */
void goe__settle(void);           /* the program allocates much: memory that is cheap to use */

/* ---- heap.c: slabs, blocks, large objects ---- */
void goe__heap_init(void);
struct block *goe__block_take(struct kind *k); /* from the pool or new; null: no memory */
struct slab *goe__slab_reserve(void);
void goe__block_free(struct slab *s, uint32_t slot);
void *goe__large_alloc(size_t size, size_t align, const struct kind *layout, uint32_t period,
                       bool zero);
void goe__sweep_begin(void); /* after marking, world stopped */
void goe__sweep(bool minor); /* all slabs, world stopped */
bool goe__sweep_next(void);  /* one slab more; false: there was none left */
void goe__kind_setup(struct kind *k, uint32_t cell, uint32_t align, uint8_t mode, uint32_t nwords,
                     uint64_t map);
struct kind *goe__kind_intern(uint32_t cell, uint32_t align, uint8_t mode, uint32_t nwords,
                              uint64_t map);
uint32_t goe__slab_use(struct slab *s, uint32_t slot,
                       uint32_t n); /* mark blocks used; dirty ones */

static inline struct slab *goe__slab_at(uintptr_t p)
{
    uintptr_t off = p - H.window;
    return off < (uintptr_t)WINDOW_SLABS << SLAB_SHIFT ? H.slabs[off >> SLAB_SHIFT] : NULL;
}

static inline char *goe__block_base(const struct slab *s, uint32_t slot)
{
    return s->base + ((size_t)slot << BLOCK_SHIFT);
}

static inline struct slab *goe__block_slab(struct block *b)
{
    return (struct slab *)((char *)(b - b->slot) - offsetof(struct slab, blocks));
}

/* The object an address lies in. */
struct object {
    struct slab *slab;   /* its slab; for large objects that of the first block */
    struct block *block; /* its block, likewise */
    uint32_t cell;       /* its number in there */
    char *base;          /* its first byte */
};
bool goe__resolve(uintptr_t p, struct object *out); /* false: in no object */
size_t goe__object_size(const struct object *o);

void goe__trim(uint64_t room); /* keeps so much of what is free */
bool goe__stock_wanted(void);

/* ---- alloc.c ---- */
void goe__cursors_reset(struct thread *t); /* give all runs up */
void goe__cursors_drop(void); /* those of all threads, and threads that are gone; world stopped */
uint64_t goe__handed_out(const struct thread *t, uint64_t *objects); /* of its runs, in bytes */

/* ---- tasks.c: what /proc says of the threads ---- */
struct tasks {
    int fd;                      /* negative: not open */
    size_t count;                /* of threads, as the kernel has it; 0: it does not say */
    long have;                   /* bytes of text */
    long at;                     /* of these, how many have been looked at */
    _Alignas(8) char text[2048]; /* the kernel's entries */
};
bool goe__tasks_begin(
    struct tasks *l); /* from the first; opens the list if need be. False: it cannot be */
pid_t goe__tasks_next(struct tasks *l); /* 0: there are no more, -1: the list cannot be read */
void goe__tasks_close(struct tasks *l);
bool goe__tasks_ended(void);    /* of those of the program, all have */
bool goe__task_gone(pid_t tid); /* or runs nothing of the program, and never will */
bool goe__task_of_emulator(
    pid_t tid); /* likewise: it has all signals blocked but those of its own faults */
void goe__task_name(pid_t tid, char *name, size_t n); /* "?": it cannot be known */

/* ---- threads.c ---- */
struct thread *goe__thread(void);  /* this thread's, made if need be */
void goe__enter(struct thread *t); /* busy, lock */
void goe__leave(struct thread *t); /* unlock, not busy */
bool goe__stop_world(void);        /* false: a thread cannot be stopped now */
void goe__start_world(void);
struct stopped *goe__stopped(size_t i); /* the i-th of them, null at the end */
bool goe__may_be_in_handler(void);
void goe__threads_wait(volatile uint32_t *at, uint32_t value); /* as the runtime's own threads do */
bool goe__home_init(void);                                     /* once, while the world runs */
bool goe__borrowed(
    void); /* in a child of vfork, say: the threads of this memory are not all ours */
void goe__stop_answer(void);
void goe__threads_init(void);
void goe__threads_child(void); /* in a forked child: only this one is left */
pid_t goe__tid(void);
void goe__threads_reap(void); /* drop the structs of threads that are gone; world stopped */

/* ---- walk.c: the way of marking that is faster here; as steady times of goe__now() ---- */
enum { WALK_SAMPLE = 1024 }; /* objects between two looks */

struct walk {
    bool alone;        /* one structure at a time */
    bool trial;        /* this is a sample of the way that is not taken otherwise */
    uint32_t left;     /* objects until the next look; for whoever marks */
    uint32_t wait;     /* samples before a trial */
    uint32_t patience; /* what wait begins with */
    uint64_t since;    /* when the sample began or went on */
    uint64_t spent;    /* ns on it before */
    uint64_t cost;     /* ns for a sample of late, the usual way; 0: not known */
};
void goe__walk_init(struct walk *w);
void goe__walk_resume(struct walk *w, uint64_t now);
void goe__walk_pause(struct walk *w, uint64_t now);
bool goe__walk_turn(struct walk *w, uint64_t now); /* after a sample: alone, from now on? */

/* ---- mark.c ---- */
void goe__mark_begin(bool concurrent);
uint64_t goe__marked_so_far(void); /* cells */
bool goe__mark_failed(void);       /* cancelled, or without memory: marks are not complete */
void goe__mark_cancel(void);       /* from another thread, with the lock held */
void goe__mark_running(bool on);   /* the program does; else the lock is held and it stands still */
void goe__mark_again(void);        /* most that is found has been found before */
void goe__mark_check(bool on);     /* from now on, what is pushed must be marked already */
/* Conservatively, each aligned word; whether one was an address of the heap. */
bool goe__mark_range(uintptr_t lo, uintptr_t hi);
bool goe__mark_checks(void); /* see goe__mark_check() */
void goe__mark_word(uintptr_t w);
void goe__mark_drain(void);
void goe__mark_children(const struct object *o);
void goe__mark_cells(struct slab *s, uint32_t slot, uint32_t from,
                     uint32_t to); /* of those marked */
bool goe__is_marked(const struct object *o);
void goe__mark_end(void);

/* ---- maps.c: the memory map; with the lock held, and no cycle under way ---- */
bool goe__maps_end(uintptr_t at, uintptr_t *end); /* of the root that AT is in, when last looked */

/* ---- pages.c: which pages there are ---- */
long goe__pagemap_scan(struct pm_scan_arg *arg); /* during a collection; negative errno */
/* Likewise, but moves arg->start behind what has been looked at: call it until that is the end, or it fails. */
long goe__pagemap_next(struct pm_scan_arg *arg);
/* Copies memory that may not be there: bytes, or -1 and errno. */
ssize_t goe__copy_memory(void *at, uintptr_t lo, size_t n);
void *goe__pages_buffer(size_t *room); /* bytes to use while nobody collects; or null */

/* ---- roots.c: what is looked at ---- */
bool goe__roots_init(void); /* once, while the world runs */
bool goe__roots_find(void); /* false: the memory map cannot be read: free nothing */
void goe__roots_done(void);
void goe__roots_mark(uintptr_t sp); /* sp: the collecting thread's */
void goe__roots_mark_stacks(void);  /* world stopped: pushes what threads' own stacks hold */
void goe__roots_mark_running(void); /* the rest, while the program runs: a first guess */
void goe__roots_child(void);

/* ---- foreign.c: memory of the program's that need not be read again ---- */
enum { FOREIGN_PART = 2 << 20 };

/* Marks what the words of pages point to; whether there were any addresses of the heap. */
typedef bool goe__reader(const void *area, uintptr_t lo, uintptr_t hi, bool present);

void goe__foreign_begin(bool all);
void goe__foreign_end(void);
void goe__foreign_child(void);
bool goe__foreign_on(void);
bool goe__foreign_part(uintptr_t at, uintptr_t lo, uintptr_t hi, goe__reader *read,
                       const void *area);
bool goe__foreign_peek(uintptr_t at, goe__reader *read, const void *area);

/* ---- hidden.c: what the kernel and libc hold and do not show; during a collection ---- */
uint64_t goe__hidden_key(void);
bool goe__hidden_any(void);     /* whether there are closures: else there is nothing to do */
void goe__hidden_signals(void); /* marks signal handlers */
/* Marks what they are when turned back; whether that was any address of the heap. */
bool goe__hidden_words(uintptr_t from, uintptr_t to);

/* ---- collect.c ---- */
void goe__collect(struct thread *t, const char *why, bool full); /* with the lock held */
void goe__init(void);                                            /* once, before anything else */
void goe__init_process(void);          /* what must not wait for the first allocation */
void goe__collect_account(bool minor); /* world stopped, all marked */
void goe__note_pause(uint64_t ns);
void goe__trace(const char *why, uint64_t start, uint64_t stopped, uint64_t marked, uint64_t end,
                uint64_t before);
void goe__pace(bool minor);
void goe__give_back(bool all); /* after a full collection, world running */

/* ---- cycle.c: concurrent collections; all with the lock held ---- */
bool goe__cycle_due(struct thread *t); /* sees to it that one is under way; false: not possible */
void goe__cycle_wait(void);            /* without the lock: while it is late */
void goe__cycle_cancel(struct thread *t); /* nothing is under way afterwards */
void goe__cycle_child(void);
void goe__cycle_stock(void);        /* a slab was mapped, or taken from the stock */
bool goe__cycle_possible(void);     /* here and now */
void goe__cycle_guess(uint64_t ns); /* a full collection in a stop has marked for so long */
void goe__cycle_paced(void);        /* the next collection has been planned */
bool goe__over_limit(size_t more);  /* taking `more` bytes would break the limit */

/* ---- gen.c: minor collections ---- */
bool goe__gen_ready(void);
bool goe__gen_register(uintptr_t lo, uintptr_t hi); /* notes writes to it, once it is protected */
bool goe__gen_watch_all(void);                      /* false: not all slabs can be */
void goe__gen_new(struct slab *s);                  /* a slab was mapped */
void goe__gen_collapse(struct slab *s, unsigned *most, bool beside);
uint64_t goe__gen_expected(uint64_t bytes); /* how many of these survive, going by the last time */
size_t goe__gen_round(struct slab *s, bool scan); /* protects written pages; their bytes */
void goe__gen_clean(
    struct slab *s); /* its marked objects are old, its pages protected or written */
bool goe__gen_pays(void);
bool goe__gen_paid(void);
void goe__gen_mark_dirty(void);
void goe__gen_demote(void); /* before marking for a minor one */
void goe__gen_aged(void);   /* after sweeping for one */
void goe__gen_open_roomy(void);
void goe__gen_protect(bool renew);
void goe__gen_release(struct slab *s, uint32_t slot);
void goe__gen_outcome(uint64_t allocated, uint64_t survived);
void goe__gen_child(void);

/* ---- final.c ---- */
void goe__final_mark(void);             /* after marking from the roots */
void goe__final_roots(void);            /* the queue and the arguments */
void goe__final_wake(struct thread *t); /* after the world runs again; with the lock */
void goe__final_child(void);            /* in a forked child */

/* ---- closure.c ---- */

/* The words of a thunk: function and chain. They take half the room of the code. */
static inline void **goe__closure_words(char *thunk)
{
    return (void **)(void *)(thunk + CLOSURE_APART - ((uintptr_t)thunk & (BLOCK_SIZE - 1)) / 2);
}
void goe__closure_block(struct block *b); /* writes the code of fresh thunks */
/* The code of a thunk whose words lie APART bytes further up, for each architecture: any can be written, and
 * tested, on any. */
void goe__thunk_x86_64(unsigned char code[CLOSURE_CELL], uint32_t apart);
void goe__thunk_aarch64(unsigned char code[CLOSURE_CELL], uint32_t apart);

/* ---- copies.c: several copies of this library in one process ---- */

/* What one copy asks of another, of the same version: functions of the public interface and of the ABI. */
struct goe_copy {
    uint32_t version; /* GOE_ABI_VERSION; changes with this struct, too */
    bool in_use;      /* it has been chosen: changed while the list of loaded objects is locked */
    void *(*refill)(uint64_t key);
    void *(*new_array)(const struct __goe_type *type, size_t bytes);
    void *(*make_typed)(const struct __goe_type *type, size_t n);
    void *(*new_zero)(size_t size, size_t align, const char *type, ...);
    void *(*closure)(void *fn, void *chain);
    void (*gc)(void);
    int (*set_gc_percent)(int percent);
    size_t (*set_memory_limit)(size_t bytes);
    void (*add_roots)(void *p, size_t n);
    void (*remove_roots)(void *p, size_t n);
    void (*set_finalizer)(void *p, void (*fn)(void *p, void *arg), void *arg);
    void (*stats)(struct goe_stats *out);
};
const struct goe_copy *goe__copies_find(void);

/* Who is to be asked instead; null: nobody. */
static inline const struct goe_copy *goe__elsewhere(void)
{
    if (likely(goe__self != NULL))
        return NULL;
    goe__init_process();
    return H.other;
}

/* ---- options.c ---- */
void goe__options_read(void);
void goe__stats_print(void);

/* ---- verify.c ---- */
void goe__verify(uintptr_t sp); /* world stopped, marks complete; sp as for goe__roots_mark() */

#endif

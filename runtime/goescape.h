/* SPDX-License-Identifier: BSL-1.0
 *
 * goescape.h: the public face of libgoescape, a garbage-collected heap for ordinary C programs.
 *
 * Idea: memory from here need not be freed. An object lives as long as anything in the process
 * points at it or into it (also one past its end): a register or the stack of any thread, a global,
 * thread-local storage, malloc'ed or mmap'ed memory, or another such object. The collector starts by
 * itself; objects never move, so their addresses may be handed to any library.
 *
 *     struct user *u = goe_new(struct user);     // zeroed, like Go's new(user)
 *     int *squares = goe_make(int, 10);          // ten zeroed ints, like Go's make([]int, 10)
 *
 * With the goescape plugin the same calls stay on the stack where they can, and locals whose address
 * outlives their function come here by themselves.
 *
 * All functions may be called from any thread, and the allocating ones also from signal handlers. They
 * do not fail: with no memory left they print one line and abort. GOESCAPE=help=1 in the environment
 * prints what can be set there.
 */
#ifndef GOESCAPE_H
#define GOESCAPE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define GOE_ALIGNOF(T) alignof(T)
#else
#define GOE_ALIGNOF(T) _Alignof(T)
#endif

/* ---- Attributes: what the plugin is told about a declaration; nothing without the plugin. ---- */

#ifdef __GOESCAPE__
#define goe_noescape __attribute__((goe_noescape)) /* parameter: not kept after the call */
#define goe_escapes  __attribute__((goe_escapes))  /* parameter: kept */
#define goe_stack    __attribute__((goe_stack))    /* variable: an error if it must move */
#define goe_heap     __attribute__((goe_heap))     /* variable: always on the heap */
#define goe_nocheck  __attribute__((goe_nocheck))  /* function: left alone */
#else
#define goe_noescape
#define goe_escapes
#define goe_stack
#define goe_heap
#define goe_nocheck
#endif

#pragma GCC visibility push(default)

/* ---- Allocation ---- */

/* A zeroed object of type T / array of n objects of type T. n * sizeof(T) out of range aborts with a
 * clear message. Complexity: constant, amortised over collections. */
#ifdef __GOESCAPE__
#define goe_new(T) ((T *)__goe_new_zero(sizeof(T), GOE_ALIGNOF(T), #T, (T *)0))
#else
#define goe_new(T) ((T *)__goe_new_zero_inline(sizeof(T), GOE_ALIGNOF(T), #T))
#endif
#define goe_make(T, n) ((T *)__goe_make((n), sizeof(T), GOE_ALIGNOF(T), #T, (T *)0))

/* `size` zeroed bytes, aligned as malloc aligns, every word of which may hold a pointer. */
void *goe_alloc(size_t size);

/* ---- Control ---- */

/* Collects now, completely; what was unreachable at the call is free afterwards. */
void goe_gc(void);

/* The heap may grow by `percent` % of what was live before the next collection (Go's GOGC; 100 is the
 * default); a negative value turns automatic collection off. Returns the old value. */
int goe_set_gc_percent(int percent);

/* The heap never grows beyond `bytes` (0: no limit, the default): a collection comes first, and if that
 * does not help the program stops with a message. Returns the old limit. */
size_t goe_set_memory_limit(size_t bytes);

/* `p` is alive at least until here. */
static inline void goe_keep_alive(const void *p)
{
    __asm__ volatile("" : : "g"(p) : "memory");
}

/* Also scan [p, p + n) for pointers. Needed only for memory the collector cannot find by itself, such as
 * device mappings. Removing takes the same p and n. */
void goe_add_roots(void *p, size_t n);
void goe_remove_roots(void *p, size_t n);

/* Once `p` (the start of an object from this heap) is unreachable, fn(p, arg) runs once, on a thread that
 * exists for this, and p is alive until fn returns. Where finalizable objects point to one another the
 * referring one goes first; in a cycle none does (as in Go). A null fn takes the finalizer back. Setting
 * one again replaces it. Not from signal handlers. Finalizers do not run at exit. */
void goe_set_finalizer(void *p, void (*fn)(void *p, void *arg), void *arg);

/* ---- Statistics ---- */

struct goe_stats {
    uint64_t collections; /* finished collections, of all kinds */
    uint64_t minor;       /* those of them that looked at young objects only */
    uint64_t
        allocated_bytes; /* handed out since the start, exact up to what threads hold in reserve */
    uint64_t allocated_objects; /* likewise, in objects */
    uint64_t live_bytes;        /* reachable at the end of the last collection */
    uint64_t live_objects;      /* likewise, in objects */
    uint64_t freed_bytes;       /* found unreachable so far */
    uint64_t freed_objects;     /* likewise, in objects */
    uint64_t heap_bytes;        /* mapped for objects now */
    uint64_t meta_bytes;        /* mapped for the collector's own tables */
    uint64_t root_bytes;        /* scanned outside the heap in the last collection */
    uint64_t pause_total_ns;    /* time the program stood still, all collections together */
    uint64_t pause_max_ns;      /* the longest of these */
    uint64_t finalizers_run;    /* finalizers that returned */
};

void goe_stats(struct goe_stats *out);

/* ---- What compiled code calls: the ABI, see docs/abi.md ---- */

#define GOE_ABI_VERSION 3

/* One per distinct type of a unit, emitted by the plugin; read-only and as long-lived as the unit. */
struct __goe_type {
    uint64_t size;          /* bytes of one object */
    uint32_t align;         /* its alignment in bytes, a power of two */
    uint32_t nwords;        /* leading 8-byte words that may hold pointers; 0: never scanned */
    const uint64_t *ptrmap; /* bit i set: word i may hold a pointer; null: each of the nwords may */
};

void *__goe_new(const struct __goe_type *type);                     /* pointer words zeroed */
void *__goe_new_small(uint64_t key, size_t size);                   /* likewise; see below */
void *__goe_new_zeroed(uint64_t key, size_t size);                  /* likewise, but all zero */
void *__goe_new_array(const struct __goe_type *type, size_t bytes); /* likewise; elements of type */
void *__goe_new_zero(size_t size, size_t align, const char *type, ...);
void *__goe_make(size_t n, size_t size, size_t align, const char *type, ...);
void *__goe_new_typed(const struct __goe_type *type);            /* zeroed */
void *__goe_make_typed(const struct __goe_type *type, size_t n); /* zeroed */
void *__goe_closure(void *fn, void *chain); /* code that calls fn with its static chain = chain */
void __goe_init(unsigned abi_version, const char *unit);

/* The fast path of allocation, inlined. A small layout has a key that says all of it: the size (14 bits),
 * whether it is aligned to 16 bytes rather than 8, and which of the first 48 words may hold pointers; or, with
 * bit 63, that the first so many do. A thread has a cursor for a key at a place that follows from the key. */
enum { __GOE_CURSORS = 128, __GOE_KEY_WORDS = 48, __GOE_SMALL = 256 };
#define __GOE_KEY_ALL ((uint64_t)1 << 63)

/* Not where size matters more, nor where a tool watches each access. */
#if defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__) && !defined(__SANITIZE_ADDRESS__) &&      \
    !defined(__SANITIZE_THREAD__)
#define __GOE_INLINE 1
#else
#define __GOE_INLINE 0
#endif

struct __goe_cursor {
    volatile uint64_t key;    /* what it is for */
    volatile uintptr_t bump;  /* the end of the free cells; the next one handed out ends there */
    volatile uintptr_t limit; /* where they begin; above any address: there are none */
    volatile uint64_t cell;   /* bytes from one to the next, more than the object has */
    uint64_t reserved[4];     /* the runtime's */
};

struct __goe_local {
    volatile int busy; /* the thread is inside the allocator: a signal handler must not follow */
    int reserved[15];  /* the runtime's */
    struct __goe_cursor cursors[__GOE_CURSORS];
};

/* The calling thread's; before its first allocation one that is busy. */
__extension__ extern __thread struct __goe_local *__goe_self
    __attribute__((tls_model("initial-exec")));

/* A cell of the layout, not zeroed, by the way that always works. */
void *__goe_refill(uint64_t key);

static inline __attribute__((always_inline)) uint64_t __goe_key(uint64_t size, uint64_t align,
                                                                uint64_t map)
{
    return (size | (uint64_t)(align > 8) << 14) + (map << 15);
}

static inline __attribute__((always_inline)) uint32_t __goe_slot(uint64_t key)
{
    return (uint32_t)(key * 0x9E3779B97F4A7C15u >> 57);
}

/* Bytes from one cell to the next where the key tells them: of a layout with pointers. 0: the cursor does. A cell is
 * larger than its object, so that the address one past the end is in it. */
static inline __attribute__((always_inline)) uint64_t __goe_cell(uint64_t size, uint64_t align,
                                                                 uint64_t map)
{
    return !map ? 0 : align > 8 ? (size + 16) & ~(uint64_t)15 : (size + 8) & ~(uint64_t)7;
}

/* The next cell of this thread's run for the key, or null. A handler that interrupts it finds busy set; a
 * collection that stops the thread in between finds the cell in a register, or leaves limit above it. cell:
 * what __goe_cell() says. */
static inline __attribute__((always_inline)) void *__goe_take(uint64_t key, uint64_t cell)
{
    struct __goe_local *l = __goe_self;
    struct __goe_cursor *c = &l->cursors[__goe_slot(key)];

    if (__builtin_expect(l->busy, 0))
        return (void *)0;
    l->busy = 1;
    if (__builtin_expect(c->key == key, 1)) {
        uintptr_t at = c->bump - (cell ? cell : c->cell);
        __asm__ volatile("" : "+r"(at)); /* from here on in a register: not to be computed later */
        if (__builtin_expect(at >= c->limit, 1)) {
            c->bump = at;
            l->busy = 0;
            if (!at)
                __builtin_unreachable(); /* spares whoever tests it */
            return (void *)at;
        }
    }
    l->busy = 0;
    return (void *)0;
}

/* A cell of the layout, not zeroed and never null: the next one, or by __goe_refill. cell: as above. */
static inline __attribute__((always_inline)) void *__goe_get(uint64_t key, uint64_t cell)
{
    void *p = __goe_take(key, cell);

    return __builtin_expect(p != (void *)0, 1) ? p : __goe_refill(key);
}

/* __goe_new and __goe_new_zero, inlined where the layout is small and known when compiling. */
static inline __attribute__((always_inline)) void *__goe_new_inline(const struct __goe_type *type)
{
#if __GOE_INLINE
    if (__builtin_constant_p(type->size) && type->size <= __GOE_SMALL && type->size &&
        type->align <= 16 && type->nwords <= __GOE_SMALL / 8) {
        uint64_t map = !type->nwords ? 0
                                     : (type->ptrmap ? type->ptrmap[0] : ~(uint64_t)0) &
                                           (~(uint64_t)0 >> (64 - type->nwords));
        uint64_t key = __goe_key(type->size, type->align, map);
        void *p = __goe_get(key, __goe_cell(type->size, type->align, map));
        __builtin_memset(p, 0, type->nwords * sizeof(uint64_t));
        return p;
    }
#endif
    return __goe_new(type);
}

static inline __attribute__((always_inline)) void *__goe_new_zero_inline(size_t size, size_t align,
                                                                         const char *name)
{
#if __GOE_INLINE
    if (__builtin_constant_p(size) && size <= __GOE_SMALL && size && align <= 16) {
        uint64_t key = __goe_key(size, align, (uint64_t)1 << size / 8) - ((uint64_t)1 << 15);
        return __builtin_memset(__goe_get(key, __goe_cell(size, align, size / 8)), 0, size);
    }
#endif
    return __goe_new_zero(size, align, name);
}

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif
#endif

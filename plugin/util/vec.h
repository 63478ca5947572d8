/* Vector: a growable array of any type, in the storage of its owner.
 *
 *     VEC(int) v = {0};
 *     vec_push(&v, 7);
 *     for (uint32_t i = 0; i < v.len; i++) use(v.at[i]);
 *     vec_free(&v);
 *
 * Elements move when the vector grows: keep indices, not pointers. Amortised O(1) push.
 */
#ifndef ESC_VEC_H
#define ESC_VEC_H

#include "arena.h"

#include <stddef.h>
#include <stdint.h>

#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *at;        /* the elements */                                                           \
        uint32_t len; /* how many are in use */                                                    \
        uint32_t cap; /* how many fit before it must grow */                                       \
    }

/* Makes room for one more element of ELEM bytes; aborts when memory is out. */
void *vec_grow(void *at, uint32_t *cap, size_t elem);

#define vec_reserve_one(v)                                                                         \
    ((v)->len == (v)->cap ? (void)((v)->at = vec_grow((v)->at, &(v)->cap, sizeof *(v)->at))        \
                          : (void)0)
#define vec_push(v, x) (vec_reserve_one(v), (v)->at[(v)->len++] = (x))
/* The same for a vector in arena A, which is never freed by itself. */
void *vec_grow_in(struct arena *a, const void *at, uint32_t *cap, uint32_t len, size_t elem);
#define vec_push_in(a, v, x)                                                                       \
    ((v)->len == (v)->cap                                                                          \
         ? (void)((v)->at = vec_grow_in((a), (v)->at, &(v)->cap, (v)->len, sizeof *(v)->at))       \
         : (void)0,                                                                                \
     (v)->at[(v)->len++] = (x))
#define vec_last(v) ((v)->at[(v)->len - 1])
#define vec_free(v)                                                                                \
    ((v)->cap ? vec_release((v)->at, (v)->cap * sizeof *(v)->at) : (void)0, (v)->at = NULL,        \
     (v)->len = (v)->cap = 0)

/* Frees the SIZE bytes behind a vector. */
void vec_release(void *at, size_t size);

#endif

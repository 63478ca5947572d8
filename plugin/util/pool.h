/* Pool: blocks that come and go. See pool.c. */
#ifndef ESC_POOL_H
#define ESC_POOL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How large a block for SIZE bytes (not 0) is: at least that, less than twice that or 32. */
size_t pool_size(size_t size);
/* A block of pool_size(SIZE) bytes that hold anything, aligned for any object; never NULL (aborts when
 * memory is out). O(1). Not thread-safe. */
void *pool_take(size_t size);
/* Gives back P, which was taken for SIZE bytes, or for any size of the same pool_size. */
void pool_give(void *p, size_t size);
/* The block P of SIZE bytes, moved to one for BIGGER bytes, more than pool_size(SIZE). */
void *pool_move(void *p, size_t size, size_t bigger);
/* Hands free memory, of the pool and of malloc, back to the system where the C library can (glibc). Takes
 * milliseconds: for the end of a unit. */
void pool_trim(void);

#ifdef __cplusplus
}
#endif

#endif

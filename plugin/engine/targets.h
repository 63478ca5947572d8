/* Which functions a call through a pointer may reach. See targets.c. */
#ifndef ESC_TARGETS_H
#define ESC_TARGETS_H

#include "ir.h"

enum {
    TARGETS_ALL,      /* set of every function whose address is taken */
    TARGETS_ANYWHERE, /* set of what slot ESC_SLOT_ANYWHERE holds */
};
enum { NO_CLASS = UINT32_MAX };

/* Works out what every slot may hold and makes every class there will be. Once, before anything else. */
void targets_make(struct esc_unit *);
void targets_free(struct esc_unit *);
/* The set of what SLOT may hold. */
uint32_t targets_of(const struct esc_unit *, uint32_t slot);
/* The class of functions of the set TARGETS that fit SIGNATURE. It exists for each pair of an indirect
 * call, for the signature of each function with TARGETS_ALL, and for signature 0 with TARGETS_ALL. */
uint32_t class_find(const struct esc_unit *, uint32_t signature, uint32_t targets);
/* call.c: true if calls of the class see symbol SYM, a member, only in the merge. */
bool call_merges(const struct esc_unit *, const struct esc_class *, uint32_t sym);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runtime_abi.h: what rewritten code calls, as GCC's trees. The names and types are those of
   docs/abi.md, ABI version 3. */
#ifndef GOE_RUNTIME_ABI_H
#define GOE_RUNTIME_ABI_H

/* The functions of the runtime, by what the rewriter uses them for. */
enum runtime_function {
    RT_NEW,        /* void *__goe_new (const struct __goe_type *, size_t size) */
    RT_NEW_ARRAY,  /* void *__goe_new_array (const struct __goe_type *, size_t bytes) */
    RT_NEW_TYPED,  /* void *__goe_new_typed (const struct __goe_type *) */
    RT_MAKE_TYPED, /* void *__goe_make_typed (const struct __goe_type *, size_t n) */
    RT_NEW_SMALL,  /* void *__goe_new_small (uint64_t key, size_t size) */
    RT_NEW_ZEROED, /* void *__goe_new_zeroed (uint64_t key, size_t size) */
    RT_CLOSURE,    /* void *__goe_closure (void *fn, void *chain) */
    RT_INIT,       /* void __goe_init (unsigned abi_version, const char *unit) */
    RT_COUNT
};

/* The declaration of a function of the runtime; noting that this unit needs the runtime. */
tree runtime_decl(runtime_function which);

/* A pointer to the descriptor (static const struct __goe_type) of objects of TYPE aligned to ALIGN
   bytes. A type of unknown size gets the descriptor of one word that may hold a pointer. */
tree type_descriptor(tree type, unsigned align);

/* A call that makes one object of TYPE, SIZE bytes long: its pointer words are zero, or all of it. */
gcall *new_object_call(tree type, unsigned align, tree size, bool zeroed);

/* Adds the constructor that calls __goe_init, if any call to the runtime was made. Once a unit. */
void finish_runtime_use(void);

#endif

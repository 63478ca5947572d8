/* SPDX-License-Identifier: BSL-1.0
 *
 * copies.c: one process, one heap, however many copies of this library there are.
 *
 * Idea: a program may have the archive inside, and open a library that has it inside, too, or that brings the
 * shared one along. Each copy would stop all threads by the same signal, and know nothing of the other's heap
 * but that it is memory. So the first copy that is needed serves all, and the others pass on what they are asked for.
 * Copies find each other by an ELF note, in any order, whatever symbols are exported.
 *
 * Invariants: at most one copy is in use, which is decided while the dynamic linker's list of objects is locked; no
 * thread is ever attached to a copy that is not (its goe__self stays null, __goe_self stays "busy"), so each
 * request comes by where it is passed on. The copy in use is never unloaded.
 *
 * Worked example: main, which has the archive, allocates: no object's note tells of a copy in use, so this one is.
 * A plugin with its own archive is opened, and its constructor calls its own __goe_init: the note of the program leads
 * to a copy in use, so the plugin's __goe_new calls the program's.
 *
 * What cannot be seen this way are copies in other namespaces of the dynamic linker (dlmopen), each with a libc of its
 * own: who finds the other's handler at its signal stops the program with a message (threads.c).
 */
#include "internal.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

/* The note is not followed to this but by other copies. */
__attribute__((used, visibility("hidden"))) struct goe_copy goe__copy_here = {
    .version = GOE_ABI_VERSION,
    .refill = __goe_refill,
    .new_array = __goe_new_array,
    .make_typed = __goe_make_typed,
    .new_zero = __goe_new_zero,
    .closure = __goe_closure,
    .gc = goe_gc,
    .set_gc_percent = goe_set_gc_percent,
    .set_memory_limit = goe_set_memory_limit,
    .add_roots = goe_add_roots,
    .remove_roots = goe_remove_roots,
    .set_finalizer = goe_set_finalizer,
    .stats = goe_stats,
};

enum { NOTE_TYPE = 0x676f6531 };
#define NOTE_NAME "goescape"

__asm__(".pushsection .note.goescape, \"a\", %note\n"
        "\t.balign 4\n"
        "\t.long 9, 4, 0x676f6531\n"
        "\t.asciz \"goescape\"\n"
        "\t.balign 4\n"
        "\t.long goe__copy_here - .\n"
        "\t.popsection\n");

/* What the search has found. */
struct search {
    struct goe_copy *other; /* the copy in use; null: none */
    const char *file;       /* the object that this copy is in; null: not a library */
};

/* The copy that a segment of notes tells of, or null. */
static struct goe_copy *in_notes(const char *at, size_t size, size_t align)
{
    const char *end = at + size;
    while (end - at >= 12) {
        uint32_t head[3]; /* bytes of the name, bytes of the description, type */
        memcpy(head, at, sizeof head);
        size_t name = (head[0] + align - 1) & ~(align - 1);
        size_t rest = (head[1] + align - 1) & ~(align - 1);
        const char *description = at + 12 + name;
        if (name + rest > (size_t)(end - at) - 12)
            return NULL;
        if (head[2] == NOTE_TYPE && head[0] == sizeof NOTE_NAME && head[1] == 4 &&
            memcmp(at + 12, NOTE_NAME, sizeof NOTE_NAME) == 0) {
            int32_t away;
            memcpy(&away, description, sizeof away);
            return (struct goe_copy *)(uintptr_t)(description + away);
        }
        at = description + rest;
    }
    return NULL;
}

static int look_at(struct dl_phdr_info *info, size_t size, void *into)
{
    struct search *s = into;
    (void)size;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_NOTE)
            continue;
        const char *notes = (const char *)(uintptr_t)(info->dlpi_addr + p->p_vaddr);
        struct goe_copy *copy = in_notes(notes, p->p_memsz, p->p_align == 8 ? 8 : 4);
        if (copy == &goe__copy_here) {
            s->file = info->dlpi_name && *info->dlpi_name ? info->dlpi_name : NULL;
            copy->in_use = !s->other; /* until another turns up: nobody else is looking meanwhile */
        } else if (copy && copy->in_use) {
            s->other = copy;
            goe__copy_here.in_use = false;
        }
    }
    return 0;
}

#pragma GCC visibility push(default)
void *dlsym(void *handle, const char *name) __attribute__((weak)); /* not in a static program */
#pragma GCC visibility pop

/* A library that is closed is unloaded, unless somebody said that it must not be. Handlers, thunks and threads are in this
 * one. */
static void stay(const char *file)
{
    /* By its name alone, or the linker of every static program would warn of it. */
    void *(*open)(const char *, int) = dlsym ? dlsym(RTLD_DEFAULT, "dlopen") : NULL;
    if (file && open)
        open(file, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

/* Decides, once for a process, whether this copy is the one in use, and returns the one that is; null: this. */
const struct goe_copy *goe__copies_find(void)
{
    struct search s = {NULL, NULL};
    dl_iterate_phdr(look_at, &s);
    if (!s.other) {
        goe__copy_here.in_use = true;
        stay(s.file);
    } else if (s.other->version != GOE_ABI_VERSION) {
        goe__die(
            "there are two versions of the goescape runtime in this process, %u and %u: link all its parts "
            "with the same one",
            s.other->version, (unsigned)GOE_ABI_VERSION);
    }
    return s.other;
}

/* A library with a copy of the runtime of another version that is in use, so far as others can see. */
#include <stdint.h>

__attribute__((used, visibility("hidden"))) struct {
    uint32_t version;
    _Bool in_use;
} goe__copy_here = {1, 1};

__asm__(".pushsection .note.goescape, \"a\", %note\n"
        "\t.balign 4\n"
        "\t.long 9, 4, 0x676f6531\n"
        "\t.asciz \"goescape\"\n"
        "\t.balign 4\n"
        "\t.long goe__copy_here - .\n"
        "\t.popsection\n");

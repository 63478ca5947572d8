/* Invariant: an object stays as long as its only pointer is anywhere a C program may keep one. */
#include "runtime_probe.h"

#include <pthread.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <unistd.h>

static void *in_bss[PROBES];
static void *in_data[PROBES] = {(void *)1};
static __thread void *in_tls[PROBES];

/* Fills a place with the only pointers. delta: an interior pointer. */
static __attribute__((noinline)) void fill(void **place, ptrdiff_t delta)
{
    for (int i = 0; i < PROBES; i++)
        place[i] = (char *)probe_new(i) + delta;
}

static void check_place(void **place, ptrdiff_t delta)
{
    fill(place, delta);
    PROBES_HELD();
    memset(place, 0, PROBES * sizeof *place);
    PROBES_GONE();
}

START_TEST(bss)
{
    check_place(in_bss, 0);
}
END_TEST

START_TEST(data)
{
    check_place(in_data, 0);
}
END_TEST

START_TEST(thread_local_storage)
{
    check_place(in_tls, 0);
}
END_TEST

START_TEST(interior_pointer)
{
    check_place(in_bss, 17);
}
END_TEST

START_TEST(one_past_the_end)
{
    check_place(in_bss, PROBE_BYTES);
}
END_TEST

START_TEST(malloc_small)
{
    void **place = malloc(PROBES * sizeof *place);

    check_place(place, 0);
    free(place);
}
END_TEST

START_TEST(malloc_large)
{
    char *big = calloc(1, 32 << 20);

    check_place((void **)(void *)(big + (17 << 20)), 0);
    free(big);
}
END_TEST

START_TEST(realloc_moves)
{
    void **place = malloc(PROBES * sizeof *place);

    fill(place, 0);
    void *blocker = malloc(100); /* right behind it */
    place = realloc(place, 1 << 20);
    free(blocker);
    PROBES_HELD();
    memset(place, 0, PROBES * sizeof *place);
    void **before = malloc(PROBES * sizeof *place); /* where it was */
    goe_keep_alive(before);
    memset(before, 0, PROBES * sizeof *place);
    goe_keep_alive(before);
    PROBES_GONE();
    free(place);
}
END_TEST

START_TEST(posix_memalign_memory)
{
    void *place;

    ck_assert_int_eq(posix_memalign(&place, 4096, 65536), 0);
    check_place(place, 0);
    free(place);
}
END_TEST

START_TEST(char_buffer_at_pointer_alignment)
{
    char *buffer = malloc(PROBES * 8);

    for (int i = 0; i < PROBES; i++) {
        void *p = probe_new(i);
        memcpy(buffer + 8 * i, &p, sizeof p);
        p = NULL;
        goe_keep_alive(&p);
    }
    PROBES_HELD();
    free(buffer);
}
END_TEST

static void mapped(int flags, int protect)
{
    void **place = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(place, MAP_FAILED);
    fill(place + 5000, 0);
    ck_assert_int_eq(mprotect(place, 1 << 20, protect), 0);
    PROBES_HELD();
    munmap(place, 1 << 20);
    PROBES_GONE();
}

START_TEST(mmap_private)
{
    mapped(MAP_PRIVATE, PROT_READ | PROT_WRITE);
}
END_TEST

START_TEST(mmap_shared)
{
    mapped(MAP_SHARED, PROT_READ | PROT_WRITE);
}
END_TEST

START_TEST(mmap_made_read_only)
{
    mapped(MAP_PRIVATE, PROT_READ);
}
END_TEST

START_TEST(brk_memory)
{
    void **place = sbrk(1 << 16);

    ck_assert_ptr_ne(place, (void *)-1);
    check_place(place, 0);
}
END_TEST

START_TEST(private_file_mapping)
{
    FILE *f = tmpfile();

    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(ftruncate(fileno(f), 1 << 16), 0);
    void **place = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE, fileno(f), 0);
    ck_assert_ptr_ne(place, MAP_FAILED);
    check_place(place, 0);
    fclose(f);
}
END_TEST

START_TEST(thread_specific_data)
{
    pthread_key_t key[PROBES];

    for (int i = 0; i < PROBES; i++) {
        ck_assert_int_eq(pthread_key_create(&key[i], NULL), 0);
        pthread_setspecific(key[i], probe_new(i));
    }
    PROBES_HELD();
    for (int i = 0; i < PROBES; i++)
        pthread_key_delete(key[i]);
}
END_TEST

/* A setjmp buffer in malloc'ed memory. glibc mangles the stack and frame pointers it saves, which are
 * never the only pointers to an object; the other registers it saves as they are. */
static __attribute__((noinline)) void save_in_buffer(jmp_buf *env, int i)
{
    __asm__ volatile("mov %0, %%rbx" : : "r"(probe_new(i)) : "rbx");
    if (setjmp(*env)) /* never jumped to */
        abort();
    __asm__ volatile("xor %%ebx, %%ebx" : : : "rbx");
}

START_TEST(setjmp_buffer)
{
    jmp_buf *env = calloc(PROBES, sizeof *env);

    for (int i = 0; i < PROBES; i++)
        save_in_buffer(&env[i], i);
    PROBES_HELD();
    memset(env, 0, PROBES * sizeof *env);
    PROBES_GONE();
    free(env);
}
END_TEST

static __attribute__((noinline)) void deeper(void **list, int n)
{
    void *mine = probe_new(n - 1);
    void *volatile keep[2] = {list, mine};

    if (n > 1)
        deeper((void **)(void *)keep, n - 1);
    else
        PROBES_HELD();
    goe_keep_alive(mine);
    goe_keep_alive((void *)keep);
}

START_TEST(frames_of_this_stack)
{
    deeper(NULL, PROBES);
    PROBES_GONE();
}
END_TEST

START_TEST(chain_of_objects)
{
    for (int i = 0; i < PROBES; i++) { /* each object's pointer is in another object's last word */
        void **link = goe_alloc(2000);
        link[249] = probe_new(i);
        in_bss[i] = link;
    }
    PROBES_HELD();
    memset(in_bss, 0, sizeof in_bss);
    PROBES_GONE();
}
END_TEST

START_TEST(added_roots)
{
    /* A device-like place: hidden from the search by being stored in a file mapping opened anew. */
    static uint64_t outside[PROBES];

    for (int i = 0; i < PROBES; i++)
        outside[i] = (uint64_t)(uintptr_t)probe_new(i);
    goe_add_roots(outside, sizeof outside);
    PROBES_HELD();
    goe_remove_roots(outside, sizeof outside);
    memset(outside, 0, sizeof outside);
    PROBES_GONE();
}
END_TEST

START_TEST(tagged_pointer)
{
    for (int i = 0; i < PROBES; i++)
        in_bss[i] = (void *)((uintptr_t)probe_new(i) | 0x7ff8000000000000u);
    PROBES_HELD();
    memset(in_bss, 0, sizeof in_bss);
    PROBES_GONE();
}
END_TEST

static __attribute__((noinline)) void fill_array(void)
{
    static const uint64_t map = 2; /* struct { long n; void *p; } */
    static const struct __goe_type pair = {16, 8, 2, &map};
    char *array = __goe_make_typed(&pair, 500000);

    for (int i = 0; i < PROBES; i++)
        *(void **)(void *)(array + 16 * (7000 * i + 13) + 8) = probe_new(i);
    in_bss[0] = array + 5000000;
}

START_TEST(array_of_pointers_beyond_a_slab)
{
    fill_array();
    PROBES_HELD();
    in_bss[0] = NULL;
    PROBES_GONE();
}
END_TEST

START_TEST(words_that_are_no_pointers_hold_nothing)
{
    static const uint64_t map = 2;
    static const struct __goe_type pair = {16, 8, 2, &map};
    static const struct __goe_type others[256] = {[0 ... 255] = {64, 8, 0, NULL}};

    for (int i = 0; i < 3000; i++) /* past the trial, so that the layout counts */
        __goe_new(&pair);
    /* So many types that some share the pair's slot in the cache of types, wherever they lie. */
    for (int i = 0; i < 256; i++)
        __goe_new(&others[i]);
    for (int i = 0; i < PROBES; i++) {
        uint64_t *p = i % 2 ? __goe_new(&pair) : __goe_new(&others[i]);
        p[0] = (uint64_t)(uintptr_t)probe_new(i);
        in_bss[i] = p;
    }
    PROBES_GONE();
    memset(in_bss, 0, sizeof in_bss);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("runtime_roots");
    TCase *c = tcase_create("places");

    tcase_set_timeout(c, 60);
    tcase_add_test(c, bss);
    tcase_add_test(c, data);
    tcase_add_test(c, thread_local_storage);
    tcase_add_test(c, interior_pointer);
    tcase_add_test(c, one_past_the_end);
    tcase_add_test(c, malloc_small);
    tcase_add_test(c, malloc_large);
    tcase_add_test(c, realloc_moves);
    tcase_add_test(c, posix_memalign_memory);
    tcase_add_test(c, char_buffer_at_pointer_alignment);
    tcase_add_test(c, mmap_private);
    tcase_add_test(c, mmap_shared);
    tcase_add_test(c, mmap_made_read_only);
    tcase_add_test(c, brk_memory);
    tcase_add_test(c, private_file_mapping);
    tcase_add_test(c, thread_specific_data);
#ifdef __x86_64__
    tcase_add_test(c, setjmp_buffer);
#endif
    tcase_add_test(c, frames_of_this_stack);
    tcase_add_test(c, chain_of_objects);
    tcase_add_test(c, added_roots);
    tcase_add_test(c, tagged_pointer);
    tcase_add_test(c, array_of_pointers_beyond_a_slab);
    tcase_add_test(c, words_that_are_no_pointers_hold_nothing);
    suite_add_tcase(s, c);
    return probe_main(s);
}

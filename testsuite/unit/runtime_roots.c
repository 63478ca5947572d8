/* Invariant: an object stays as long as its only pointer is anywhere a C program may keep one. */
#include "runtime_probe.h"

#include <pthread.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
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

/* Also to an object that holds another: its words are followed from its beginning. */
START_TEST(interior_pointer)
{
    check_place(in_bss, 17);
    for (int i = 0; i < PROBES; i++) {
        void **holder = goe_alloc(200);
        holder[0] = probe_new(i);
        in_bss[i] = (char *)holder + 17 + i;
    }
    PROBES_HELD();
    memset(in_bss, 0, sizeof in_bss);
    PROBES_GONE();
}
END_TEST

/* Objects of N bytes, the only pointers to which are one past their ends; beside each lies one that could be meant
 * by such a pointer. How many of the former are damaged after a collection? */
static __attribute__((noinline)) int lost_ends(void *(*make)(size_t), size_t n)
{
    int lost = 0;

    for (int i = 0; i < PROBES; i++) {
        char *p = make(n);
        memset(p, i + 1, n);
        in_bss[i] = p + n;
        probe_hidden[i] = ~(uint64_t)(uintptr_t)p;
        memset(make(n), 0, n);
    }
    probe_collect();
    for (int i = 0; i < PROBES; i++) {
        const char *p = (const char *)(uintptr_t)~probe_hidden[i];
        lost += p[0] != i + 1 || p[n - 1] != i + 1;
    }
    memset(in_bss, 0, sizeof in_bss);
    return lost;
}

static void *untyped(size_t n)
{
    return goe_alloc(n);
}

static void *with_pointers(size_t n)
{
    return __goe_new_zeroed(__goe_key(n, 8, 1), n);
}

static void *without_pointers(size_t n)
{
    return __goe_new_zeroed(__goe_key(n, 8, 0), n);
}

static void *well_aligned(size_t n)
{
    return __goe_new_zero(n, 64, "T");
}

START_TEST(one_past_the_end)
{
    check_place(in_bss, PROBE_BYTES);
    for (size_t n = 8; n < 16000; n += n < 256 ? 8 : n / 3 & ~(size_t)7) {
        ck_assert_int_eq(lost_ends(untyped, n), 0);
        for (int trial = 0; trial < 8192; trial += (int)n) /* until it has blocks of its own */
            with_pointers(n);
        ck_assert_int_eq(lost_ends(with_pointers, n), 0);
        ck_assert_int_eq(lost_ends(without_pointers, n), 0);
    }
    for (size_t n = 64; n < 8192; n *= 2)
        ck_assert_int_eq(lost_ends(well_aligned, n), 0);
    for (size_t n = 32768; n <= 131072; n += 32768)
        ck_assert_int_eq(lost_ends(untyped, n), 0);
}
END_TEST

/* A probe in each word of a layout that may hold a pointer, in objects of that layout; or, from the end, in an array. */
static __attribute__((noinline)) void fill_layout(const struct __goe_type *t, size_t length)
{
    unsigned where[600], n = 0;

    for (unsigned w = 0; w < t->nwords; w++)
        if (!t->ptrmap || t->ptrmap[w / 64] >> (w % 64) & 1)
            where[n++] = w;
    for (size_t trial = 0; trial < 8192; trial += t->size) /* until it has blocks of its own */
        __goe_new_typed(t);
    void **array = length ? __goe_make_typed(t, length) : NULL;
    for (int i = 0; i < PROBES; i++) {
        void **holder = length ? array + (length - 1 - (unsigned)i / n) * (t->size / 8)
                               : __goe_new_typed(t);
        holder[where[(unsigned)i % n]] = probe_new(i);
        in_bss[i] = length ? (void *)array : (void *)holder;
    }
}

START_TEST(layouts)
{
    static const uint64_t first[] = {1}, second[] = {2}, some[] = {0x16}, far[] = {1ull << 47 | 1},
                          very_far[] = {1ull << 63, 5};
    static const struct __goe_type types[] = {
        {16, 8, 1, first}, {16, 8, 2, NULL},  {16, 8, 2, second}, {24, 8, 3, NULL}, {40, 8, 5, some},
        {48, 16, 5, some}, {400, 8, 48, far}, {480, 8, 60, NULL}, {560, 8, 70, NULL},
        {4800, 8, 600, NULL}, {600, 8, 67, very_far},
    };

    for (unsigned t = 0; t < sizeof types / sizeof *types; t++)
        for (size_t length = 0; length <= 30000; length += 15000) {
            fill_layout(&types[t], length);
            PROBES_HELD();
            memset(in_bss, 0, sizeof in_bss);
            PROBES_GONE();
        }
}
END_TEST

START_TEST(malloc_small)
{
    void **place = malloc(PROBES * sizeof *place);

    check_place(place, 0);
    free(place);
}
END_TEST

/* With other words between them. */
START_TEST(sparse)
{
    enum { STEP = 5 };
    static void *place[PROBES * STEP];

    for (int i = 0; i < PROBES; i++)
        place[i * STEP] = probe_new(i);
    PROBES_HELD();
    memset(place, 0, sizeof place);
    PROBES_GONE();
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

/* Of pages that the administrator has set apart (vm.nr_hugepages); mostly there are none. */
START_TEST(mmap_huge)
{
    enum { BYTES = 4 << 20 };
    char *at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, _i | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

    if (at == MAP_FAILED)
        return;
    check_place((void **)(void *)(at + BYTES / 2 + 40000), 0);
    munmap(at, BYTES);
}
END_TEST

/* Mappings without a gap between them, whose pages follow one another, too. */
START_TEST(neighbours)
{
    enum { MAPPINGS = 6, BYTES = 8192 };
    char *at = mmap(NULL, MAPPINGS * BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    for (int i = 0; i < MAPPINGS; i++) {
        void **place = (void **)(void *)(at + i * BYTES);
        memset(at, 1, MAPPINGS * BYTES);
        fill(place, 0);
        for (int k = 1; k < MAPPINGS; k += 2)
            ck_assert_int_eq(mprotect(at + k * BYTES, BYTES, PROT_READ), 0);
        PROBES_HELD();
        ck_assert_int_eq(mprotect(at, MAPPINGS * BYTES, PROT_READ | PROT_WRITE), 0);
    }
    munmap(at, MAPPINGS * BYTES);
}
END_TEST

/* Memory that not even the kernel reads, Linux 5.14. */
START_TEST(secret_memory)
{
    enum { MEMFD_SECRET = 447 };
    int fd = (int)syscall(MEMFD_SECRET, 0);

    if (fd < 0)
        return;
    ck_assert_int_eq(ftruncate(fd, 1 << 16), 0);
    void **at = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    check_place(at + 5000, 0);
    munmap(at, 1 << 16);
    close(fd);
}
END_TEST

START_TEST(shared_file_mapping)
{
    FILE *f = tmpfile();

    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(ftruncate(fileno(f), 1 << 16), 0);
    char *at = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(f), 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    check_place((void **)(void *)(at + 40000), 0);
    munmap(at, 1 << 16);
    fclose(f);
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

#ifdef __x86_64__
/* The frame pointer is a register like others to code that needs no frame pointer, and setjmp mixes it up. */
__asm__(".text\n"
        "save_frame_pointer:\n"
        "\tpush %rbp; mov %rsi, %rbp; xor %esi, %esi; call _setjmp@PLT; pop %rbp; ret\n");
int save_frame_pointer(jmp_buf *env, void *p);

/* Of the objects that hold jmp_bufs only the first word of `where` knows. */
static void with_frame_pointers(void *(*make)(size_t), void **where)
{
    for (int i = 0; i < PROBES; i++) {
        char *at = make(1000);
        ck_assert_int_eq(save_frame_pointer((jmp_buf *)(void *)(at + 16), probe_new(i)), 0);
        where[i] = at;
    }
    PROBES_HELD();
    PROBES_HELD();
    for (int i = 0; i < PROBES; i++)
        memset((char *)where[i] + 16, 0, sizeof(jmp_buf));
    PROBES_GONE();
}

static void *typed_jmp_buf(size_t n)
{
    static const uint64_t map = 0xff << 2 | 0xffffull << 11; /* struct { void *p[2]; jmp_buf env; } */
    static const struct __goe_type t = {16 + sizeof(jmp_buf), 8, 27, &map};

    (void)n;
    return __goe_new_typed(&t);
}

static void *large_jmp_buf(size_t n)
{
    return goe_alloc(n + 30000);
}

static void *small_jmp_buf(size_t n)
{
    (void)n;
    return goe_alloc(16 + sizeof(jmp_buf));
}

START_TEST(setjmp_frame_pointer)
{
    static jmp_buf here[PROBES];

    for (int i = 0; i < PROBES; i++)
        ck_assert_int_eq(save_frame_pointer(&here[i], probe_new(i)), 0);
    PROBES_HELD();
    memset(here, 0, sizeof here);
    PROBES_GONE();
    with_frame_pointers(malloc, in_bss);
    with_frame_pointers(goe_alloc, in_bss);
    with_frame_pointers(small_jmp_buf, in_bss);
    with_frame_pointers(large_jmp_buf, in_bss);
    for (int trial = 0; trial < 100; trial++) /* until it has blocks of its own */
        typed_jmp_buf(0);
    with_frame_pointers(typed_jmp_buf, in_bss);
}
END_TEST

#endif

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

struct node {
    struct node *a, *b;
    void *probe;
};

static struct node *nodes[90000]; /* while they are being linked */

/* n nodes from `first` on as a tree, which is a list where `lists`. */
static struct node *link_nodes(size_t first, size_t n, bool lists)
{
    struct node *root = NULL, **end = &root;

    while (n > 0) {
        size_t left = lists ? 0 : (n - 1) / 2;
        *end = nodes[first];
        (*end)->a = link_nodes(first + 1, left, lists);
        end = &(*end)->b;
        first += left + 1;
        n -= left + 1;
    }
    return root;
}

/* Trees and lists in the order they lie in memory and in others, so that marking goes all its ways. */
static __attribute__((noinline)) void make_structures(void)
{
    static const struct __goe_type type = {sizeof(struct node), 8, 3, NULL};
    size_t n = (size_t)probe_steps(90000), sixth = n / 6, part = 33;
    uint64_t r = 88172645463325252u;

    for (size_t i = 0; i < n; i++)
        nodes[i] = __goe_new_typed(&type);
    for (size_t i = 0; i < n / 2; i++) { /* the first half in any order */
        r = r * 6364136223846793005u + 1442695040888963407u;
        size_t j = (r >> 33) % (n / 2);
        struct node *t = nodes[i];
        nodes[i] = nodes[j];
        nodes[j] = t;
    }
    for (int i = 0; i < PROBES; i++)
        nodes[(size_t)i * (n / PROBES) + 17 % (n / PROBES)]->probe = probe_new(i);
    in_bss[0] = link_nodes(0, sixth, false);
    in_bss[1] = link_nodes(sixth, sixth, true);
    in_bss[2] = link_nodes(sixth * 2, n / 2 - sixth * 2, false);
    in_bss[3] = link_nodes(n / 2, sixth, false);
    in_bss[4] = link_nodes(n / 2 + sixth, sixth, true);
    size_t at = n / 2 + sixth * 2;
    void **tops = goe_alloc(((n - at) / part + 1) * sizeof *tops);
    in_bss[5] = tops;
    for (bool lists = false; at < n; at += part, lists = !lists) /* many short ones */
        *tops++ = link_nodes(at, n - at < part ? n - at : part, lists);
    memset(nodes, 0, sizeof nodes);
}

START_TEST(structures_of_all_kinds)
{
    make_structures();
    PROBES_HELD();
    memset(in_bss, 0, sizeof in_bss);
    PROBES_GONE();
}
END_TEST

START_TEST(added_roots)
{
    /* What is read of a file is no root by itself. */
    FILE *f = tmpfile();

    ck_assert_ptr_nonnull(f);
    setbuf(f, NULL);
    for (int i = 0; i < PROBES; i++) {
        in_bss[i] = probe_new(i); /* until the roots are named: a collection may come before */
        ck_assert_uint_eq(fwrite(&in_bss[i], sizeof in_bss[i], 1, f), 1);
    }
    void **outside = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fileno(f), 0);
    ck_assert_ptr_ne(outside, MAP_FAILED);
    goe_add_roots(outside, 57 * sizeof *outside); /* words are tested in fours */
    goe_add_roots(outside + 57, (PROBES - 57) * sizeof *outside);
    memset(in_bss, 0, sizeof in_bss);
    PROBES_HELD();
    goe_remove_roots(outside, 57 * sizeof *outside);
    goe_remove_roots(outside + 57, (PROBES - 57) * sizeof *outside);
    PROBES_GONE();
    ck_assert_ptr_nonnull(outside[PROBES - 1]);
    munmap(outside, 4096);
    fclose(f);
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

static __attribute__((noinline)) void fill_untyped_array(void)
{
    void **array = goe_alloc(8000000);

    for (int i = 0; i < PROBES; i++)
        array[14000 * i + 13] = probe_new(i);
    in_bss[0] = array;
}

START_TEST(array_of_pointers_beyond_a_slab)
{
    fill_array();
    PROBES_HELD();
    in_bss[0] = NULL;
    PROBES_GONE();
    fill_untyped_array();
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
    tcase_add_test(c, layouts);
    tcase_add_test(c, malloc_small);
    tcase_add_test(c, sparse);
    tcase_add_test(c, malloc_large);
    tcase_add_test(c, realloc_moves);
    tcase_add_test(c, posix_memalign_memory);
    tcase_add_test(c, char_buffer_at_pointer_alignment);
    tcase_add_test(c, mmap_private);
    tcase_add_test(c, mmap_shared);
    tcase_add_loop_test(c, mmap_huge, MAP_SHARED, MAP_PRIVATE + 1);
    tcase_add_test(c, neighbours);
    tcase_add_test(c, secret_memory);
    tcase_add_test(c, shared_file_mapping);
    tcase_add_test(c, mmap_made_read_only);
    tcase_add_test(c, brk_memory);
    tcase_add_test(c, private_file_mapping);
    tcase_add_test(c, thread_specific_data);
#ifdef __x86_64__
    tcase_add_test(c, setjmp_buffer);
    tcase_add_test(c, setjmp_frame_pointer);
#endif
    tcase_add_test(c, frames_of_this_stack);
    tcase_add_test(c, chain_of_objects);
    tcase_add_test(c, structures_of_all_kinds);
    tcase_add_test(c, added_roots);
    tcase_add_test(c, tagged_pointer);
    tcase_add_test(c, array_of_pointers_beyond_a_slab);
    tcase_add_test(c, words_that_are_no_pointers_hold_nothing);
    suite_add_tcase(s, c);
    return probe_main(s);
}

/* OPTIONS: m warn=none */
/* Function pointers in places that the compiler cannot name: what is stored there can be anywhere, and
 * what is anywhere can be in every field. c_slots.c has the places that can be told apart. Each case has
 * a signature of its own, so that none depends on another. */
int *kept;
int number;

/* A static variable whose address is taken. */
static void keeps(int *p) { kept = p; } /* LEAKS p */
static void (*lost_hook)(int *);
void (**where)(int *) = &lost_hook;
void lose(void) { *where = keeps; }
void by_static_with_its_address_taken(void)
{
    int x = 1; /* MOVED x */
    lost_hook(&x);
}

/* A field, whose address is taken; */
static void keeps_1(int *p, int n) { kept = p + n; } /* LEAKS p */
struct open {
    void (*run)(int *, int);
    void (*all[2])(int *, double);
    union {
        void (*in_union)(int *, int, int);
        void *raw;
    } u;
};
struct open *some_open(void);
void (**a_place(void))(int *, int) { return &some_open()->run; }
void put(void (**to)(int *, int)) { *to = keeps_1; } /* STAYS to */
void by_open_field(void)
{
    int x = 1; /* MOVED x */
    some_open()->run(&x, 0);
}

/* an array of them; */
static void keeps_2(int *p, double d) { kept = p + (int)d; } /* LEAKS p */
void fill(void (**to)(int *, double)) { to[number & 1] = keeps_2; } /* STAYS to */
void fill_open(void) { fill(some_open()->all); }
void by_open_array(void)
{
    int x = 1; /* MOVED x */
    some_open()->all[number & 1](&x, 0);
}

/* a member of a union. */
static void keeps_3(int *p, int n, int m) { kept = p + n + m; } /* LEAKS p */
void put_raw(void) { some_open()->u.raw = (void *)keeps_3; }
void by_union(void)
{
    int x = 1; /* MOVED x */
    some_open()->u.in_union(&x, 0, 0);
}

/* A field read and written as plain memory. */
static void keeps_4(int *p, double d, int n) { kept = p + (int)d + n; } /* LEAKS p */
struct words {
    void (*run)(int *, double, int);
};
struct words *some_words(void);
void store_word(void **p) { *p = (void *)keeps_4; } /* STAYS p */
void give_word(void) { store_word((void **)some_words()); }
void by_word(void)
{
    int x = 1; /* MOVED x */
    some_words()->run(&x, 0, 0);
}

/* What another file could name, it could store in any field. */
void exported_keeps(int *p, int n, double d) { kept = p + n + (int)d; } /* LEAKS p */
struct shared {
    void (*run)(int *, int, double);
};
struct shared *some_shared(void);
static struct {
    void (*never_called)(int *, int, double);
} not_shared = {exported_keeps};
void *a_use(void) { return &not_shared; }
void by_shared_field(void)
{
    int x = 1; /* MOVED x */
    some_shared()->run(&x, 0, 0);
}

/* Handed to a function of another file, it may come back in any field. */
static void keeps_5(int *p, int n, int m, int k) { kept = p + n + m + k; } /* LEAKS p */
void register_it(void (*)(int *, int, int, int));
struct returned {
    void (*run)(int *, int, int, int);
};
struct returned *some_returned(void);
void hand_over(void) { register_it(keeps_5); }
void by_returned_field(void)
{
    int x = 1; /* MOVED x */
    some_returned()->run(&x, 0, 0, 0);
}

/* But a static variable that nobody else can reach holds what is stored there. */
static void reads(int *p) { number = *p; } /* STAYS p */
static void (*hook)(int *);
void set_hook(void) { hook = reads; }
void by_static(void)
{
    int x = 1; /* STAYS x */
    hook(&x);
}

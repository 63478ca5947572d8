/* OPTIONS: m warn=none */
/*
 * Maps, as small arrays of keys and values, and channels, as ring buffers: what is put into a private
 * one is private. An index known only at run time may mean any word of the array, so keys are not kept
 * apart from values there.
 */
#include <goescape.h>
#include <stddef.h>

void *anything;
int *kept;

struct map {
    struct entry {
        int *key;
        int *value;
    } at[4];
    int n;
};
struct map kept_map;

void map_put(struct map *m, int *key, int *value) /* STAYS m */ /* LEAKS key TO m 0 */ /* LEAKS value TO m 0 */ /* GO: LEAKS key, LEAKS value */
{
    m->at[m->n].key = key;
    m->at[m->n++].value = value;
}
int *map_get(const struct map *m, const int *key) /* LEAKS m TO RESULT 1 */ /* STAYS key */
{
    for (int i = 0; i < m->n; i++)
        if (m->at[i].key == key)
            return m->at[i].value;
    return NULL;
}
int *map_any_key(const struct map *m) { return m->at[0].key; } /* LEAKS m TO RESULT 1 */

void put_private(void)
{
    struct map m = {0}; /* STAYS m */
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int j = 0; /* STAYS j */ /* GO: MOVED j */
    map_put(&m, &i, &j);
}
int *put_get(void)
{
    struct map m = {0}; /* STAYS m */
    int i = 0; /* BAD MOVED i: at an index known only at run time a key and a value are one */ /* GO: MOVED i */
    int j = 0; /* MOVED j */
    map_put(&m, &i, &j);
    return map_get(&m, &i);
}
struct map put_all(void)
{
    struct map m = {0}; /* STAYS m */
    int i = 0; /* MOVED i */
    int j = 0; /* MOVED j */
    map_put(&m, &i, &j);
    return m;
}
struct map *put_new(void)
{
    struct map *m = goe_new(struct map); /* NOTE "goe_new(struct map) escapes to heap" */
    int i = 0; /* MOVED i */
    int j = 0; /* MOVED j */
    map_put(m, &i, &j);
    return m;
}
void put_new_private(void)
{
    struct map *m = goe_new(struct map); /* NOTE "goe_new(struct map) does not escape" */
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int j = 0; /* STAYS j */ /* GO: MOVED j */
    map_put(m, &i, &j);
}
int *put_keys(void)
{
    struct map m = {0}; /* STAYS m */
    int i = 0; /* MOVED i */
    int j = 0; /* BAD MOVED j: at an index known only at run time a key and a value are one */ /* GO: MOVED j */
    map_put(&m, &i, &j);
    return map_any_key(&m);
}
int *put_values_here(void)
{
    struct map m = {0}; /* STAYS m */
    int i = 0; /* BAD MOVED i: at an index known only at run time a key and a value are one */ /* GO: MOVED i */
    int j = 0; /* MOVED j */
    m.at[0].key = &i;
    m.at[0].value = &j;
    for (int k = 0; k < 4; k++)
        if (m.at[k].key)
            return m.at[k].value;
    return NULL;
}
void put_into_parameter(struct map *m) /* STAYS m */
{
    int i = 0; /* MOVED i */
    int j = 0; /* MOVED j */
    map_put(m, &i, &j);
}
void put_into_parameter_or_new(struct map *m) /* STAYS m */
{
    if (!m)
        m = goe_new(struct map); /* NOTE "goe_new(struct map) does not escape" */
    int i = 0; /* MOVED i */
    int j = 0; /* MOVED j */
    map_put(m, &i, &j);
}
void initialised_private(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int j = 0; /* STAYS j */ /* GO: MOVED j */
    struct map m = {{{&i, &j}}, 1};
    *m.at[0].key = 1;
}
void initialised_kept(void)
{
    int i = 0; /* MOVED i */
    int j = 0; /* MOVED j */
    struct map m = {{{&i, &j}}, 1};
    kept_map = m;
}
int *initialised_value_given(void)
{
    int i = 0; /* BAD MOVED i: at an index known only at run time a key and a value are one */ /* GO: MOVED i */
    int j = 0; /* MOVED j */
    struct map m = {{{&i, &j}}, 1}; /* STAYS m */
    return map_get(&m, NULL);
}

/* Maps as results and parameters. */
struct map map_of_value(int *x) { return (struct map){{{NULL, x}}, 1}; } /* LEAKS x TO RESULT 0 */ /* GO: LEAKS x */
struct map map_of_key(int *x) { return (struct map){{{x, NULL}}, 1}; } /* LEAKS x TO RESULT 0 */ /* GO: LEAKS x */
int *key_or_value(const struct map *m, int b) /* LEAKS m TO RESULT 1 */
{
    for (int i = 0; i < m->n; i++) {
        if (b)
            return m->at[i].key;
        return m->at[i].value;
    }
    return NULL;
}
void key_is_value(struct map *m, int *x) { map_put(m, x, x); } /* STAYS m */ /* LEAKS x TO m 0 */ /* GO: LEAKS x */
int *key_of_new(int *x) /* LEAKS x TO RESULT 0 */ /* GO: LEAKS x */
{
    struct map m = {{{x, NULL}}, 1}; /* STAYS m */
    return map_any_key(&m);
}
int *value_of_new(int *x) /* LEAKS x TO RESULT 0 */ /* GO: LEAKS x */
{
    struct map m = {{{NULL, x}}, 1}; /* STAYS m */
    return map_get(&m, NULL);
}
int *value_of_new_with_key(int *x) /* LEAKS x TO RESULT 0 */ /* GO: LEAKS x */
{
    struct map m = {{{x, NULL}}, 1}; /* STAYS m */
    return map_get(&m, NULL);
}

/* A map of numbers holds no addresses at all. */
struct counts {
    int key[8];
    int count[8];
};
int number;
struct counts *kept_counts;
void count(struct counts *c, int k) { c->count[k & 7]++; } /* STAYS c */
void counts_private(void)
{
    struct counts *m = goe_new(struct counts); /* NOTE "goe_new(struct counts) does not escape" */
    count(m, 0);
    count(m, 1);
    number = m->count[0];
}
struct counts *counts_given(void)
{
    return goe_new(struct counts); /* NOTE "goe_new(struct counts) escapes to heap" */
}
void counts_kept(void)
{
    struct counts *m = goe_new(struct counts); /* NOTE "goe_new(struct counts) escapes to heap" */
    kept_counts = m;
}
int asks_only(const struct map *m) /* STAYS m */
{
    int k = 0; /* STAYS k */
    return map_get(m, &k) != NULL;
}

/* A channel. */
struct channel {
    int *slot[4];
    unsigned head, tail;
};
void channel_send(struct channel *c, int *p) { c->slot[c->head++ & 3] = p; } /* STAYS c */ /* LEAKS p TO c 0 */ /* GO: LEAKS p */
int *channel_receive(struct channel *c) { return c->slot[c->tail++ & 3]; } /* LEAKS c TO RESULT 1 */
int send_and_receive(void)
{
    struct channel c = {0}; /* STAYS c */
    int x = 1; /* STAYS x */ /* GO: MOVED x */
    channel_send(&c, &x);
    return *channel_receive(&c);
}
int *send_receive_and_give(void)
{
    struct channel c = {0}; /* STAYS c */
    int x = 1; /* MOVED x */
    channel_send(&c, &x);
    return channel_receive(&c);
}
void send_to_parameter(struct channel *c) /* STAYS c */
{
    int x = 1; /* MOVED x */
    channel_send(c, &x);
}

struct map global_map;

void into_global_map(int *x) { map_put(&global_map, x, x); } /* LEAKS x */

int *first_of_counts(struct counts *c) { return &c->count[0]; } /* LEAKS c TO RESULT 0 */

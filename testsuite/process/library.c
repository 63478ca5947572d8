/* A library for world.c to open: a pointer in its data, one in what is zero at first, and one in its thread-local
 * storage. */
void *library_data = &library_data;
void *library_zero;

static __thread void *mine;

void **library_tls(void)
{
    return &mine;
}

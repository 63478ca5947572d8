/* A library for world.c to open: a pointer in its data, and one in its thread-local storage. */
void *library_data;

static __thread void *mine;

void **library_tls(void)
{
    return &mine;
}

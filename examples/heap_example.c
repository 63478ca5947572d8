/* A function that returns the address of its own struct.
 *
 *     Go:  func newUser(name string, age int) *user {
 *              u := user{name, age}          // moved to heap: u
 *              return &u
 *          }
 *
 * In plain C this is a bug: `u` is gone when the caller looks.  With the plugin it is how one writes
 * a constructor.  The address leaves through the result, so `u` lives on the collected heap; nobody
 * has to free it.
 */
#include <stdio.h>

struct user {
    const char *name;
    int age;
};

static struct user *new_user(const char *name, int age)
{
    struct user u = {name, age};

    return &u;
}

int main(void)
{
    struct user *a = new_user("Ranjan", 20);
    struct user *b = new_user("Asha", 31); /* another object, not the same slot again */

    printf("%s is %d\n", a->name, a->age);
    printf("%s is %d\n", b->name, b->age);
    return 0;
}

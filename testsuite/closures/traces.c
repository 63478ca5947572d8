/* For gdb: what a closure captured, at one and at two levels. */
typedef int fn(int);

static fn *outer(int far)
{
    fn *middle(int near)
    {
        int inner(int x)
        {
            far += near += x; /* break here */
            return far;
        }

        return inner;
    }

    return middle(20);
}

int main(void)
{
    return outer(10)(5) != 35;
}

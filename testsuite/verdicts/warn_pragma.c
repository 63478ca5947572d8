/* OPTIONS: mode=check */
/* #pragma goescape: warnings are silenced from there on, in the order of the source. */
#ifndef __GOESCAPE__
#error only with the plugin
#endif

int *g, *h;

void warned(void)
{
    int x = 1;
    g = &x; /* WARN "'x' is stored in 'g'" */
}

#pragma goescape push
#pragma goescape ignored

void silent(void)
{
    int x = 1;
    g = &x;
}

#pragma goescape warning

void warned_again(void)
{
    int x = 1;
    g = &x; /* WARN "'x' is stored in 'g'" */
}

#pragma goescape pop

/* One statement of several. */
void one_silent(void)
{
    int x = 1, y = 2;
#pragma goescape push
#pragma goescape ignored
    g = &x;
#pragma goescape pop
    h = &y; /* WARN "'y' is stored in 'h'" */
}

/* Pushes nest. */
#pragma goescape push
#pragma goescape ignored
#pragma goescape push
#pragma goescape warning
#pragma goescape pop

int *still_silent(void)
{
    int x = 1;
    return &x;
}

#pragma goescape pop

int *warned_at_last(void)
{
    int x = 1;
    return &x; /* WARN "'x' is returned" */
}

#pragma goescape pop /* WARN "'#pragma goescape pop' without a 'push'" */

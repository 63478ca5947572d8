/* OPTIONS: m warn=none */
/*
 * Indirection levels: of a chain of variables that point to one another, only the part below what is
 * kept moves.
 */
void *kept;
int number;

void keeps_all_four(void)
{
    int i = 0; /* MOVED i */
    int *p0 = &i; /* MOVED p0 */
    int **p1 = &p0; /* MOVED p1 */
    int ***p2 = &p1; /* MOVED p2 */
    kept = &p2;
}

void keeps_three(void)
{
    int i = 0; /* MOVED i */
    int *p0 = &i; /* MOVED p0 */
    int **p1 = &p0; /* MOVED p1 */
    int ***p2 = &p1;
    kept = p2;
}

void keeps_two(void)
{
    int i = 0; /* MOVED i */
    int *p0 = &i; /* MOVED p0 */
    int **p1 = &p0; /* STAYS p1 */
    int ***p2 = &p1;
    kept = *p2;
}

void keeps_one(void)
{
    int i = 0; /* MOVED i */
    int *p0 = &i; /* STAYS p0 */
    int **p1 = &p0; /* STAYS p1 */
    int ***p2 = &p1;
    kept = **p2;
}

void keeps_none(void)
{
    int i = 0; /* STAYS i */
    int *p0 = &i; /* STAYS p0 */
    int **p1 = &p0; /* STAYS p1 */
    int ***p2 = &p1;
    number = ***p2;
}

void copied_then_address(void)
{
    int i = 0; /* MOVED i */
    int *p0 = &i; /* MOVED p0 */
    int **p1 = &p0;
    int **p2 = p1; /* MOVED p2 */
    kept = &p2;
}

void copied_then_value(void)
{
    int i = 0; /* MOVED i */
    int *p0 = &i; /* MOVED p0 */
    int **p1 = &p0;
    int **p2 = p1;
    kept = p2;
}

void copied_then_content(void)
{
    int i = 0; /* MOVED i */
    int *p0 = &i; /* STAYS p0 */
    int **p1 = &p0;
    int **p2 = p1;
    kept = *p2;
}

void loaded_then_address(void)
{
    int i = 0; /* MOVED i */
    int *p0 = &i; /* STAYS p0 */
    int **p1 = &p0;
    int *p2 = *p1; /* MOVED p2 */
    kept = &p2;
}

void loaded_then_value(void)
{
    int i = 0; /* MOVED i */
    int *p0 = &i; /* STAYS p0 */
    int **p1 = &p0;
    int *p2 = *p1;
    kept = p2;
}

void loaded_then_number(void)
{
    int i = 0; /* STAYS i */
    int *p0 = &i; /* STAYS p0 */
    int **p1 = &p0;
    int *p2 = *p1;
    number = *p2;
}

void copy_of_the_number(void)
{
    int i = 0; /* STAYS i */
    int *p0 = &i;
    int p1 = *p0; /* STAYS p1 */
    int *p2 = &p1;
    number = *p2;
}

void address_of_the_copy(void)
{
    int i = 0; /* STAYS i */
    int *p0 = &i; /* STAYS p0 */
    int **p1 = &p0;
    int p2 = **p1; /* MOVED p2 */
    kept = &p2;
}

/* The same through functions. */
void keep_level1(int ***p) { kept = *p; } /* LEAKS CONTENT p */
void keep_level2(int ***p) { kept = **p; } /* LEAKS CONTENT p */
void keep_number(int **p) { number = **p; } /* STAYS p */
int **load1(int ***p) { return *p; } /* LEAKS p TO RESULT 1 */
int *load2(int ***p) { return **p; } /* LEAKS p TO RESULT 2 */

void level1_kept_by_callee(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* MOVED p */
    int **pp = &p; /* STAYS pp */
    keep_level1(&pp);
}

void level2_kept_by_callee(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* STAYS p */
    int **pp = &p; /* STAYS pp */
    keep_level2(&pp);
}

void number_kept_by_callee(void)
{
    int i = 0; /* STAYS i */
    int *p = &i; /* STAYS p */
    keep_number(&p);
}

void level1_dropped(void)
{
    int i = 0; /* STAYS i */
    int *p = &i; /* STAYS p */
    int **pp = &p; /* STAYS pp */
    (void)load1(&pp);
}

void level1_kept(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* MOVED p */
    int **pp = &p; /* STAYS pp */
    kept = load1(&pp);
}

void level2_dropped(void)
{
    int i = 0; /* STAYS i */
    int *p = &i; /* STAYS p */
    int **pp = &p; /* STAYS pp */
    (void)load2(&pp);
}

void level2_kept(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* STAYS p */
    int **pp = &p; /* STAYS pp */
    kept = load2(&pp);
}

/* The parameter's own address comes back: the parameter moves, and with it what it points to. */
int ***address_of_copy(int **p) { return &p; } /* MOVED p */ /* LEAKS p */

void address_of_copy_dropped(void)
{
    int i = 0; /* STAYS i */ /* GO: MOVED i */
    int *p = &i; /* STAYS p */ /* GO: MOVED p */
    (void)address_of_copy(&p);
}

void address_of_copy_kept(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* MOVED p */
    kept = address_of_copy(&p);
}

void address_of_copy_content_kept(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* MOVED p */
    kept = *address_of_copy(&p);
}

void address_of_copy_twice(void)
{
    int i = 0; /* MOVED i */
    int *p = &i; /* MOVED p */
    int **pp = &p;
    kept = address_of_copy(pp);
}

/* Four levels: only the last variable of the chain is reached. */
int *load4(int *****p) { return ****p; } /* LEAKS p TO RESULT 4 */
void four_levels(void)
{
    int i = 0; /* MOVED i */
    int *a = &i; /* STAYS a */
    int **b = &a; /* STAYS b */
    int ***c = &b; /* STAYS c */
    int ****d = &c; /* STAYS d */
    kept = load4(&d);
}

/* OPTIONS: m warn=none */
/*
 * Methods on structs passed by value: one level less than on pointers to them, the same web of
 * variables, the same answer.
 */
int *kept;

struct u {
    int *sp;
    int **spp;
};
struct v {
    struct u u;
    struct u *up;
    struct u **upp;
};

int *u_sp(struct u u) { return u.sp; } /* LEAKS u TO RESULT 0 */
int **u_spp(struct u u) { return u.spp; } /* LEAKS u TO RESULT 0 */
int *u_sppi(struct u u) { return *u.spp; } /* LEAKS u TO RESULT 1 */

void keep_sppi(void)
{
    int s = 1; /* MOVED s */
    int *ps = &s; /* STAYS ps */
    int **pps = &ps;
    struct u pu = {ps, pps};
    kept = u_sppi(pu);
}

void keep_content_of_spp(void)
{
    int s = 1; /* MOVED s */
    int *ps = &s; /* STAYS ps */
    int **pps = &ps;
    struct u pu = {ps, pps};
    kept = *u_spp(pu);
}

void keep_sp(void)
{
    int s = 1; /* MOVED s */
    int *ps = &s; /* STAYS ps */ /* GO: MOVED ps */
    int **pps = &ps;
    struct u pu = {ps, pps};
    kept = u_sp(pu);
}

struct u v_u(struct v v) { return v.u; } /* LEAKS v TO RESULT 0 */
struct u *v_up(struct v v) { return v.up; } /* LEAKS v TO RESULT 0 */
struct u **v_upp(struct v v) { return v.upp; } /* LEAKS v TO RESULT 0 */
struct u *v_upp_load(struct v v) { return *v.upp; } /* LEAKS v TO RESULT 1 */
struct u *v_upp_call(struct v v) { return *v_upp(v); } /* LEAKS v TO RESULT 1 */
int *v_u_sp(struct v v) { return v.u.sp; } /* LEAKS v TO RESULT 0 */
int *v_u_sp_call(struct v v) { return v_u(v).sp; } /* LEAKS v TO RESULT 0 */
int *v_u_spp_load(struct v v) { return *v.u.spp; } /* LEAKS v TO RESULT 1 */
int *v_u_spp_call(struct v v) { return u_sppi(v.u); } /* LEAKS v TO RESULT 1 */
int *v_up_sp_a(struct v v) { return v.up->sp; } /* LEAKS v TO RESULT 1 */
int *v_up_sp_b(struct v v) { return u_sp(*v.up); } /* LEAKS v TO RESULT 1 */
int *v_up_sp_c(struct v v) { return v_up(v)->sp; } /* LEAKS v TO RESULT 1 */
int *v_up_sp_d(struct v v) { return u_sp(*v_up(v)); } /* LEAKS v TO RESULT 1 */
int *v_up_spp_a(struct v v) { return *v.up->spp; } /* LEAKS v TO RESULT 2 */
int *v_up_spp_b(struct v v) { return u_sppi(*v.up); } /* LEAKS v TO RESULT 2 */
int *v_up_spp_c(struct v v) { return *v_up(v)->spp; } /* LEAKS v TO RESULT 2 */
int *v_up_spp_d(struct v v) { return u_sppi(*v_up(v)); } /* LEAKS v TO RESULT 2 */
int *v_upp_spp(struct v v) { return *(*v.upp)->spp; } /* LEAKS v TO RESULT 3 */

/* Of the web below only what the accessor really reaches is kept. */
void keep_up_sp_a(void)
{
    int s1 = 1; /* STAYS s1 */
    int s2 = 2; /* STAYS s2 */ /* GO: MOVED s2 */
    int s3 = 3; /* MOVED s3 */
    int s4 = 4; /* STAYS s4 */ /* GO: MOVED s4 */
    int s5 = 5; /* STAYS s5 */ /* GO: MOVED s5 */
    int s6 = 6; /* STAYS s6 */ /* GO: MOVED s6 */
    int *ps2 = &s2; /* STAYS ps2 */
    int *ps4 = &s4; /* STAYS ps4 */ /* GO: MOVED ps4 */
    int *ps6 = &s6; /* STAYS ps6 */ /* GO: MOVED ps6 */
    struct u u1 = {&s1, &ps2};
    struct u u2 = {&s3, &ps4}; /* STAYS u2 */
    struct u *u3 = &(struct u){&s5, &ps6}; /* STAYS u3 */ /* NOTE "compound literal does not escape" */ /* GO: MOVED */
    struct v v = {u1, &u2, &u3};
    kept = v_up_sp_a(v);
}

void keep_up_sp_b(void)
{
    int s1 = 1; /* STAYS s1 */
    int s2 = 2; /* STAYS s2 */ /* GO: MOVED s2 */
    int s3 = 3; /* MOVED s3 */
    int s4 = 4; /* STAYS s4 */ /* GO: MOVED s4 */
    int s5 = 5; /* STAYS s5 */ /* GO: MOVED s5 */
    int s6 = 6; /* STAYS s6 */ /* GO: MOVED s6 */
    int *ps2 = &s2; /* STAYS ps2 */
    int *ps4 = &s4; /* STAYS ps4 */ /* GO: MOVED ps4 */
    int *ps6 = &s6; /* STAYS ps6 */ /* GO: MOVED ps6 */
    struct u u1 = {&s1, &ps2};
    struct u u2 = {&s3, &ps4}; /* STAYS u2 */
    struct u *u3 = &(struct u){&s5, &ps6}; /* STAYS u3 */ /* NOTE "compound literal does not escape" */ /* GO: MOVED */
    struct v v = {u1, &u2, &u3};
    kept = v_up_sp_b(v);
}

void keep_up_sp_c(void)
{
    int s1 = 1; /* STAYS s1 */
    int s2 = 2; /* STAYS s2 */ /* GO: MOVED s2 */
    int s3 = 3; /* MOVED s3 */
    int s4 = 4; /* STAYS s4 */ /* GO: MOVED s4 */
    int s5 = 5; /* STAYS s5 */ /* GO: MOVED s5 */
    int s6 = 6; /* STAYS s6 */ /* GO: MOVED s6 */
    int *ps2 = &s2; /* STAYS ps2 */
    int *ps4 = &s4; /* STAYS ps4 */ /* GO: MOVED ps4 */
    int *ps6 = &s6; /* STAYS ps6 */ /* GO: MOVED ps6 */
    struct u u1 = {&s1, &ps2};
    struct u u2 = {&s3, &ps4}; /* STAYS u2 */
    struct u *u3 = &(struct u){&s5, &ps6}; /* STAYS u3 */ /* NOTE "compound literal does not escape" */ /* GO: MOVED */
    struct v v = {u1, &u2, &u3};
    kept = v_up_sp_c(v);
}

void keep_up_sp_d(void)
{
    int s1 = 1; /* STAYS s1 */
    int s2 = 2; /* STAYS s2 */ /* GO: MOVED s2 */
    int s3 = 3; /* MOVED s3 */
    int s4 = 4; /* STAYS s4 */ /* GO: MOVED s4 */
    int s5 = 5; /* STAYS s5 */ /* GO: MOVED s5 */
    int s6 = 6; /* STAYS s6 */ /* GO: MOVED s6 */
    int *ps2 = &s2; /* STAYS ps2 */
    int *ps4 = &s4; /* STAYS ps4 */ /* GO: MOVED ps4 */
    int *ps6 = &s6; /* STAYS ps6 */ /* GO: MOVED ps6 */
    struct u u1 = {&s1, &ps2};
    struct u u2 = {&s3, &ps4}; /* STAYS u2 */
    struct u *u3 = &(struct u){&s5, &ps6}; /* STAYS u3 */ /* NOTE "compound literal does not escape" */ /* GO: MOVED */
    struct v v = {u1, &u2, &u3};
    kept = v_up_sp_d(v);
}

void keep_up_spp_a(void)
{
    int s1 = 1; /* STAYS s1 */
    int s2 = 2; /* STAYS s2 */
    int s3 = 3; /* STAYS s3 */
    int s4 = 4; /* MOVED s4 */
    int s5 = 5; /* STAYS s5 */ /* GO: MOVED s5 */
    int s6 = 6; /* STAYS s6 */ /* GO: MOVED s6 */
    int *ps2 = &s2; /* STAYS ps2 */
    int *ps4 = &s4; /* STAYS ps4 */
    int *ps6 = &s6; /* STAYS ps6 */ /* GO: MOVED ps6 */
    struct u u1 = {&s1, &ps2};
    struct u u2 = {&s3, &ps4}; /* STAYS u2 */
    struct u *u3 = &(struct u){&s5, &ps6}; /* STAYS u3 */ /* NOTE "compound literal does not escape" */
    struct v v = {u1, &u2, &u3};
    kept = v_up_spp_a(v);
}

void keep_up_spp_b(void)
{
    int s1 = 1; /* STAYS s1 */
    int s2 = 2; /* STAYS s2 */
    int s3 = 3; /* STAYS s3 */
    int s4 = 4; /* MOVED s4 */
    int s5 = 5; /* STAYS s5 */ /* GO: MOVED s5 */
    int s6 = 6; /* STAYS s6 */ /* GO: MOVED s6 */
    int *ps2 = &s2; /* STAYS ps2 */
    int *ps4 = &s4; /* STAYS ps4 */
    int *ps6 = &s6; /* STAYS ps6 */ /* GO: MOVED ps6 */
    struct u u1 = {&s1, &ps2};
    struct u u2 = {&s3, &ps4}; /* STAYS u2 */
    struct u *u3 = &(struct u){&s5, &ps6}; /* STAYS u3 */ /* NOTE "compound literal does not escape" */
    struct v v = {u1, &u2, &u3};
    kept = v_up_spp_b(v);
}

void keep_up_spp_c(void)
{
    int s1 = 1; /* STAYS s1 */
    int s2 = 2; /* STAYS s2 */
    int s3 = 3; /* STAYS s3 */
    int s4 = 4; /* MOVED s4 */
    int s5 = 5; /* STAYS s5 */ /* GO: MOVED s5 */
    int s6 = 6; /* STAYS s6 */ /* GO: MOVED s6 */
    int *ps2 = &s2; /* STAYS ps2 */
    int *ps4 = &s4; /* STAYS ps4 */
    int *ps6 = &s6; /* STAYS ps6 */ /* GO: MOVED ps6 */
    struct u u1 = {&s1, &ps2};
    struct u u2 = {&s3, &ps4}; /* STAYS u2 */
    struct u *u3 = &(struct u){&s5, &ps6}; /* STAYS u3 */ /* NOTE "compound literal does not escape" */
    struct v v = {u1, &u2, &u3};
    kept = v_up_spp_c(v);
}

void keep_up_spp_d(void)
{
    int s1 = 1; /* STAYS s1 */
    int s2 = 2; /* STAYS s2 */
    int s3 = 3; /* STAYS s3 */
    int s4 = 4; /* MOVED s4 */
    int s5 = 5; /* STAYS s5 */ /* GO: MOVED s5 */
    int s6 = 6; /* STAYS s6 */ /* GO: MOVED s6 */
    int *ps2 = &s2; /* STAYS ps2 */
    int *ps4 = &s4; /* STAYS ps4 */
    int *ps6 = &s6; /* STAYS ps6 */ /* GO: MOVED ps6 */
    struct u u1 = {&s1, &ps2};
    struct u u2 = {&s3, &ps4}; /* STAYS u2 */
    struct u *u3 = &(struct u){&s5, &ps6}; /* STAYS u3 */ /* NOTE "compound literal does not escape" */
    struct v v = {u1, &u2, &u3};
    kept = v_up_spp_d(v);
}

/* The one value that is three levels down. */
void keep_upp_spp(void)
{
    int s1 = 1; /* STAYS s1 */
    int s2 = 2; /* STAYS s2 */
    int s3 = 3; /* STAYS s3 */
    int s4 = 4; /* STAYS s4 */
    int s5 = 5; /* STAYS s5 */
    int s6 = 6; /* MOVED s6 */
    int *ps2 = &s2; /* STAYS ps2 */
    int *ps4 = &s4; /* STAYS ps4 */
    int *ps6 = &s6; /* STAYS ps6 */
    struct u u1 = {&s1, &ps2};
    struct u u2 = {&s3, &ps4}; /* STAYS u2 */
    struct u *u3 = &(struct u){&s5, &ps6}; /* STAYS u3 */ /* NOTE "compound literal does not escape" */
    struct v v = {u1, &u2, &u3};
    kept = v_upp_spp(v);
}

/* A record by value: the callee's copy is its own. */
struct bar {
    int i;
    int *ii;
};
int *bar_content(struct bar b) { return b.ii; } /* LEAKS b TO RESULT 0 */
int *bar_replaced(struct bar b) /* STAYS b */ /* GO: LEAKS b TO RESULT 0 */
{
    int v = 0; /* MOVED v */
    b.ii = &v;
    return b.ii;
}
int bar_replaced_unused(struct bar b) /* STAYS b */
{
    int v = 0; /* STAYS v */
    b.ii = &v;
    return b.i;
}
int bar_number(struct bar b) { return b.i; } /* STAYS b */
int *bar_address(struct bar b) { return &b.i; } /* MOVED b */ /* LEAKS b */
struct bar bar_same(struct bar b) { return b; } /* LEAKS b TO RESULT 0 */
struct bar bar_zeroed(struct bar b) /* BAD LEAKS b TO RESULT 0: words of a struct are copied whatever their types */
{
    b.ii = 0;
    return b;
}
void bar_users(void)
{
    int n = 0; /* STAYS n */
    struct bar b = {0, &n};
    *bar_content(b) = 1;
    *bar_same(b).ii = 2;
    bar_number(b);
}
void bar_content_kept(void)
{
    int n = 0; /* MOVED n */
    struct bar b = {0, &n};
    kept = bar_content(b);
}
void bar_number_kept(void)
{
    int n = 0; /* STAYS n */ /* GO: MOVED n */
    struct bar b = {0, &n};
    kept = bar_zeroed(b).ii;
}

int x; /* MOVED */
int y; /* BAD MOVED y */
int z; /* LEAKS z TO */
int w; /* WARN "(" */
int v; /* STAYS v because of what */
/* MOVED */

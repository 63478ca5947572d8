#include "held.h"
void held(struct esc_graph *g){(void)g;}

/* SPDX-License-Identifier: BSL-1.0
 *
 * warm: touches MB of memory, as pair does before each run, for a program that is to be measured alone. usage: warm MB
 */
#include "warm.h"

int main(int argc, char **argv)
{
    warm_up(argc > 1 ? atoi(argv[1]) : 0);
    return 0;
}

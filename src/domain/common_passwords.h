/* The passwords that thieves try first: data/common-passwords.txt, compiled in,
 * lower case, sorted. */
#ifndef DOMAIN_COMMON_PASSWORDS_H
#define DOMAIN_COMMON_PASSWORDS_H

#include <stddef.h>

extern const char *const common_passwords[];
extern const size_t common_passwords_count;

#endif

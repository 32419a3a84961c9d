/* Secrets in what people paste: URLs, headers, commands, credentials. */
#ifndef W403_BASE_REDACT_H
#define W403_BASE_REDACT_H

#include <stddef.h>

/* Overwrites each byte of a secret in p[0..n) with `*`: the values of signatures, security tokens, Authorization, secret
 * keys and keys of SSE-C, however they are written (x=y, x: y, "x": "y", URL-encoded), and what stands before the `@` of a
 * URL. Length and places stay. Every message and every excerpt goes through here. O(n). */
void w403_redact(char *p, size_t n);

#endif

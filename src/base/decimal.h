#ifndef W403_BASE_DECIMAL_H
#define W403_BASE_DECIMAL_H

#include "base/view.h"

/* Decimal text as it stands ([+-]digits[.digits][e[+-]digits]); never through double (G5, `1.2` TLS). */
bool w403_decimal_valid(w403_view v);
/* <0, 0, >0; both must be valid. Exact at any length. */
int w403_decimal_cmp(w403_view a, w403_view b);

#endif

/* ARN patterns taken apart. Private to the room. */
#ifndef W403_LINT_ARN_H
#define W403_LINT_ARN_H

#include "lint/check.h"

/* On the first five colons that stand in no variable; gives how many parts there are. */
unsigned w403_lint_arn_split(w403_view v, w403_view part[6]);
bool w403_lint_open(w403_view v);             /* a wildcard or a variable in it */
bool w403_lint_digits(w403_view v, size_t n); /* n digits and nothing else */
/* Variables as `*`, in the arena where there are any. */
w403_view w403_lint_as_glob(w403_lint_run *l, w403_view v);

/* Which half of S3 a resource is (lint 4.2): bits. */
enum { W403_LINT_IS_BUCKET = 1, W403_LINT_IS_OBJECT = 2 };
/* 0: no ARN of a bucket or object (another service, an access point, no ARN at all); `*` is both. */
unsigned w403_lint_halves(w403_view resource);

#endif

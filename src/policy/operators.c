#include "base/nearest.h"
#include "policy/parse.h"

/* Condition operators without `ForAnyValue:` and `IfExists` (semantics 2.2). ArnEquals is ArnLike. */
static const w403_operator operators[] = {
    {"StringEquals", W403_OP_STRING, W403_CMP_EQ, false, true},
    {"StringNotEquals", W403_OP_STRING, W403_CMP_EQ, true, true},
    {"StringEqualsIgnoreCase", W403_OP_STRING, W403_CMP_EQ_ICASE, false, true},
    {"StringNotEqualsIgnoreCase", W403_OP_STRING, W403_CMP_EQ_ICASE, true, true},
    {"StringLike", W403_OP_STRING, W403_CMP_LIKE, false, true},
    {"StringNotLike", W403_OP_STRING, W403_CMP_LIKE, true, true},
    {"NumericEquals", W403_OP_NUMERIC, W403_CMP_EQ, false, true},
    {"NumericNotEquals", W403_OP_NUMERIC, W403_CMP_EQ, true, true},
    {"NumericLessThan", W403_OP_NUMERIC, W403_CMP_LT, false, true},
    {"NumericLessThanEquals", W403_OP_NUMERIC, W403_CMP_LE, false, true},
    {"NumericGreaterThan", W403_OP_NUMERIC, W403_CMP_GT, false, true},
    {"NumericGreaterThanEquals", W403_OP_NUMERIC, W403_CMP_GE, false, true},
    {"DateEquals", W403_OP_DATE, W403_CMP_EQ, false, true},
    {"DateNotEquals", W403_OP_DATE, W403_CMP_EQ, true, true},
    {"DateLessThan", W403_OP_DATE, W403_CMP_LT, false, true},
    {"DateLessThanEquals", W403_OP_DATE, W403_CMP_LE, false, true},
    {"DateGreaterThan", W403_OP_DATE, W403_CMP_GT, false, true},
    {"DateGreaterThanEquals", W403_OP_DATE, W403_CMP_GE, false, true},
    {"Bool", W403_OP_BOOL, W403_CMP_EQ, false, true},
    {"BinaryEquals", W403_OP_BINARY, W403_CMP_EQ, false, true},
    {"IpAddress", W403_OP_IP, W403_CMP_EQ, false, true},
    {"NotIpAddress", W403_OP_IP, W403_CMP_EQ, true, true},
    {"ArnEquals", W403_OP_ARN, W403_CMP_LIKE, false, true},
    {"ArnNotEquals", W403_OP_ARN, W403_CMP_LIKE, true, true},
    {"ArnLike", W403_OP_ARN, W403_CMP_LIKE, false, true},
    {"ArnNotLike", W403_OP_ARN, W403_CMP_LIKE, true, true},
    {"Null", W403_OP_NULL, W403_CMP_EQ, false, false}, /* 2.1: NullIfExists is illegal */
};

const w403_operator *w403_operator_find(w403_view base_name)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (w403_view_ieq(base_name, w403_view_of(operators[i].name))) {
            return &operators[i];
        }
    }
    return NULL;
}

const w403_operator *w403_operators(size_t *n)
{
    *n = sizeof operators / sizeof operators[0];
    return operators;
}

const char *w403_operator_nearest(w403_view base_name)
{
    const char *names[sizeof operators / sizeof operators[0]];
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        names[i] = operators[i].name;
    }
    return w403_nearest(base_name, names, sizeof operators / sizeof operators[0]);
}

/* The description of the server: its schemas, and the whole. */
#ifndef W403_SERVE_OPENAPI_H
#define W403_SERVE_OPENAPI_H

#include "serve/route.h"

typedef struct w403_openapi_schema {
    const char *name, *json;
} w403_openapi_schema;

extern const w403_openapi_schema w403_openapi_schemas[];
extern const size_t              w403_n_openapi_schemas;

void w403_openapi_write(w403_buf *out);

#endif

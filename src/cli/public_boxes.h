/* The boxes of each finding of `public`: by which requests somebody from outside gets in. */
#ifndef W403_CLI_PUBLIC_BOXES_H
#define W403_CLI_PUBLIC_BOXES_H

#include "cli/reason_rows.h"
#include "symbolic/public.h"

typedef struct w403_public_shown {
    size_t finding; /* its place in w403_public.findings */
    uint64_t actions[8];
    w403_view on, on_json; /* the resources: in words, as a set */
    w403_view members;     /* of the box's JSON besides: network and keys */
    w403_view when;
} w403_public_shown;

typedef struct w403_public_boxes {
    w403_rows *rows;
    W403_ARRAY(w403_public_shown) list; /* of one bucket */
} w403_public_boxes;

/* A w403_public_told_fn; `user`: the w403_public_boxes. */
W403_NODISCARD w403_status w403_public_box_add(void *user, const w403_public_told *told, w403_error *err);
/* The member `boxes` of a finding, and `truncated` where there are more than --max-boxes. */
void w403_public_boxes_json(w403_json_writer *w, const w403_public_boxes *b, const w403_public *p, size_t finding);
/* "s3:GetObject on arn:aws:s3:::example/x, over TLS" */
w403_view w403_public_box_words(const w403_public_boxes *b, const w403_public_shown *shown);

#endif

/* What AWS's answers look like, from data/collect-shapes.tsv: names on the wire, names in JSON, and kinds. */
#ifndef W403_LIVE_SHAPES_H
#define W403_LIVE_SHAPES_H

#include "live/calls.h"

typedef enum w403_shape_kind {
    W403_KIND_STRING,
    W403_KIND_KEY, /* a string that is percent-encoded where the answer's EncodingType says so */
    W403_KIND_NUMBER,
    W403_KIND_BOOLEAN,
    W403_KIND_TIME,
    W403_KIND_DOCUMENT, /* percent-encoded JSON */
    W403_KIND_LIST,
    W403_KIND_MAP, /* of strings */
    W403_KIND_STRUCTURE,
} w403_shape_kind;

typedef enum w403_shape_place {
    W403_PLACE_ELEMENT,
    W403_PLACE_ATTRIBUTE,
    W403_PLACE_HEADER,
    W403_PLACE_HEADERS, /* every header that begins so */
} w403_shape_place;

typedef enum w403_time_format { W403_TIME_NONE, W403_TIME_ISO8601, W403_TIME_EPOCH, W403_TIME_RFC822 } w403_time_format;

enum { W403_NO_SHAPE = 0xffff };

typedef struct w403_shape_member {
    const char *name, *wire;
    const char *item; /* element of a wrapped list */
    uint16_t    shape; /* of a structure or of a list's elements; W403_NO_SHAPE: strings, or nothing in it */
    uint8_t     kind, place, time;
    bool        flat; /* a list without a wrapper */
} w403_shape_member;

typedef struct w403_shape {
    uint16_t first, n;
} w403_shape;

typedef struct w403_shape_answer {
    uint16_t shape;
    bool     payload; /* the root element is the one member */
} w403_shape_answer;

extern const w403_shape_member w403_shape_members[];
extern const w403_shape        w403_shapes[];
extern const w403_shape_answer w403_shape_answers[W403_CALL_COUNT];

#endif

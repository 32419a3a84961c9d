/* Forms: what clients write around AWS's answer, as patterns of data/error-forms.tsv compiled by tools/gen_forms.py.
 *
 * A pattern is literals, alternatives and named parts. It is tried where its first literal stands; nothing in it goes
 * back further than one part, so a text costs its length times a small constant. */
#ifndef W403_EVIDENCE_FORMS_H
#define W403_EVIDENCE_FORMS_H

#include "evidence/target.h"

/* What a part may be. Each has its own characters and its own test: text that only looks like one is no fact. */
typedef enum w403_part {
    W403_PART_NONE,
    W403_PART_CODE,       /* an error code, in any spelling of its words */
    W403_PART_KNOWN_CODE, /* the same, only those of error-codes.tsv */
    W403_PART_CALL,       /* the name of any API operation, of S3 or not */
    W403_PART_OPERATION,  /* one of S3's: PutObject, putObject, put_object, put-object, or a client's word for it */
    W403_PART_REQUEST_ID,
    W403_PART_HOST_ID,
    W403_PART_STATUS,     /* 100..599 */
    W403_PART_BUCKET,
    W403_PART_KEY,
    W403_PART_PATH,       /* bucket/key */
    W403_PART_SOURCE,     /* the same, that something was copied from */
    W403_PART_ALIAS,      /* a client's own name for an account or endpoint */
    W403_PART_URL,        /* what stands behind https:// */
    W403_PART_HOST,
    W403_PART_URI,        /* /path?query of a request line */
    W403_PART_METHOD,
    W403_PART_ARN,
    W403_PART_ACTION,
    W403_PART_PREFIX,     /* of a listing */
    W403_PART_HEADERS,    /* names of headers */
    W403_PART_TIME,
    W403_PART_ID,         /* an authorization id */
    W403_PART_VALUE,      /* of a header */
    W403_PART_WORD,       /* anything without a blank; nothing is learnt from it */
    W403_PARTS
} w403_part;

typedef enum w403_form_op {
    W403_ITEM_END,
    W403_ITEM_LITERAL, /* a blank: one or more; a quote: any quote; letters: of any case */
    W403_ITEM_CHOICE,  /* literals, each with its NUL, the list ended by an empty one; `optional`: or nothing */
    W403_ITEM_PART,
    W403_ITEM_GAP,     /* at most `max` characters, the fewest that do */
    W403_ITEM_IS,      /* `: "`, `=`, `' => '` and their like between a name and its value */
    W403_ITEM_BLANKS,  /* none or more */
    W403_ITEM_LINE_END /* of a line, or of the text */
} w403_form_op;

typedef struct w403_form_item {
    uint8_t     op;       /* w403_form_op */
    uint8_t     part;     /* w403_part */
    bool        whole;    /* a part that may hold blanks: up to what follows it */
    bool        optional;
    uint16_t    max;
    const char *text;     /* literals; of a part: the set of words for operations, NULL: the usual names */
} w403_form_item;

typedef struct w403_wording {
    const char *id;     /* aws-cli.error */
    const char *client;
    const char *first;  /* lower case: the literal at which the pattern is tried */
    const char *not_behind; /* no hit where this stands before it; NULL */
    uint8_t     lead;   /* w403_part that stands before `first` */
    const char *lead_set;
    uint8_t     rank;   /* 1: AWS's or the client's own account of the failure, 2: its details, 3: what stands around */
    bool        denied; /* it says by itself that access was denied */
    bool        inside; /* `first` may begin inside a word */
    /* constants that the form stands for; NULL: none */
    const char *code, *operation, *method, *principal, *action, *cause, *status;
    const char *header; /* whose value the part `value` is */
    const w403_form_item *items; /* what follows `first` */
} w403_wording;

extern const w403_wording w403_forms[];
extern const uint16_t  w403_n_forms;
/* Forms by the first byte of `first`: the slots [starts[c], starts[c + 1]) of `order`. */
extern const uint16_t w403_form_starts[257], w403_form_order[];

/* Words of clients for operations (data/client-operations.tsv). */
typedef struct w403_client_word {
    const char *set, *word, *operation;
} w403_client_word;
extern const w403_client_word w403_client_words[];
extern const size_t           w403_n_client_words;

/* One hit: what each part was. Views are {NULL,0} where the form has no such part. */
typedef struct w403_hit {
    const w403_wording      *form;
    size_t                from, to; /* in the text */
    w403_view             at[W403_PARTS];
    const w403_code      *code;
    const w403_operation *operation;
} w403_hit;

/* A text made ready: line ends are blanks; `marks` has a bit for each of its bytes. */
enum {
    W403_MARK_BREAK = 1, /* this blank was a line end */
    W403_MARK_TORN = 2   /* a line that was perhaps cut by its width ends before this byte: a value up to it is unsure */
};
typedef struct w403_clean {
    w403_view      text;
    const uint8_t *marks;
    bool           torn; /* some line was perhaps cut by its width */
} w403_clean;

/* Tries one form whose first literal stands at `at`. */
bool w403_form_match(const w403_wording *form, const w403_clean *c, size_t at, w403_hit *out);
/* Calls `found` for every hit, in the order of the text, until it gives false. */
void w403_forms_find(const w403_clean *c, bool (*found)(void *user, const w403_hit *hit), void *user);

/* The operation that a word stands for, in a set or by its usual names; NULL: none. */
const w403_operation *w403_client_operation(const char *set, w403_view word);
/* An error code in any spelling: AccessDenied, ACCESS_DENIED, access-denied, access_denied. NULL: not in the table. */
const w403_code *w403_code_spelled(w403_view word);

#endif

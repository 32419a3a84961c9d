/* Answers for people and for programs. Nothing is decided here: what is shown stands in the decision, the
 * explanation and the fixes. */
#ifndef W403_RENDER_RENDER_H
#define W403_RENDER_RENDER_H

#include "base/buf.h"
#include "base/error.h"

typedef struct w403_render_options {
    bool color;
    int width;  /* columns of the terminal; 0 = 100 */
    bool full;  /* also what did not matter: every layer, every statement that did not match */
    bool ascii; /* no box characters, arrows or ellipses beyond ASCII */
    unsigned with; /* of JSON: W403_WITH_* */
} w403_render_options;

/* Members of the JSON answer that are written for those who ask for them (docs/json.md). */
enum {
    W403_WITH_NEAR = 1,        /* statements that did not match */
    W403_WITH_ELEMENTS = 2,    /* of each statement, how each element fared */
    W403_WITH_ALL_LAYERS = 4,  /* also the kinds that have no say, and why */
    W403_WITH_DOCUMENTS = 8,   /* the policies as texts */
    W403_WITH_CONTEXT = 16,    /* the condition keys that policies read */
    W403_WITH_BRANCHES = 32,   /* what an undetermined answer would be */
    W403_WITH_CHANGED = 64,    /* the documents after a fix */
    W403_WITH_EVERYTHING = 127,
    W403_WITHOUT_LAYERS = 128, /* `layers` at the top, which are those of the reported check */
    W403_WITHOUT_FIXES = 256   /* none is looked for */
};

/* What an undetermined answer would be if one fact were known. */
typedef struct w403_render_branch {
    w403_view fact;     /* a condition key */
    bool present;       /* else the request would not have it */
    bool other;         /* the value stands for every one that no policy names */
    w403_view value;
    w403_verdict verdict;
    const char *cause;  /* NULL: none */
} w403_render_branch;

typedef struct w403_render_branches {
    const w403_render_branch *at;
    uint32_t n;
} w403_render_branches;

struct w403_fix_list; /* fix/fix.h */
struct w403_evidence; /* evidence/evidence.h, evidence/look.h */
struct w403_reported;
struct w403_missing;
struct w403_look;

/* One request that the evidence may be about, with the options over it. */
typedef struct w403_render_reading {
    const w403_request *request;
    w403_view           why;     /* how it was arrived at */
    bool                decided; /* else something is missing */
    bool                chosen;
    w403_verdict        verdict;
    const char         *cause;   /* NULL: none */
} w403_render_reading;

/* What the request was read from, and how the answer compares with what AWS said. */
typedef struct w403_render_evidence {
    const struct w403_evidence *const *sources;
    uint32_t                    n_sources;
    const w403_render_reading  *readings;
    uint32_t                    n_readings;
    const struct w403_missing  *missing;   /* what neither evidence nor options say */
    uint32_t                    n_missing;
    const struct w403_reported *reported;  /* NULL: AWS said nothing */
    bool                        judged;    /* else the message alone speaks, and the decision is an empty one */
    const char                 *agreement; /* "agrees", "same-request", "not-denied", "unsure"; NULL: nothing said */
    w403_view                   compared;  /* a sentence, where they differ */
    const struct w403_look     *looks;     /* where to look, or what may have changed */
    uint32_t                    n_looks;
} w403_render_evidence;

typedef struct w403_render_input {
    const w403_snapshot *snapshot; /* may be NULL */
    const w403_policies *policies; /* may be NULL */
    const w403_request *request;
    const w403_decision *decision; /* made with W403_DETAIL_FULL */
    const w403_explanation *explanation;
    const struct w403_fix_list *fixes; /* may be NULL: none were looked for */
    const w403_render_evidence *evidence; /* may be NULL: the request was said in so many words */
    w403_render_branches branches; /* of an undetermined answer, where they were asked for */
    const w403_problems *warnings; /* may be NULL: of what was read; text leaves them to standard error */
    w403_view snapshot_folder; /* as the user named it: the snapshot's files are below; {NULL,0}: there is none */
    const struct w403_language *language; /* the language of what people read; NULL: English */
} w403_render_input;

/* One format each: design.md 5 (text), 6 (JSON, one object on one line), SARIF 2.1.0, and one self-contained
 * HTML page. Appends to `out`. Errors: W403_NOMEM. */
w403_status w403_render_text(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err);
w403_status w403_render_json(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err);
w403_status w403_render_sarif(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                              w403_error *err);
w403_status w403_render_html(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err);

#endif

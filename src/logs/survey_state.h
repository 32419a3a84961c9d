/* Of the survey: what its parts share. */
#ifndef W403_LOGS_SURVEY_STATE_H
#define W403_LOGS_SURVEY_STATE_H

#include "base/array.h"
#include "base/hash.h"
#include "logs/judge.h"
#include "logs/links.h"
#include "logs/seen.h"
#include "logs/survey.h"

/* question.c. A first request, read again and judged: all that is asked about a group is asked of it. */
typedef struct w403_question {
    w403_case               c;
    const w403_log_session *session;
    w403_policies          *policies; /* with the session's; NULL: those given by hand */
    w403_judgement          judgement;
    w403_view               missing;  /* a managed session policy whose document is not known: then nothing is decided */
} w403_question;

/* Shapes that are judged side by side, each in an arena of its own. All zero: none yet. */
enum { W403_SHAPE_BATCH = 128 };
typedef struct w403_shape_arenas {
    w403_arena *at[W403_SHAPE_BATCH];
} w403_shape_arenas;
/* The first `n` are there, and empty. Errors: W403_NOMEM. */
w403_status w403_shape_arenas_ready(w403_shape_arenas *a, size_t n, w403_error *err);
void        w403_shape_arenas_free(w403_shape_arenas *a);

/* One arena for a question at a time. Errors: W403_NOMEM; a text that cannot be read again leaves *asked false. */
w403_status w403_question_open(w403_arena *a, const w403_survey *s, const w403_survey_options *o,
                               const w403_shape *shape, w403_question *q, bool *asked, w403_error *err);
void        w403_question_close(w403_question *q);

/* What another record of the same refusal says: CloudTrail's of an access log's, KMS's of S3's. */
typedef struct w403_hint {
    const char *cause;
    w403_view   action;
    bool        kms;
} w403_hint;

/* group_cause.c: the cause that AWS's words name, NULL: they name none; the cause, what the policies say and whether
 * both agree, into *out; what sort of denial it is. */
const char *w403_group_claimed(const w403_reported *r);
void        w403_group_cause(const w403_question *q, bool asked, const w403_shape *shape, const w403_hint *h,
                             w403_cause_group *out);
w403_denial w403_group_denial(const w403_question *q, const char *cause, w403_view action, bool kms);

/* group_names.c: in the arena, or pointing into the question. */
w403_view w403_group_principal(w403_arena *a, const w403_question *q);
w403_view w403_group_action(w403_arena *a, const w403_question *q, const w403_hint *h, const char *cause);
w403_view w403_group_statement(w403_arena *a, const w403_judgement *j, const char *cause);
w403_view w403_group_folder(const w403_shape *shape); /* the first folder of its keys; {NULL,0}: none, or several */
w403_view w403_group_access_point(const w403_record *r);                    /* its ARN; {NULL,0}: none */
w403_view w403_group_bucket(const w403_snapshot *s, const w403_record *r); /* also behind an access point */
w403_view w403_group_resource(w403_arena *a, const w403_snapshot *s, const w403_case *c, const w403_shape *shape);
w403_view w403_group_context(w403_arena *a, const w403_question *q); /* KEY=VALUE, one a line */
bool      w403_reads_object(const w403_record *r);

/* select.c: is it one that the options ask for? */
bool w403_survey_selects(const w403_survey_options *o, const w403_record *r);
/* groups.c: the shapes into s->groups; `links` says which belong together. */
w403_status w403_survey_group(w403_survey *s, const w403_survey_options *o, const w403_links *links,
                              w403_error *err);
/* began.c: the change behind each group. */
w403_status w403_survey_began(w403_survey *s, const w403_survey_options *o, w403_error *err);
/* fixes.c: what makes the first request of each of the first groups work. Without a snapshot: nothing. */
w403_status w403_survey_fixes(w403_survey *s, const w403_survey_options *o, w403_error *err);
/* notes.c */
w403_status w403_survey_notes(w403_survey *s, const w403_survey_options *o, bool data_events, w403_error *err);

/* proof.c: is the question answered otherwise without the change? */
struct w403_sources; /* proof.h */
w403_status w403_prove(w403_survey *s, const w403_survey_options *o, struct w403_sources *src, const w403_question *q,
                       const char *cause, const w403_log_change *change, w403_began *out, w403_error *err);

#endif

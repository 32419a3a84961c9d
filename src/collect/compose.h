/* Answers into the text of a snapshot's file, laid out as `aws ... --output json` prints it: 4 blanks, a newline at
 * the end, text as it came. */
#ifndef W403_COLLECT_COMPOSE_H
#define W403_COLLECT_COMPOSE_H

#include "json/json.h"

/* JSON laid out, as it stands `depth` levels below the top; the bytes of strings and numbers stay. `without`: the
 * name of a member that is left out wherever it stands; {NULL,0}: none. The text must have been parsed. O(n). */
void w403_compose_value(w403_buf *out, w403_view json, unsigned depth, w403_view without);
/* What stands between the brackets of an array, one element a line, behind the others of the list at `depth`. */
void w403_compose_elements(w403_buf *out, w403_view array, unsigned depth, bool others, w403_view without);
/* A whole file: the value, and a newline. */
void w403_compose_file(w403_buf *out, w403_view json, w403_view without);

/* {"error": {"code": ...}} on one level below `depth`. A code that says that nothing is configured stands alone; else
 * with what AWS said, the call (`s3:GetBucketPolicy`) and the time. Secrets in the message are overwritten. */
typedef struct w403_compose_failure {
    w403_view code, message, call, at; /* all but the code may be {NULL,0} */
} w403_compose_failure;
void w403_compose_error(w403_buf *out, const w403_compose_failure *why, unsigned depth);
/* The same as a value on one line, for w403_compose_value. */
void w403_compose_error_flat(w403_buf *out, const w403_compose_failure *why);

/* One object of several members, in this order: each value is JSON. An empty name: the members of this object come
 * here. A value of {NULL,0} is left out. The result is flat JSON, for w403_compose_file. */
typedef struct w403_compose_part {
    w403_view name, value;
} w403_compose_part;
void w403_compose_members(w403_buf *out, const w403_compose_part *parts, size_t n);

#endif

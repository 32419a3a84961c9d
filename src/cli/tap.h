/* The one writer of the Test Anything Protocol: a name or a value cannot add a line, a directive or a control
 * character. */
#ifndef W403_CLI_TAP_H
#define W403_CLI_TAP_H

#include "base/buf.h"

/* `ok N - name`, `not ok N - name`: `#` and `\` of the name are escaped, as TAP 14 has it. */
void w403_tap_result(w403_buf *out, bool passed, size_t number, w403_view name);
/* `# ` and the text on one line: line ends in it become blanks. */
void w403_tap_comment(w403_buf *out, w403_view text);
/* The same of a format. */
void w403_tap_commentf(w403_buf *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

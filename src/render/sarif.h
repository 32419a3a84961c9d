/* What every SARIF log of ours says of files. */
#ifndef W403_RENDER_SARIF_H
#define W403_RENDER_SARIF_H

#include "json/json.h"

/* `"artifactLocation"` of a path as the user gave it: a relative one hangs on %SRCROOT%, which whoever reads the log puts
 * its checkout in place of. */
void w403_sarif_artifact(w403_json_writer *w, w403_arena *a, w403_view path);
/* `"originalUriBaseIds"` of the run. */
void w403_sarif_bases(w403_json_writer *w);

#endif

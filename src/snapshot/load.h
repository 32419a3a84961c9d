/* Loading a snapshot: the calls of why403.h (w403_snapshot_load, _parse, _free), and this one for a snapshot that is a
 * value inside another document. */
#ifndef W403_SNAPSHOT_LOAD_H
#define W403_SNAPSHOT_LOAD_H

#include "snapshot/snapshot.h"

/* From `value`, an object that maps paths to contents (the "snapshot" of a case). doc->text must outlive the
 * snapshot; its nodes need not. Every problem is added to `problems`; errors among them make it fail with the
 * first one in *err. The caller frees *out with w403_snapshot_free. */
w403_status w403_snapshot_from_json(const w403_json_doc *doc, const w403_json *value, w403_problems *problems,
                                    w403_snapshot **out, w403_error *err);

#endif

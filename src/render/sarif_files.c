#include "render/sarif.h"

#include "base/encode.h"

void w403_sarif_artifact(w403_json_writer *w, w403_arena *a, w403_view path)
{
    bool absolute = w403_view_starts(path, W403_LIT("/"));
    w403_view uri = w403_percent_encode(a, path, "/");
    w403_jw_key(w, "artifactLocation");
    w403_jw_object(w);
    w403_jw_text(w, "uri", absolute && uri.p ? w403_arena_printf(a, "file://%.*s", W403_ARG(uri)) : uri);
    if (!absolute) {
        w403_jw_word(w, "uriBaseId", "%SRCROOT%");
    }
    w403_jw_end_object(w);
    w->out->failed |= !uri.p;
}

void w403_sarif_bases(w403_json_writer *w)
{
    w403_jw_key(w, "originalUriBaseIds");
    w403_jw_object(w);
    w403_jw_key(w, "%SRCROOT%");
    w403_jw_object(w);
    w403_jw_key(w, "description");
    w403_jw_object(w);
    w403_jw_word(w, "text", "the folder that why403 was run in");
    w403_jw_end_object(w);
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

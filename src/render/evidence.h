/* What the request was read from, in each format. NULL evidence: nothing is written. */
#ifndef W403_RENDER_EVIDENCE_H
#define W403_RENDER_EVIDENCE_H

#include "evidence/evidence.h"
#include "evidence/look.h"
#include "render/html.h"
#include "render/text.h"
#include "json/json.h"

/* Stands in front of the verdict: what was read, what is not known, how AWS's words compare. */
void w403_evidence_text(const w403_text *t);
/* The member `evidence`. */
void w403_evidence_json(w403_json_writer *w, const w403_render_evidence *e);
/* A section of the page. */
void w403_evidence_html(w403_html *h);

#endif

/* The text that an error is about, for the excerpt: a file, or the document inside a string of one. */
#ifndef W403_CLI_SOURCE_TEXT_H
#define W403_CLI_SOURCE_TEXT_H

#include "json/json.h"

/* The last file that was looked into: the problems of a load come file by file, and are hundreds of one file. */
typedef struct w403_source_text {
    w403_arena   *arena; /* of the file; NULL: none yet */
    w403_view     name;
    w403_view     text;   /* {NULL,0}: it cannot be read */
    w403_json_doc doc;    /* root: NULL unless it was parsed */
    bool          parsed; /* or it is no JSON */
    w403_lines    lines;
} w403_source_text;

struct w403_cli;

/* Where err->offset counts: standard input, the file of that name (or below the snapshot), `FILE#POINTER` the document
 * in a string of it, `SNAPSHOT: PATH#POINTER` that of a snapshot in one file. False: it cannot be found, or is another
 * than the one that was read. *out lives until the next call, or in `a`. */
bool w403_source_text_of(struct w403_cli *cli, w403_arena *a, const w403_error *err, w403_view *out);
void w403_source_text_close(w403_source_text *s);

#endif

/* The pages of one call, joined list by list: each list grows in memory, and from a size on in a file without a name,
 * so that an account of any size is collected in the same memory. */
#ifndef W403_COLLECT_JOIN_H
#define W403_COLLECT_JOIN_H

#include "collect/folder.h"
#include "json/json.h"

typedef struct w403_join w403_join;

/* `without`: a member to leave out wherever it stands; {NULL,0}: none. The folder, where what is long is put beside
 * `path`; NULL: everything stays in memory. */
W403_NODISCARD w403_status w403_join_open(w403_folder *folder, w403_view path, w403_view without, w403_join **out,
                                          w403_error *err);
/* A list that an earlier page had goes on; any other member of an earlier page stays as it was there. */
W403_NODISCARD w403_status w403_join_page(w403_join *j, w403_view json, w403_error *err);
/* The file `path` of the folder, or the text of it. */
W403_NODISCARD w403_status w403_join_write(w403_join *j, w403_error *err);
W403_NODISCARD w403_status w403_join_text(w403_join *j, w403_buf *out, w403_error *err);
void w403_join_close(w403_join *j); /* NULL is fine */

#endif

/* Many logs: files, directories walked down, standard input; read by several threads. */
#ifndef W403_LOGS_TREE_H
#define W403_LOGS_TREE_H

#include <signal.h>

#include "base/file.h"
#include "base/limits.h"
#include "logs/reader.h"

/* Every file to read, in order: a file as it is, a directory's files (w403_file_list), `-` standard input, once.
 * `texts` (may be NULL) are looked through first. Names hold the path that was given, end in NUL, and live in `a`.
 * Errors: W403_IO with the path, when one that was given is not there or cannot be listed. */
W403_NODISCARD w403_status w403_log_find(w403_arena *a, const w403_text_set *texts, const char *const *paths, size_t n,
                                         w403_paths *out, w403_error *err);

enum { W403_LOG_THREADS_MAX = W403_LIMIT_LOG_THREADS };

/* Told, in the thread that called, how far reading has come: bytes of the sources, and how many there are (0: not
 * known, there is a pipe among them); and that all is read. */
typedef struct w403_log_watch {
    void (*step)(void *user, uint64_t read, uint64_t size);
    void (*done)(void *user);
    void *user;
    const volatile sig_atomic_t *stop; /* not 0: reading ends here, and what was read is all; may be NULL */
} w403_log_watch;

/* Reads all of `files`, `threads` at a time (1: in this thread, in order). sinks[i] and stats[i] belong to thread i:
 * no sink is called by two threads, so each can count for itself and be merged when this returns. With several
 * threads, which file goes to which is a matter of chance, and threads that find none left help with long logs of
 * lines. `watch` may be NULL.
 * Errors: the first that a sink gave, W403_NOMEM, W403_SEMANTIC (threads out of 1..W403_LOG_THREADS_MAX). */
W403_NODISCARD w403_status w403_log_read_all(const w403_paths *files, unsigned threads,
                                             const w403_log_sink *sinks, w403_log_stats *stats,
                                             const w403_log_watch *watch, w403_error *err);

/* Of files that are read twice: what was damaged at the first time is said, even if the second time went well. */
typedef struct w403_log_first {
    uint64_t   files, reports; /* damaged, and told */
    w403_error error;
} w403_log_first;

w403_log_first w403_log_first_time(const w403_log_stats *stats, const w403_error *damage, size_t n);
w403_status    w403_log_first_add(const w403_log_first *first, w403_arena *a, w403_log_stats *stats,
                                  const w403_error **damage, size_t *n, w403_error *err);
/* In the order of files and bytes, whoever read them. */
void w403_log_damage_sort(w403_error *damage, size_t n);

#endif

/* From a command line to a server that runs. */
#ifndef W403_SERVE_SETUP_H
#define W403_SERVE_SETUP_H

#include "cli/cli.h"
#include "serve/server.h"

/* options.c. Errors: a value that is none, what does not go together, what would leave the server open to others. */
W403_NODISCARD w403_status w403_serve_read(w403_cli *cli, w403_serve_options *out, w403_error *err);

typedef struct w403_listeners {
    int      fd[W403_HTTP_LISTENERS];
    bool     tls[W403_HTTP_LISTENERS];
    unsigned n;
    uint32_t pdp, local; /* bit i: decision points only; a Unix socket */
    bool     passed;     /* by systemd, which keeps them for who comes next */
    unsigned port;       /* of the first that has one; 0: none */
    w403_view address[W403_HTTP_LISTENERS]; /* `127.0.0.1:8403`, a path */
} w403_listeners;

/* listen.c: sockets of systemd (LISTEN_FDS), else those that are asked for. */
W403_NODISCARD w403_status w403_listen(w403_arena *a, const w403_serve_options *o, w403_listeners *out, w403_error *err);
/* Nobody else gets in; requests on their way do not notice. */
void w403_listeners_refuse(w403_listeners *l);
void w403_listeners_close(w403_listeners *l, const w403_serve_options *o);
/* `ADDRESS:PORT`, `[v6]:PORT`, `PORT`. False: it is none. */
bool w403_listen_split(w403_view text, w403_view *host, w403_view *port);
bool w403_listen_is_local(w403_view text);

/* notify.c: what systemd is told, where it started us. */
void w403_notify(const char *state);

/* keys.c: lines `ACCESS-KEY-ID ARN`. */
W403_NODISCARD w403_status w403_keys_open(w403_key_owners *k, const char *path, w403_error *err);

#endif

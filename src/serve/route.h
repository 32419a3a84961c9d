/* The table of routes: dispatch, rights, limits, metrics and the OpenAPI description are made from it. */
#ifndef W403_SERVE_ROUTE_H
#define W403_SERVE_ROUTE_H

#include "serve/server.h"

typedef enum w403_body_kind { W403_BODY_NONE, W403_BODY_ASK, W403_BODY_PDP, W403_BODY_LINES } w403_body_kind;

typedef struct w403_serve_route {
    const char     *methods; /* "GET", "POST", "*": any */
    const char     *path;    /* whole; with `*` at its end: what begins so */
    const char     *id;      /* its name in metrics and in the description */
    unsigned        scopes;  /* any of them will do; 0: whoever asks */
    w403_body_kind  body;
    w403_error_form form;    /* of refusals */
    void (*run)(w403_serving *q);
    /* of the description */
    const char     *summary;
    const char     *request, *answer; /* schemas by name; NULL: none */
    const char     *example; /* of the request, JSON; NULL: none */
} w403_serve_route;

extern const w403_serve_route w403_routes[];
extern const unsigned   w403_n_routes;

/* What the module calls. */
extern const w403_http_ops w403_serve_ops;
/* The arena of this thread, emptied. NULL: memory is short. */
w403_arena *w403_thread_arena(w403_server *s);

/* ---- what answers; by file ---- */
void w403_route_page(w403_serving *q);          /* page.c */
void w403_route_ask(w403_serving *q);           /* ask.c */
void w403_route_batch(w403_serving *q);         /* batch.c; the first call, from `head` */
void w403_batch_piece(w403_serving *q, w403_view bytes, bool last);
void w403_batch_end(w403_serving *q);
void w403_route_snapshot(w403_serving *q);      /* state.c */
void w403_route_file(w403_serving *q);
void w403_route_reload(w403_serving *q);
void w403_route_alive(w403_serving *q);
void w403_route_ready(w403_serving *q);
void w403_route_metrics(w403_serving *q);
void w403_route_openapi(w403_serving *q);       /* openapi.c */
void w403_route_opa(w403_serving *q);           /* opa.c */
void w403_route_opa_health(w403_serving *q);
void w403_route_evaluation(w403_serving *q);    /* authzen.c */
void w403_route_evaluations(w403_serving *q);
void w403_route_search_subject(w403_serving *q);/* authzen_search.c */
void w403_route_search_resource(w403_serving *q);
void w403_route_search_action(w403_serving *q);
void w403_route_authzen_metadata(w403_serving *q);
void w403_route_nginx(w403_serving *q);         /* gateway.c */
void w403_route_envoy(w403_serving *q);

#endif

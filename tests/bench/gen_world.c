/* gen_world STATEMENTS REQUESTS DIR: writes DIR/snapshot.json and DIR/requests.ndjson of the seeded bench world, for
 * `why403 decide`. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

static FILE *open_in(const char *dir, const char *name)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = n > 0 && (size_t)n < sizeof path ? fopen(path, "w") : NULL;
    if (!f) {
        perror(name);
        exit(2);
    }
    return f;
}

static void member(FILE *f, const char *name, w403_view v, const char *before)
{
    fprintf(f, "%s\"%s\":\"%.*s\"", before, name, (int)v.n, v.p);
}

int main(int argc, char **argv)
{
    bench_world w;
    if (argc != 4) {
        fprintf(stderr, "usage: gen_world STATEMENTS REQUESTS DIR\n");
        return 2;
    }
    if (!bench_world_make(&w, (unsigned)strtoul(argv[1], NULL, 10), (unsigned)strtoul(argv[2], NULL, 10), 403)) {
        return 2;
    }
    FILE *snapshot = open_in(argv[3], "snapshot.json"), *requests = open_in(argv[3], "requests.ndjson");
    fwrite(w.text, 1, w.n_text, snapshot);
    for (size_t i = 0; i < w.n_requests; i++) {
        const w403_request *r = &w.requests[i];
        member(requests, "action", r->action, "{");
        member(requests, "resource", r->resource, ",");
        member(requests, "principal", r->principal, ",");
        member(requests, "from", r->from, ",");
        member(requests, "at", r->at, ",");
        fputs("}\n", requests);
    }
    int bad = fclose(snapshot) | fclose(requests);
    bench_world_free(&w);
    return bad ? 2 : 0;
}

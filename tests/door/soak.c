/* Questions of every kind, a great many of them: soak N [--no-rss]. What is given back must be enough: resident memory after a tenth of
 * them is what it is at the end. Under a sanitizer, whose quarantine grows, --no-rss: then the leaks at the end count. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "why403.h"

#define REQUEST                                                                                                        \
    "\"request\":{\"operation\":\"GetObject\",\"resource\":\"arn:aws:s3:::b/k\",\"principal\":"                     \
    "\"arn:aws:iam::111122223333:user/a\",\"from\":\"203.0.113.9\",\"at\":\"2026-11-21T10:00:00Z\"}"
#define ALLOW "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"
#define DENY                                                                                                           \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\","  \
    "\"Resource\":\"arn:aws:s3:::b/*\"}]}"
#define PLACE "accounts/111122223333/s3/b/policy.json"
#define EVENT                                                                                                          \
    "{\"Records\":[{\"eventTime\":\"2026-11-21T10:00:00Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":"        \
    "\"GetObject\",\"errorCode\":\"AccessDenied\"}]}"

static const char *const questions[] = {
    "{\"ask\":\"decide\"," REQUEST "}",
    "{\"ask\":\"decide\"," REQUEST ",\"policies\":{\"identity\":[" ALLOW "]}}",
    "{\"ask\":\"explain\"," REQUEST ",\"policies\":{\"identity\":[" ALLOW "],\"resource\":" DENY "}}",
    "{\"ask\":\"explain\"," REQUEST ",\"overlay\":{\"" PLACE "\":" ALLOW "}}",
    "{\"ask\":\"explain\"," REQUEST ",\"format\":\"html\"}",
    "{\"ask\":\"evidence\",\"evidence\":{\"error\":\"An error occurred (AccessDenied) when calling the GetObject operation: Access Denied\"}}",
    "{\"ask\":\"lint\",\"files\":{\"p.json\":" DENY "}}",
    "{\"ask\":\"logs\",\"files\":{\"t\":" EVENT "}}",
    "{\"ask\":\"replay\",\"files\":{\"t\":" EVENT "},\"policy\":{\"" PLACE "\":" ALLOW "}}",
    "{\"ask\":\"public\",\"all\":true}",
    "{\"ask\":\"decide\"," REQUEST ",\"policies\":{\"identity\":[{\"Version\":",
    "{\"ask\":\"explan\"}",
    "[",
};

enum { KINDS = sizeof questions / sizeof *questions, COSTLY_FROM = 4, COSTLY_TO = 9, COSTLY_EVERY = 50 };

static long resident_kb(void)
{
    long  pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%*s %ld", &pages) != 1) {
        pages = 0;
    }
    if (f) {
        (void)fclose(f);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static w403_world *world_of(const char *text)
{
    w403_world *w = NULL;
    w403_error  err;
    if (w403_world_parse((w403_view){text, strlen(text)}, &w, &err) != W403_OK) {
        fprintf(stderr, "soak: %s\n", err.message);
        exit(2);
    }
    return w;
}

int main(int argc, char **argv)
{
    unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000, answered = 0, refused = 0;
    bool          rss = !(argc > 2 && strcmp(argv[2], "--no-rss") == 0);
    w403_world   *world = world_of("{\"" PLACE "\":" DENY "}");
    w403_arena   *a = w403_arena_new(0);
    long          early = 0;
    for (unsigned long i = 0; i < n && a; i++) {
        size_t kind = i % KINDS;
        if (kind >= COSTLY_FROM && kind <= COSTLY_TO && i / KINDS % COSTLY_EVERY != 0) {
            kind = 0;
        }
        w403_reply reply;
        w403_error err;
        w403_view  question = {questions[kind], strlen(questions[kind])};
        w403_status status = w403_ask(world, question, a, &reply, &err);
        answered += status == W403_OK;
        refused += status != W403_OK;
        w403_arena_reset(a);
        if (i % 1000 == 999) {
            w403_arena_free(a);
            a = w403_arena_new(0);
            w403_world_free(world);
            world = world_of("{\"" PLACE "\":" DENY "}");
        }
        if (i == n / 10) {
            early = resident_kb();
        }
    }
    long late = resident_kb();
    w403_arena_free(a);
    w403_world_free(world);
    bool flat = !rss || late <= early + 4096;
    printf("%lu answered, %lu refused; resident %ld kB after a tenth, %ld kB at the end%s\n", answered, refused, early, late,
           flat ? "" : ": it grows");
    return flat && answered && refused ? 0 : 1;
}

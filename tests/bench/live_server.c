/* Answers that were made before, each LATENCY ms after its request: what a client of AWS is measured against, because the replay
 * server (tests/live) is no match for it. HTTP/1.1 with keep-alive, on loopback, by epoll in one thread.
 *
 *     live_server ANSWERS LATENCY_MS [CERTIFICATE KEY]
 *
 * ANSWERS holds lines "KEY<tab>FILE": a whole answer, head and body, by what is asked. With a certificate it speaks TLS. The port is
 * printed; it ends with its standard input, and prints the number of requests and of connections then.
 *
 * Keys: POST: the action or the target's operation, and after a blank the marker or token. GET: `?policy` for a setting of any
 * bucket, `/`, `/ <continuation token>`, the path for S3 control. `*` is for everything else. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "measure.h"

enum { CONNECTIONS = 4096, IN = 65536, ANSWERS = 4096, QUEUE = 8192, KEY = 512 };

typedef struct answer {
    char *key, *bytes;
    size_t n;
} answer;

typedef struct connection {
    int fd;
    SSL *tls;
    bool ready; /* the handshake is over */
    unsigned generation;
    size_t n_in, sent;
    const answer *out; /* on its way */
    char in[IN];
} connection;

typedef struct due {
    double at;
    connection *to;
    unsigned generation;
    const answer *what;
} due;

static answer answers[ANSWERS];
static size_t n_answers;
static connection connections[CONNECTIONS];
static due queue[QUEUE];
static size_t first, waiting;
static unsigned long requests, accepted;
static int poller;
static SSL_CTX *context;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int by_key(const void *a, const void *b) { return strcmp(((const answer *)a)->key, ((const answer *)b)->key); }

static void load(const char *path)
{
    FILE *list = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    if (!list) fail(path);
    while (getline(&line, &cap, list) > 0 && n_answers < ANSWERS) {
        char *tab = strchr(line, '\t');
        if (!tab) continue;
        *tab = 0;
        tab[1 + strcspn(tab + 1, "\n")] = 0;
        FILE *file = fopen(tab + 1, "rb");
        if (!file) fail(tab + 1);
        fseek(file, 0, SEEK_END);
        answer *a = &answers[n_answers++];
        a->n = (size_t)ftell(file);
        rewind(file);
        a->key = strdup(line);
        a->bytes = malloc(a->n + 1);
        if (!a->key || !a->bytes || fread(a->bytes, 1, a->n, file) != a->n) fail(tab + 1);
        fclose(file);
    }
    free(line);
    fclose(list);
    qsort(answers, n_answers, sizeof *answers, by_key);
}

/* The text between `before` and any of `ends`; false: it is not there. */
static bool between(const char *text, const char *before, const char *ends, char out[KEY])
{
    const char *at = strcasestr(text, before);
    if (!at) return false;
    at += strlen(before);
    size_t n = strcspn(at, ends);
    if (n >= KEY / 2) n = KEY / 2 - 1;
    memcpy(out, at, n);
    out[n] = 0;
    return true;
}

static void joined(char key[KEY], const char *name, const char *token)
{
    snprintf(key, KEY, "%.*s%s%.*s", KEY / 2 - 2, name, token ? " " : "", KEY / 2 - 2, token ? token : "");
}

static void key_of(const char *head, const char *body, char key[KEY])
{
    char name[KEY], token[KEY];
    bool more;
    if (!strncmp(head, "POST", 4)) {
        if (between(head, "x-amz-target:", "\r", name)) {
            const char *dot = strrchr(name, '.');
            more = between(body, "\"Marker\":\"", "\"", token) || between(body, "\"NextToken\":\"", "\"", token);
            joined(key, dot ? dot + 1 : name, more ? token : NULL);
            return;
        }
        if (!between(body, "Action=", "&", name)) name[0] = 0;
        more = between(body, "Marker=", "&", token) || between(body, "NextToken=", "&", token);
        joined(key, name, more ? token : NULL);
        return;
    }
    const char *target = strchr(head, ' ') ? strchr(head, ' ') + 1 : head;
    size_t path = strcspn(target, "? ");
    if (path == 1) { /* the list of buckets */
        more = between(target, "continuation-token=", "& ", token);
        joined(key, "/", more ? token : NULL);
    } else if (!strncmp(target, "/v20180820", 10)) {
        snprintf(key, KEY, "%.*s", (int)path, target);
    } else {
        snprintf(key, KEY, "?%.*s", (int)strcspn(target + path + (target[path] == '?'), "=& "), target + path + 1);
    }
}

static void drop(connection *c)
{
    if (c->tls) SSL_free(c->tls);
    close(c->fd);
    c->tls = NULL;
    c->fd = -1;
    c->generation++;
}

static void watch(connection *c, uint32_t what)
{
    struct epoll_event event = {.events = what, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &event);
}

/* As read() and write(): -1 with EAGAIN when it would wait. */
static ssize_t moved(connection *c, bool out, void *bytes, size_t n)
{
    if (!c->tls) return out ? send(c->fd, bytes, n, MSG_NOSIGNAL) : read(c->fd, bytes, n);
    int done = out ? SSL_write(c->tls, bytes, (int)n) : SSL_read(c->tls, bytes, (int)n);
    if (done > 0) return done;
    int why = SSL_get_error(c->tls, done);
    errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPIPE;
    return why == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

static void respond(connection *c)
{
    while (c->sent < c->out->n) {
        ssize_t n = moved(c, true, c->out->bytes + c->sent, c->out->n - c->sent);
        if (n <= 0) {
            if (errno == EAGAIN) watch(c, EPOLLIN | EPOLLOUT);
            else drop(c);
            return;
        }
        c->sent += (size_t)n;
    }
    c->out = NULL;
    watch(c, EPOLLIN);
}

/* One request, if it is whole. Clients do not pipeline. */
static void request(connection *c, double latency)
{
    c->in[c->n_in] = 0;
    char *end = strstr(c->in, "\r\n\r\n"), length[KEY], key[KEY];
    if (!end) return;
    size_t head = (size_t)(end - c->in) + 4, body = 0;
    if (between(c->in, "\r\ncontent-length:", "\r", length)) body = strtoul(length, NULL, 10);
    if (c->n_in < head + body) return;
    end[2] = 0;
    key_of(c->in, c->in + head, key);
    answer wanted = {.key = key};
    answer *found = bsearch(&wanted, answers, n_answers, sizeof *answers, by_key);
    if (!found) {
        snprintf(key, KEY, "*");
        found = bsearch(&wanted, answers, n_answers, sizeof *answers, by_key);
    }
    if (!found || waiting == QUEUE) {
        fprintf(stderr, "no answer to %s\n", key);
        drop(c);
        return;
    }
    requests++;
    c->n_in = 0;
    c->sent = 0;
    queue[(first + waiting++) % QUEUE] = (due){now_s() + latency, c, c->generation, found};
}

static void readable(connection *c, double latency)
{
    if (c->tls && !c->ready) {
        int done = SSL_accept(c->tls);
        if (done == 1) c->ready = true;
        else if (SSL_get_error(c->tls, done) != SSL_ERROR_WANT_READ) drop(c);
        if (!c->ready) return;
    }
    for (;;) {
        ssize_t n = moved(c, false, c->in + c->n_in, IN - 1 - c->n_in);
        if (n > 0) {
            c->n_in += (size_t)n;
            request(c, latency);
            if (c->fd < 0) return;
        } else {
            if (n == 0 || errno != EAGAIN) drop(c);
            return;
        }
    }
}

static void welcome(int listener)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        connection *c = connections;
        while (c < connections + CONNECTIONS && c->fd >= 0) c++;
        if (c == connections + CONNECTIONS) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        *c = (connection){.fd = fd, .generation = c->generation + 1};
        if (context) {
            c->tls = SSL_new(context);
            SSL_set_fd(c->tls, fd);
        }
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
        accepted++;
    }
}

static void send_what_is_due(void)
{
    for (double now = now_s(); waiting && queue[first].at <= now; first = (first + 1) % QUEUE, waiting--) {
        due *d = &queue[first];
        if (d->to->generation != d->generation || d->to->fd < 0) continue;
        d->to->out = d->what;
        respond(d->to);
    }
}

static int listening(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) || listen(fd, 1024) || getsockname(fd, (struct sockaddr *)&at, &n)) fail("listen");
    printf("%u\n", ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: live_server ANSWERS LATENCY_MS [CERTIFICATE KEY]\n");
        return 2;
    }
    load(argv[1]);
    double latency = strtod(argv[2], NULL) / 1e3;
    if (argc > 4) {
        context = SSL_CTX_new(TLS_server_method());
        if (!context || SSL_CTX_use_certificate_chain_file(context, argv[3]) != 1 ||
            SSL_CTX_use_PrivateKey_file(context, argv[4], SSL_FILETYPE_PEM) != 1)
            fail("certificate");
        SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    for (size_t i = 0; i < CONNECTIONS; i++) connections[i].fd = -1;
    poller = epoll_create1(EPOLL_CLOEXEC);
    int listener = listening();
    struct epoll_event events[256], one = {.events = EPOLLIN, .data.ptr = NULL}, input = {.events = EPOLLIN, .data.ptr = &queue};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &one);
    epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &input);
    for (bool ended = false; !ended;) {
        double wait = waiting ? (queue[first].at - now_s()) * 1e3 : 1000;
        int n = epoll_wait(poller, events, 256, wait < 0 ? 0 : (int)wait + 1);
        for (int i = 0; i < n; i++) {
            connection *c = events[i].data.ptr;
            char byte;
            if (!c) welcome(listener);
            else if (c == (void *)&queue) ended = read(STDIN_FILENO, &byte, 1) <= 0;
            else if (c->fd >= 0 && c->out && events[i].events & EPOLLOUT) respond(c);
            else if (c->fd >= 0 && !c->out) readable(c, latency);
        }
        send_what_is_due();
    }
    fprintf(stderr, "%lu requests, %lu connections\n", requests, accepted);
    return 0;
}

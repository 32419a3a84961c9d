#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void w403_progress_start(w403_progress *p, const char *unit, bool quiet)
{
    *p = (w403_progress){.shown = !quiet && isatty(STDERR_FILENO), .unit = unit};
    if (p->shown) {
        p->start_s = p->last_s = now_s();
    }
}

static void eta(char *out, size_t n, double seconds)
{
    unsigned s = seconds > 1e6 ? 999999 : (unsigned)seconds;
    if (s >= 3600) {
        snprintf(out, n, ", %u:%02u:%02u left", s / 3600, s / 60 % 60, s % 60);
    } else {
        snprintf(out, n, ", %u:%02u left", s / 60, s % 60);
    }
}

void w403_progress_step(w403_progress *p, uint64_t done, uint64_t position, uint64_t size)
{
    if (!p->shown) {
        return;
    }
    double now = now_s(), spent = now - p->start_s;
    if (now - p->last_s < 0.1) {
        return;
    }
    char left[40] = "", share[16] = "";
    p->last_s = now;
    p->drawn = true;
    if (size && position) {
        double part = (double)position / (double)size;
        snprintf(share, sizeof share, "%3.0f%%  ", 100 * (part > 1 ? 1 : part));
        eta(left, sizeof left, part < 1 ? spent / part - spent : 0);
    }
    fprintf(stderr, "\r\033[K%s%llu %s, %.0f %s/s%s", share, (unsigned long long)done, p->unit, (double)done / spent,
            p->unit, left);
    fflush(stderr);
}

void w403_progress_end(w403_progress *p)
{
    if (p->drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        p->drawn = false;
    }
}

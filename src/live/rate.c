#include "live/rate.h"

enum {
    SECOND = 1000000,
    PACE_BEGINS = 32, /* a second, where less was sent before the first complaint: what is in flight at first */
    PACE_LEAST = 2,
    PACE_ENDS = 2000, /* as good as no limit */
};

w403_rate w403_rate_of(double per_second, double burst)
{
    burst = burst < 1 ? 1 : burst;
    return (w403_rate){.per_second = per_second, .burst = burst, .tokens = burst};
}

static void refill(w403_rate *r, int64_t now)
{
    if (r->at != 0 && now > r->at) {
        r->tokens += (double)(now - r->at) * r->per_second / SECOND;
        r->tokens = r->tokens > r->burst ? r->burst : r->tokens;
    }
    r->at = now;
}

int64_t w403_rate_wait(w403_rate *r, int64_t now)
{
    if (r->per_second <= 0) {
        return 0;
    }
    refill(r, now);
    return r->tokens >= 1 ? 0 : (int64_t)((1 - r->tokens) * SECOND / r->per_second) + 1;
}

void w403_rate_take(w403_rate *r)
{
    r->tokens -= r->per_second > 0 ? 1 : 0;
}

static void turn(w403_pace *p, int64_t now)
{
    if (now - p->second < SECOND) {
        return;
    }
    p->before = now - p->second < 2 * SECOND ? p->sent : 0;
    p->sent = 0;
    p->second = now;
    if (p->rate.per_second > 0 && now - p->complaint >= SECOND) {
        p->rate.per_second += 1;
        if (p->rate.per_second > PACE_ENDS) {
            p->rate.per_second = 0;
        }
    }
}

int64_t w403_pace_wait(w403_pace *p, int64_t now)
{
    turn(p, now);
    return w403_rate_wait(&p->rate, now);
}

void w403_pace_take(w403_pace *p, int64_t now)
{
    turn(p, now);
    p->sent++;
    w403_rate_take(&p->rate);
}

void w403_pace_complain(w403_pace *p, int64_t sent, int64_t now)
{
    turn(p, now);
    if (p->complaint != 0 && (sent <= p->complaint || now - p->complaint < SECOND)) {
        return;
    }
    p->complaint = now;
    unsigned measured = p->before > p->sent ? p->before : p->sent;
    double   rate = measured > PACE_BEGINS ? measured : PACE_BEGINS, tokens = 0;
    if (p->rate.per_second > 0) {
        rate = measured > 0 && measured < p->rate.per_second ? measured : p->rate.per_second;
        tokens = p->rate.tokens < 0 ? p->rate.tokens : 0;
    }
    p->rate = w403_rate_of(rate / 2 < PACE_LEAST ? PACE_LEAST : rate / 2, 1);
    p->rate.tokens = tokens;
    p->rate.at = now;
}

/* Numbers, instants and addresses: the points that patterns name, and the intervals between them. */
#include <stdlib.h>

#include "symbolic/elements.h"
#include "symbolic/value_forms.h"

/* ---- numbers ---- */

static int by_number(const void *a, const void *b)
{
    return w403_decimal_cmp(*(const w403_view *)a, *(const w403_view *)b);
}

static bool whole_numbers(const w403_elements *e)
{
    return e->forms.n == 1 && w403_view_eq(e->forms.at[0], W403_LIT("[0-9]+"));
}

/* A form without marks is a value; a key with nothing but such forms has no others. */
static bool is_value(w403_view form)
{
    return w403_decimal_valid(form);
}

static bool only_values(const w403_elements *e)
{
    for (size_t i = 0; i < e->forms.n; i++) {
        if (!is_value(e->forms.at[i])) {
            return false;
        }
    }
    return e->forms.n > 0;
}

/* A number between two, {NULL,0} where there is none. */
static w403_view between(const w403_elements *e, w403_view lo, w403_view hi)
{
    uint64_t n;
    w403_view v = W403_LIT("0");
    if (lo.p) {
        w403_view head = lo;
        head = w403_view_cut(&head, '.');
        v = w403_view_u64(head, &n) && n < UINT64_MAX
                ? w403_arena_printf(e->arena, "%llu", (unsigned long long)n + 1)
                : w403_arena_printf(e->arena, "%.*s9", W403_ARG(lo));
    }
    if (!v.p || !hi.p || w403_decimal_cmp(v, hi) < 0) {
        return v;
    }
    if (!lo.p || whole_numbers(e)) {
        return (w403_view){NULL, 0};
    }
    const char *dot = w403_view_find_char(lo, '.') == SIZE_MAX ? "." : "";
    for (int zeros = 0; zeros < 40; zeros++) {
        v = w403_arena_printf(e->arena, "%.*s%s%.*s5", W403_ARG(lo), dot, zeros,
                              "0000000000000000000000000000000000000000");
        if (!v.p || (w403_decimal_valid(v) && w403_decimal_cmp(v, lo) > 0 && w403_decimal_cmp(v, hi) < 0)) {
            return v;
        }
    }
    return (w403_view){NULL, 0};
}

static bool add(w403_elements *e, w403_value_class x)
{
    w403_value_class *slot = W403_PUSH(e->arena, &e->list);
    if (slot) {
        *slot = x;
    }
    return slot != NULL;
}

static bool add_between(w403_elements *e, w403_view lo, w403_view hi)
{
    w403_view v = between(e, lo, hi);
    return !v.p || add(e, (w403_value_class){.value = v, .lo = lo, .hi = hi, .lo_open = true, .hi_open = true});
}

bool w403_elements_numbers(w403_elements *e)
{
    W403_ARRAY(w403_view) points = {0};
    for (size_t i = 0; i < e->patterns.n + e->forms.n; i++) {
        w403_view text = i < e->patterns.n ? e->patterns.at[i].text : e->forms.at[i - e->patterns.n];
        if (!text.p || !w403_decimal_valid(text)) {
            continue;
        }
        w403_view *slot = W403_PUSH(e->arena, &points);
        if (!slot) {
            return false;
        }
        *slot = text;
    }
    if (points.n) {
        qsort(points.at, points.n, sizeof *points.at, by_number);
    }
    w403_view last = {NULL, 0};
    bool good = true, given = only_values(e);
    for (size_t i = 0; i < points.n && good; i++) {
        w403_view p = points.at[i];
        if (last.p && w403_decimal_cmp(last, p) == 0) {
            continue;
        }
        good = given || add_between(e, last, p);
        bool known = !given;
        for (size_t k = 0; k < e->forms.n && given; k++) {
            known |= w403_decimal_cmp(e->forms.at[k], p) == 0;
        }
        good = good && (!known || add(e, (w403_value_class){.value = p, .lo = p, .hi = p}));
        last = p;
    }
    return good && (given || add_between(e, last, (w403_view){NULL, 0}));
}

/* ---- instants ---- */

enum { SECOND = 1000000 };

static int by_time(const void *a, const void *b)
{
    w403_instant x = *(const w403_instant *)a, y = *(const w403_instant *)b;
    return (x > y) - (x < y);
}

static bool add_instant(w403_elements *e, w403_instant t, w403_view lo, w403_view hi, bool open)
{
    return add(e, (w403_value_class){.value = w403_instant_format(e->arena, t),
                                 .instant = t,
                                 .lo = lo,
                                 .hi = hi,
                                 .lo_open = open,
                                 .hi_open = open});
}

bool w403_elements_dates(w403_elements *e)
{
    W403_ARRAY(w403_instant) points = {0};
    for (size_t i = 0; i < e->patterns.n; i++) {
        w403_instant t = e->patterns.at[i].instant;
        bool date = e->patterns.at[i].kind == W403_LANGUAGE_DATE;
        if (date || (e->patterns.at[i].kind == W403_LANGUAGE_TEXT && w403_instant_parse(e->patterns.at[i].text, &t))) {
            w403_instant *slot = W403_PUSH(e->arena, &points);
            if (!slot) {
                return false;
            }
            *slot = t;
        }
    }
    if (points.n == 0) {
        return add_instant(e, w403_instant_now() / SECOND * SECOND, (w403_view){NULL, 0}, (w403_view){NULL, 0}, true);
    }
    qsort(points.at, points.n, sizeof *points.at, by_time);
    w403_view last = {NULL, 0};
    bool good = true;
    for (size_t i = 0; i < points.n && good; i++) {
        w403_instant t = points.at[i], before = i ? points.at[i - 1] : INT64_MIN;
        w403_view text = w403_instant_format(e->arena, t);
        if (t == before) {
            continue;
        }
        if (i == 0 || t - before > SECOND) {
            good = add_instant(e, i == 0 ? t - SECOND : before + SECOND, last, text, true);
        }
        good = good && add_instant(e, t, text, text, false);
        last = text;
    }
    return good && add_instant(e, points.at[points.n - 1] + SECOND, last, (w403_view){NULL, 0}, true);
}

/* ---- addresses ---- */

/* Of either family, as a number. Two words, for compilers that have none of 128 bits. */
typedef struct address {
    uint64_t high, low;
} address;
typedef W403_ARRAY(address) addresses;

static int compare(address x, address y)
{
    return x.high != y.high ? (x.high > y.high) - (x.high < y.high) : (x.low > y.low) - (x.low < y.low);
}

static address following(address n)
{
    n.low++;
    n.high += n.low == 0;
    return n;
}

static address previous(address n)
{
    n.high -= n.low == 0;
    n.low--;
    return n;
}

static address number_of(const w403_ip *ip)
{
    address n = {0, 0};
    for (int i = 0; i < ip->bits / 8; i++) {
        n.high = n.high << 8 | n.low >> 56;
        n.low = n.low << 8 | ip->bytes[i];
    }
    return n;
}

static w403_ip ip_of(address n, uint8_t bits)
{
    w403_ip ip = {.bits = bits};
    for (int i = bits / 8; i > 0; i--) {
        ip.bytes[i - 1] = (uint8_t)n.low;
        n.low = n.low >> 8 | n.high << 56;
        n.high >>= 8;
    }
    return ip;
}

static address most(uint8_t bits)
{
    return bits == 32 ? (address){0, UINT32_MAX} : (address){UINT64_MAX, UINT64_MAX};
}

static address last_of(const w403_cidr *c)
{
    unsigned host = c->base.bits - c->prefix;
    address n = number_of(&c->base);
    n.high |= host > 64 ? UINT64_MAX >> (128 - host) : 0;
    n.low |= host >= 64 ? UINT64_MAX : ((uint64_t)1 << host) - 1;
    return n;
}

static int by_address(const void *a, const void *b)
{
    return compare(*(const address *)a, *(const address *)b);
}

static bool is_closed(const w403_ip *ip)
{
    for (size_t i = 0; i < w403_closed_net_count; i++) {
        if (w403_cidr_contains(&w403_closed_nets[i], ip)) {
            return true;
        }
    }
    return false;
}

static bool add_net(w403_elements *e, address lo, address hi, uint8_t bits)
{
    w403_value_class x = {.first = ip_of(lo, bits), .last = ip_of(hi, bits)};
    if (!e->private_ips && is_closed(&x.first)) {
        return true;
    }
    for (size_t i = 0; i < e->favourites.n && !x.value.p; i++) {
        w403_ip ip;
        if (w403_ip_parse(e->favourites.at[i], &ip) && ip.bits == bits && compare(number_of(&ip), lo) >= 0 &&
            compare(number_of(&ip), hi) <= 0) {
            x.value = e->favourites.at[i];
            x.nice = true;
        }
    }
    if (!x.value.p) { /* not the network's own address where there is another */
        w403_ip ip = ip_of(compare(hi, lo) > 0 ? following(lo) : lo, bits);
        x.value = w403_ip_text(e->arena, &ip);
    }
    return x.value.p && add(e, x);
}

static bool add_bounds(w403_elements *e, addresses *points, const w403_cidr *c, uint8_t bits)
{
    if (c->base.bits != bits) {
        return true;
    }
    address last = last_of(c);
    for (int k = 0; k < 2; k++) {
        if (k == 1 && compare(last, most(bits)) >= 0) {
            break;
        }
        address *slot = W403_PUSH(e->arena, points);
        if (!slot) {
            return false;
        }
        *slot = k ? following(last) : number_of(&c->base);
    }
    return true;
}

static bool family(w403_elements *e, uint8_t bits)
{
    addresses points = {0};
    w403_cidr c;
    bool good = true;
    for (size_t i = 0; i < e->patterns.n && good; i++) {
        const w403_language *l = &e->patterns.at[i];
        if (l->kind == W403_LANGUAGE_NET) {
            good = add_bounds(e, &points, &l->cidr, bits);
        } else if (l->kind == W403_LANGUAGE_TEXT && w403_cidr_parse(l->text, &c)) {
            good = add_bounds(e, &points, &c, bits);
        }
    }
    for (size_t i = 0; i < w403_closed_net_count && good && !e->private_ips; i++) {
        good = add_bounds(e, &points, &w403_closed_nets[i], bits);
    }
    if (points.n) {
        qsort(points.at, points.n, sizeof *points.at, by_address);
    }
    address from = {0, 0};
    for (size_t i = 0; i < points.n && good; i++) {
        if (compare(points.at[i], from) > 0) {
            good = add_net(e, from, previous(points.at[i]), bits);
            from = points.at[i];
        }
    }
    return good && add_net(e, from, most(bits), bits);
}

bool w403_elements_nets(w403_elements *e)
{
    return family(e, 32) && family(e, 128);
}

#include "base/ip.h"

#include <arpa/inet.h>

/* Four decimal numbers without leading zeros: most addresses of most logs, so not by way of a copied string. */
static bool parse_v4(w403_view v, uint8_t *bytes)
{
    size_t i = 0;
    for (int part = 0; part < 4; part++) {
        unsigned n = 0;
        size_t   from = i;
        for (; i < v.n && i - from < 3 && v.p[i] >= '0' && v.p[i] <= '9'; i++) {
            n = n * 10 + (unsigned)(v.p[i] - '0');
        }
        bool zero = i - from > 1 && v.p[from] == '0';
        bool end = part == 3 ? i == v.n : i < v.n && v.p[i] == '.';
        if (i == from || zero || n > 255 || !end) {
            return false;
        }
        bytes[part] = (uint8_t)n;
        i++;
    }
    return true;
}

bool w403_ip_parse(w403_view v, w403_ip *out)
{
    char    text[INET6_ADDRSTRLEN];
    w403_ip ip = {.bits = 32};
    if (!parse_v4(v, ip.bytes)) {
        if (v.n == 0 || v.n >= sizeof text || memchr(v.p, '\0', v.n)) {
            return false;
        }
        ip.bits = 128;
        memcpy(text, v.p, v.n);
        text[v.n] = '\0';
        if (inet_pton(AF_INET6, text, ip.bytes) != 1) {
            return false;
        }
    }
    *out = ip;
    return true;
}

/* The bits of byte i that a prefix covers. */
static uint8_t mask(unsigned prefix, unsigned i)
{
    unsigned bits = prefix > i * 8 ? prefix - i * 8 : 0;
    return (uint8_t)(0xFF00u >> (bits > 8 ? 8 : bits));
}

bool w403_cidr_parse(w403_view v, w403_cidr *out)
{
    w403_view rest = v, address = w403_view_cut(&rest, '/');
    w403_cidr net = {0};
    uint64_t  prefix;
    if (!w403_ip_parse(address, &net.base)) {
        return false;
    }
    if (!rest.p) {
        prefix = net.base.bits;
    } else if (!w403_view_u64(rest, &prefix) || prefix > net.base.bits || (rest.n > 1 && rest.p[0] == '0')) {
        return false;
    }
    net.prefix = (uint8_t)prefix;
    for (unsigned i = 0; i < sizeof net.base.bytes; i++) {
        net.base.bytes[i] &= mask(net.prefix, i); /* Ip2 */
    }
    *out = net;
    return true;
}

bool w403_cidr_contains(const w403_cidr *net, const w403_ip *ip)
{
    unsigned whole = net->prefix / 8, rest = net->prefix % 8;
    if (net->base.bits != ip->bits || memcmp(net->base.bytes, ip->bytes, whole) != 0) { /* Ip1 */
        return false;
    }
    return rest == 0 || (ip->bytes[whole] & mask(net->prefix, whole)) == net->base.bytes[whole];
}

bool w403_cidr_covers(const w403_cidr *outer, const w403_cidr *inner)
{
    return outer->prefix <= inner->prefix && w403_cidr_contains(outer, &inner->base);
}

bool w403_ip_private(const w403_ip *ip)
{
    static const w403_cidr nets[] = {
        {{{10}, 32}, 8}, {{{172, 16}, 32}, 12}, {{{192, 168}, 32}, 16},
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        if (w403_cidr_contains(&nets[i], ip)) {
            return true;
        }
    }
    return false;
}

w403_view w403_ip_text(w403_arena *a, const w403_ip *ip)
{
    const uint8_t *b = ip->bytes;
    if (ip->bits == 32) {
        return w403_arena_printf(a, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
    }
    return w403_arena_printf(a, "%x:%x:%x:%x:%x:%x:%x:%x", b[0] << 8 | b[1], b[2] << 8 | b[3], b[4] << 8 | b[5],
                             b[6] << 8 | b[7], b[8] << 8 | b[9], b[10] << 8 | b[11], b[12] << 8 | b[13],
                             b[14] << 8 | b[15]);
}

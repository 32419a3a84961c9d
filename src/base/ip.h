#ifndef W403_BASE_IP_H
#define W403_BASE_IP_H

#include "base/arena.h"

/* IPv4 in the first four bytes. */
typedef struct w403_ip {
    uint8_t bytes[16];
    uint8_t bits; /* 32 or 128: the address family */
} w403_ip;

typedef struct w403_cidr {
    w403_ip base;   /* host bits cleared (Ip2) */
    uint8_t prefix;
} w403_cidr;

bool w403_ip_parse(w403_view v, w403_ip *out);
/* `203.0.113.9`, or all eight groups of an IPv6 address. {NULL,0}: memory is short. */
w403_view w403_ip_text(w403_arena *a, const w403_ip *ip);
/* RFC 1918: of no use on the Internet. */
bool w403_ip_private(const w403_ip *ip);
/* Without `/n` the prefix is the full length (a host). */
bool w403_cidr_parse(w403_view v, w403_cidr *out);
/* Families never match each other (Ip1). */
bool w403_cidr_contains(const w403_cidr *net, const w403_ip *ip);
/* Is every address of `inner` in `outer`? */
bool w403_cidr_covers(const w403_cidr *outer, const w403_cidr *inner);

#endif

#include "base/ip.h"
#include "live/endpoints.h"

static bool is_host_character(char c)
{
    char l = w403_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

static bool host_and_port(w403_view text, w403_url *out)
{
    size_t n = 0;
    if (text.n && text.p[0] == '[') {
        n = w403_view_find_char(text, ']');
        w403_ip ip;
        if (n == SIZE_MAX || !w403_ip_parse(w403_view_sub(text, 1, n), &ip)) {
            return false;
        }
        out->host = w403_view_sub(text, 1, n);
        n++;
    } else {
        while (n < text.n && is_host_character(text.p[n])) {
            n++;
        }
        out->host = w403_view_sub(text, 0, n);
    }
    uint64_t port = 80;
    out->port = (w403_view){NULL, 0};
    if (n < text.n && text.p[n] == ':') {
        out->port = w403_view_sub(text, n + 1, text.n);
        n = text.n;
        if (!w403_view_u64(out->port, &port)) {
            return false;
        }
    }
    if (w403_view_eq(out->port, out->tls ? W403_LIT("443") : W403_LIT("80"))) {
        out->port = (w403_view){NULL, 0};
    }
    return n == text.n && out->host.n > 0 && port > 0 && port < 65536;
}

bool w403_url_read(w403_view text, w403_url *out)
{
    *out = (w403_url){0};
    if (w403_view_starts(text, W403_LIT("https://"))) {
        out->tls = true;
        text = w403_view_sub(text, 8, text.n);
    } else if (w403_view_starts(text, W403_LIT("http://"))) {
        text = w403_view_sub(text, 7, text.n);
    } else {
        return false;
    }
    size_t end = 0;
    while (end < text.n && text.p[end] != '/') {
        end++;
    }
    out->path = w403_view_sub(text, end, text.n);
    for (size_t i = 0; i < out->path.n; i++) {
        if (out->path.p[i] <= ' ' || out->path.p[i] > '~' || out->path.p[i] == '#' || out->path.p[i] == '\\') {
            return false;
        }
    }
    return host_and_port(w403_view_sub(text, 0, end), out);
}

bool w403_host_is_loopback(w403_view host)
{
    static const uint8_t own[16] = {[15] = 1};
    w403_ip              ip;
    if (w403_view_ieq(host, W403_LIT("localhost"))) {
        return true;
    }
    return w403_ip_parse(host, &ip) && (ip.bits == 32 ? ip.bytes[0] == 127 : memcmp(ip.bytes, own, sizeof own) == 0);
}

/* Answers of AWS's services, byte for byte as they come over a wire: no crash, and what is taken for one is JSON. A case
 * begins with a line "service operation status"; without one it is a bucket's ACL. */
#include <stdlib.h>

#include "live_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_arena     *a = w403_arena_new(0);
    w403_view       body = {(const char *)data, n};
    w403_wire_reply reply = fuzz_reply(&body, "GetBucketAcl");
    w403_xml       *xml = w403_xml_new(a);
    size_t          piece = n % 7 + 1;
    for (size_t at = 0; at < body.n; at += piece) {
        size_t more = body.n - at < piece ? body.n - at : piece;
        if (!w403_xml_feed(xml, (w403_view){body.p + at, more})) {
            break;
        }
    }
    reply.xml = w403_xml_end(xml, &reply.root);
    fuzz_read(a, &reply);
    w403_xml_free(xml);
    w403_arena_free(a);
    return 0;
}

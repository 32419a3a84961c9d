/* The same of answers that come as JSON, or whose body is kept: KMS, Organizations, a bucket's policy. */
#include <stdlib.h>

#include "live_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_arena     *a = w403_arena_new(0);
    w403_view       body = {(const char *)data, n};
    w403_wire_reply reply = fuzz_reply(&body, "DescribeKey");
    reply.body = body;
    reply.xml = W403_XML_CUT;
    fuzz_read(a, &reply);
    w403_arena_free(a);
    return 0;
}

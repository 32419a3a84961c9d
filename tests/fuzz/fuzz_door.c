/* Any question at all, with and without a world: an answer or an error with its place, and nothing else is touched. */
#include <stdlib.h>
#include <string.h>

#include "base/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static w403_world *world;
    static w403_arena *arena;
    w403_error         err = {.message = ""};
    w403_reply         reply;
    w403_view          question = {(const char *)data, size};
    if (!arena) {
        arena = w403_arena_new((size_t)256 << 20);
        if (!arena || w403_world_parse((w403_view){NULL, 0}, &world, NULL) != W403_OK) {
            abort();
        }
    }
    w403_status status = w403_ask(world, question, arena, &reply, &err);
    if (status == W403_OK ? reply.text.n == 0 || strlen(reply.text.p) != reply.text.n : err.message[0] == '\0') {
        abort(); /* an answer says something, an error too */
    }
    w403_arena_reset(arena);
    return 0;
}

/* What questions are asked of: one snapshot, loaded once. */
#ifndef W403_DOOR_WORLD_H
#define W403_DOOR_WORLD_H

#include "base/error.h"

struct w403_world {
    w403_arena    *arena;
    w403_snapshot *snapshot; /* NULL: an empty world, where policies come with the question */
    w403_problems  loaded;   /* what the load warned about */
};

#endif

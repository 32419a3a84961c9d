/* The answer of a sweep. */
#include "cli/commands.h"

#include "base/view.h"

W403_API const char *w403_version(void)
{
    return W403_VERSION;
}

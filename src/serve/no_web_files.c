#include "serve/web_files.h"

const w403_web_file w403_web_files[1];
const size_t        w403_web_files_n = 0;

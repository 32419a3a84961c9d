/* What stores send as OPA's input, as requests. */
#ifndef W403_SERVE_OPA_H
#define W403_SERVE_OPA_H

#include "serve/pdp.h"

/* False: it is not known what is asked, or who asks. Secrets of users that stand in the input are not looked at. */
bool w403_rgw_request(w403_serving *q, const w403_json *input, w403_request *r);
bool w403_minio_request(w403_serving *q, const w403_json *input, w403_request *r, bool *deny_only);
bool w403_rustfs_request(w403_serving *q, const w403_json *input, w403_request *r, bool *deny_only);

#endif

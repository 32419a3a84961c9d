/* Accounts that are entered by a role (--role): the request is sent by whoever sends all others, so that a hundred accounts
 * are entered at once. */
#ifndef W403_LIVE_ACCOUNTS_H
#define W403_LIVE_ACCOUNTS_H

#include "live/cred.h"

W403_NODISCARD w403_status w403_account_find(w403_credentials *c, w403_view account, w403_credentials_found *out,
                                             w403_error *err);
bool w403_account_expired(w403_credentials *c, w403_view account);
void w403_accounts_free(w403_credentials *c);

#endif

/* N-8: who may take a role. Its trust policy is a policy of the resource, as a key's is. */
#include "naive_impl.h"

void n_sts_action(n_run *run, n_sum *sum)
{
    const w403_request *r = run->r;
    w403_view           part[6];
    n_check             c = {.run = run, .action = r->action, .resource = r->resource};
    if (n_split(r->resource, part) < 6) {
        n_open(run, "no role");
        return;
    }
    c.owner = part[4];
    c.owner_home = n_account(run->s, c.owner);
    for (size_t i = 0; c.owner_home && i < c.owner_home->roles.cap; i++) {
        const w403_entity *e = c.owner_home->roles.slots[i].value;
        c.role = e && n_same(e->arn, r->resource) ? e : c.role;
    }
    if (!c.role) {
        n_open(run, "a role that is not in the snapshot");
        return;
    }
    n_require(run, sum, &c, W403_YES);
    if (run->who.kind == N_ROOT && n_eq(r->action, "sts:AssumeRole")) {
        n_close(run, sum, "root-takes-role", W403_YES);
    }
}

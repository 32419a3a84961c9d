/* What the answers of a narrow_world are made of; a file of them each: S3, IAM, the rest. */
#ifndef NARROW_ANSWERS_H
#define NARROW_ANSWERS_H

#include "json/json.h"
#include "narrow_world.h"

typedef struct reply {
    w403_view json, code, region;
} reply;

#define TEXT(w, ...) w403_arena_printf((w)->a, __VA_ARGS__)

static inline reply good(w403_view json)
{
    return (reply){.json = json};
}

static inline reply refused(const char *code)
{
    return (reply){.code = w403_view_of(code)};
}

static inline reply or_else(reply r, const char *json)
{
    return w403_view_eq(r.code, W403_LIT("none")) ? good(w403_view_of(json)) : r;
}

/* ---- narrow_files.c: files of the world ---- */
const w403_json *world_file(narrow_world *w, w403_view path, w403_view *text);
w403_view world_raw(w403_view text, const w403_json *v);
/* The error that a value stands for. */
bool world_error_of(const w403_json *v, reply *out);
w403_view world_arg(const narrow_call *c, const char *name);
/* Whose credentials a call is made with. */
w403_view world_account(const narrow_world *w, const narrow_call *c);
/* The members of an object but for some. */
w403_view world_without(narrow_world *w, w403_view text, const w403_json *v, const char *const *names);
const w403_json *world_named(const w403_json *list, const char *member, w403_view name);
/* All of a file; `absent`: the code where there is none. */
reply world_plain_file(narrow_world *w, w403_view path, const char *absent);

/* ---- narrow_s3.c ---- */
reply answer_head_bucket(narrow_world *w, const narrow_call *c);
reply answer_bucket_file(narrow_world *w, const narrow_call *c);
reply answer_inventory(narrow_world *w, const narrow_call *c);
reply answer_list_buckets(narrow_world *w, const narrow_call *c);
reply answer_list_versions(narrow_world *w, const narrow_call *c);
reply answer_head_object(narrow_world *w, const narrow_call *c);
reply answer_object_part(narrow_world *w, const narrow_call *c, const char *name);

/* ---- narrow_iam.c ---- */
reply answer_iam(narrow_world *w, const narrow_call *c);

/* ---- narrow_rest.c: the organization, keys, access points, endpoints ---- */
reply answer_parents(narrow_world *w, const narrow_call *c);
reply answer_attached(narrow_world *w, const narrow_call *c);
reply answer_roots(narrow_world *w);
reply answer_key(narrow_world *w, const narrow_call *c);
reply answer_access_point(narrow_world *w, const narrow_call *c);
reply answer_list_points(narrow_world *w, const narrow_call *c);
reply answer_multi_region(narrow_world *w, const narrow_call *c);
reply answer_endpoints(narrow_world *w, const narrow_call *c);
reply answer_effective(narrow_world *w, w403_view account);
/* A world may know that an account is a member, and no more: how AWS then answers. */
const char *world_member_without(const narrow_world *w, w403_view account);

#endif

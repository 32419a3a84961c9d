/* A request written as JSON: the `request` object of a case, a line of `why403 decide`, a --request file. */
#ifndef W403_EVIDENCE_REQUEST_JSON_H
#define W403_EVIDENCE_REQUEST_JSON_H

#include "json/json.h"

/* Fills *out from an object:
 *   {"operation":"GetObject" or "action":"s3:GetObject", "resource":"arn:..", "resource_account":"111122223333",
 *    "principal":"arn:.."|"anonymous"|"service:NAME", "from":"203.0.113.9", "via":"vpce-..", "headers":{..},
 *    "query":{..}, "version_id":"..", "session_name":"..", "issuer":"arn:..", "mfa":{"age":300}|true|false,
 *    "secure":true, "at":"2026-11-21T10:00:00Z", "presigned":{"signed_at":"..","expires_in":3600},
 *    "upload":{"initiator":"arn:..","kms_key":"arn:..","checksum":true},
 *    "body":{"policy":doc,"acl":{..},"keys":[{"Key","VersionId","ETag"}],"Any.Other":..},
 *    "context":{"aws:PrincipalOrgID":"o-1","s3:RequestObjectTagKeys":["a","b"],"aws:SourceVpce":null,
 *               "aws:SourceIp":{"unknown":true}}}
 * `from` means the public internet: no endpoint (aws:SourceVpce, aws:SourceVpc absent), `via` no aws:SourceIp; the
 * engine derives that. A key set to null is absent. Elements of `body` that the operations table asks for are given
 * by path: {"Tags":[..]} as `Tags`, {"A":{"B":1}} as `A` and `A.B`.
 * Members that are not there are as w403_request_init leaves them. Values point into `doc` or the arena.
 * Errors: W403_SEMANTIC with the place: an unknown member (the hint names the nearest), a wrong type, a value out
 * of range, both or neither of operation and action (when `complete`), no resource or principal (when `complete`). */
w403_status w403_request_from_json(w403_arena *a, const w403_json_doc *doc, const w403_json *object, bool complete,
                                   w403_request *out, w403_error *err);

/* W403_SEMANTIC at the member `m`, whose name is none of `names`; the hint has the nearest of them, if one is near.
 * `of` says what `names` belong to: "a case", "`expect`". */
w403_status w403_json_unknown_member(const w403_json_doc *doc, const w403_json *m, const char *of,
                                     const char *const *names, size_t n, w403_error *err);

#endif

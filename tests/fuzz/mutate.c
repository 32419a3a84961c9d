/* Mutations that keep JSON what it is: a string takes the place of another, out of the input or out of words that mean something to
 * S3 and IAM. Every third time libFuzzer does as it likes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static const char *const words[] = {
    "\"Allow\"", "\"Deny\"", "\"*\"", "\"s3:*\"", "\"s3:GetObject\"", "\"s3:PutObject\"", "\"s3:ListBucket\"", "\"kms:Decrypt\"",
    "\"Principal\"", "\"NotPrincipal\"", "\"NotAction\"", "\"NotResource\"", "\"Condition\"", "\"AWS\"", "\"Service\"",
    "\"StringEquals\"", "\"StringNotEquals\"", "\"StringLike\"", "\"StringNotLikeIfExists\"", "\"ForAllValues:StringEquals\"",
    "\"ForAnyValue:StringLike\"", "\"Null\"", "\"Bool\"", "\"BoolIfExists\"", "\"IpAddress\"", "\"NotIpAddress\"", "\"ArnLike\"",
    "\"ArnNotEquals\"", "\"NumericLessThan\"", "\"DateGreaterThan\"", "\"aws:SourceIp\"", "\"aws:SourceVpce\"", "\"aws:SourceVpc\"",
    "\"aws:PrincipalArn\"", "\"aws:PrincipalOrgID\"", "\"aws:SecureTransport\"", "\"aws:MultiFactorAuthPresent\"",
    "\"aws:PrincipalTag/team\"", "\"aws:RequestTag/team\"", "\"s3:x-amz-acl\"", "\"s3:x-amz-server-side-encryption\"", "\"s3:prefix\"",
    "\"s3:ExistingObjectTag/class\"", "\"s3:TlsVersion\"", "\"s3:signatureversion\"", "\"aws:CalledVia\"", "\"aws:UserAgent\"",
    "\"true\"", "\"false\"", "\"10.0.0.0/8\"", "\"2001:db8::/32\"", "\"${aws:username}\"", "\"anonymous\"", "\"GetObject\"", "\"PutObject\"",
    "\"CopyObject\"", "\"DeleteObject\"", "\"ListObjectsV2\"", "\"PutBucketPolicy\"", "\"GetBucketAcl\"", "\"UploadPart\"",
    "\"arn:aws:iam::111122223333:user/alice\"", "\"arn:aws:iam::444455556666:root\"", "\"444455556666\"", "\"BucketOwnerEnforced\"",
    "\"ObjectWriter\"", "\"aws:kms\"", "\"AES256\"", "\"COMPLIANCE\"", "\"GOVERNANCE\"", "\"Requester\"", "true", "false", "null", "0", "-1"};
enum { WORDS = sizeof words / sizeof *words };

typedef struct token {
    size_t at, n;
} token;

/* The string that begins at or behind a random place; n == 0: none. */
static token pick(const uint8_t *data, size_t size, unsigned r)
{
    token t = {size ? r % size : 0, 0};
    while (t.at < size && data[t.at] != '"') {
        t.at++;
    }
    size_t end = t.at + 1;
    while (end < size && data[end] != '"') {
        end += data[end] == '\\' ? 2 : 1;
    }
    if (end < size) {
        t.n = end + 1 - t.at;
    }
    return t;
}

static size_t replace(uint8_t *data, size_t size, size_t max_size, token t, const uint8_t *with, size_t n)
{
    if (size - t.n + n > max_size) {
        return size;
    }
    memmove(data + t.at + n, data + t.at + t.n, size - t.at - t.n);
    memcpy(data + t.at, with, n);
    return size - t.n + n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    uint8_t copy[512];
    srand(seed);
    token t = pick(data, size, (unsigned)rand());
    if (rand() % 3 == 0 || t.n == 0) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    token other = pick(data, size, (unsigned)rand());
    if (rand() % 2 && other.n > 0 && other.n <= sizeof copy) {
        memcpy(copy, data + other.at, other.n);
        return replace(data, size, max_size, t, copy, other.n);
    }
    const char *word = words[(unsigned)rand() % WORDS];
    return replace(data, size, max_size, t, (const uint8_t *)word, strlen(word));
}

import { describe, expect, test } from 'vitest';

import { guessPolicy, kindOf } from '../../src/state/paste';

const ERROR = 'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied';
const LINE =
  '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be example [06/Feb/2026:00:00:38 +0000] 192.0.2.3 - 3E57427F3EXAMPLE REST.GET.OBJECT a "GET /a HTTP/1.1" 403 AccessDenied 1 - 7 - "-" "-" -';

const kind = (text: string): string => {
  const found = kindOf(text);
  return found.kind === 'evidence' ? found.what : found.kind;
};

describe('what was pasted', () => {
  test.each([
    ['', 'nothing'],
    [ERROR, 'error'],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'error'],
    ['$ aws s3 cp s3://b/k .', 'command'],
    ['aws --profile dev s3api get-object --bucket b --key k out', 'command'],
    ["curl -H 'Host: b.s3.amazonaws.com' https://b.s3.amazonaws.com/k", 'curl'],
    ['https://b.s3.eu-west-1.amazonaws.com/k?X-Amz-Signature=abc', 'curl'],
    [LINE, 'log_line'],
    [`${LINE}\n${LINE}`, 'logs'],
    ['{"eventVersion":"1.08","eventName":"GetObject","eventSource":"s3.amazonaws.com"}', 'event'],
    ['{"Records":[{"eventName":"GetObject"}]}', 'event'],
    ['{"Records":[{},{}]}', 'logs'],
    ['{"Version":"2012-10-17","Statement":[]}', 'policy'],
    ['{"Version":"2012-10-17","Statement":[', 'policy'],
    ['{"Policy":"{\\"Statement\\":[]}"}', 'policy'],
    ['{"accounts/111122223333/account.json":{}}', 'snapshot'],
    ['{"request":{"operation":"GetObject"},"policies":{}}', 'case'],
    ['hello', 'error'],
  ])('%j', (text, expected) => {
    expect(kind(text)).toBe(expected);
  });

  test('a command and what it printed are both evidence', () => {
    const found = kindOf(`$ aws s3 cp s3://b/k .\nfatal error: ${ERROR}`);
    expect(found).toMatchObject({ kind: 'evidence', evidence: { command: 'aws s3 cp s3://b/k .', error: `fatal error: ${ERROR}` } });
  });
});

test('whose policy it is', () => {
  const with_ = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: statement });
  expect(guessPolicy(with_({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::b/*' }))).toEqual({ kind: 'identity', bucket: 'b' });
  expect(guessPolicy(with_([{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: ['arn:aws-cn:s3:::b'] }]))).toEqual({ kind: 'resource', bucket: 'b' });
  expect(guessPolicy(with_({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' })).kind).toBe('key');
  expect(guessPolicy(with_({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' })).kind).toBe('trust');
});

/* Situations to look at. `cases.json` holds cases of `why403 test`: what they must come to is checked with the program's own cases. */
import type { Key } from '../strings';
import type { Request } from '../engine/types';
import cases from './cases.json';

export interface Example {
  name: string;
  title: string;
  /** What a person would have pasted. */
  paste?: string;
  request?: Request;
  policies?: Record<string, unknown>;
  /** Asked of the example account. */
  account?: boolean;
}

interface CaseEntry {
  name: string;
  about: string;
  source: string;
  paste?: string;
  request: unknown;
  policies: unknown;
}

const entries = (cases as CaseEntry[]).map((c) => ({
  name: c.name,
  title: c.about,
  ...(c.paste ? { paste: c.paste } : {}),
  request: c.request as Request,
  policies: c.policies as Record<string, unknown>,
}));

const USER = 'arn:aws:iam::111122223333:user';

const account: Example[] = [
  {
    name: 'account-finance',
    title: 'alice reads a finance report from outside the VPC',
    account: true,
    paste: `An error occurred (AccessDenied) when calling the GetObject operation: User: ${USER}/alice is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::example-reports/finance/q3.csv" with an explicit deny in a resource-based policy`,
    request: { from: '203.0.113.9' },
  },
  {
    name: 'account-key',
    title: 'bob uploads, and the bucket encrypts with a KMS key',
    account: true,
    paste: `upload failed: ./a.csv to s3://example-data/uploads/a.csv An error occurred (AccessDenied) when calling the PutObject operation: User: ${USER}/bob is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab because no identity-based policy allows the kms:GenerateDataKey action`,
    request: { operation: 'PutObject', resource: 'arn:aws:s3:::example-data/uploads/a.csv', from: '203.0.113.9' },
  },
  {
    name: 'account-boundary',
    title: 'a role deletes an object, but its boundary does not let it',
    account: true,
    paste:
      'An error occurred (AccessDenied) when calling the DeleteObject operation: User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::example-data/app/old.json" because no permissions boundary allows the s3:DeleteObject action',
    request: { from: '203.0.113.9' },
  },
  {
    name: 'account-scp',
    title: 'bob deletes a bucket that the organization protects',
    account: true,
    paste: `An error occurred (AccessDenied) when calling the DeleteBucket operation: User: ${USER}/bob is not authorized to perform: s3:DeleteBucket on resource: "arn:aws:s3:::example-data" with an explicit deny in a service control policy`,
    request: { from: '203.0.113.9' },
  },
];

export const groups: ReadonlyArray<{ title: Key; examples: readonly Example[] }> = [
  { title: 'examples.account', examples: account },
  { title: 'examples.articles', examples: entries.filter((e) => e.name.startsWith('article-')) },
  { title: 'examples.real', examples: entries.filter((e) => e.name.startsWith('real-')) },
];

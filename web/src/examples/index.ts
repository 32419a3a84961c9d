/* Situations to look at: the example account, and cases of the program that list.json names. */
import type { Key } from '../strings';
import type { Request } from '../engine/types';
import list from './list.json';

export interface Example {
  name: string;
  title: string;
  /** What a person would have pasted. */
  paste?: string;
  request?: Request;
  /** Of list.json: loaded when it is opened. */
  case?: string;
  /** Asked of the example account. */
  account?: boolean;
}

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

const entries = (shelf: string): Example[] =>
  list.filter((entry) => entry.shelf === shelf).map((entry) => ({ name: entry.case, title: entry.title, case: entry.case }));

export const groups: ReadonlyArray<{ title: Key; examples: readonly Example[] }> = [
  { title: 'examples.account', examples: account },
  { title: 'examples.articles', examples: entries('articles') },
  { title: 'examples.real', examples: entries('real') },
];

/* Error texts as programs print them, and what must come of them on the example account. */
const U = 'arn:aws:iam::111122223333:user';
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const FINANCE = 'arn:aws:s3:::example-reports/finance/q3.csv';
const no = (who, action, resource, why) => `User: ${who} is not authorized to perform: ${action} on resource: "${resource}" ${why}`;
const DENY = 'with an explicit deny in a resource-based policy';
const cli = (operation, text) => `An error occurred (AccessDenied) when calling the ${operation} operation: ${text}`;

/** [name, text, facts that the text does not say, state] */
export const TEXTS = [
  ['aws cli', cli('GetObject', no(`${U}/alice`, 's3:GetObject', FINANCE, DENY)), { from: '203.0.113.9' }, 'denied'],
  ['aws cli, through the endpoint', cli('GetObject', no(`${U}/alice`, 's3:GetObject', FINANCE, DENY)), { via: 'vpce-0123456789abcdef0' }, 'allowed'],
  ['network not known', cli('GetObject', no(`${U}/alice`, 's3:GetObject', FINANCE, DENY)), {}, 'undetermined'],
  ['boto3', `botocore.exceptions.ClientError: ${cli('GetObject', no(`${U}/alice`, 's3:GetObject', FINANCE, DENY))}`, { from: '203.0.113.9' }, 'denied'],
  ['aws s3 cp', `download failed: s3://example-reports/finance/q3.csv to ./q3.csv ${cli('GetObject', no(`${U}/alice`, 's3:GetObject', FINANCE, DENY))}`, { from: '203.0.113.9' }, 'denied'],
  ['upload, key', `upload failed: ./a.csv to s3://example-data/uploads/a.csv ${cli('PutObject', no(`${U}/bob`, 'kms:GenerateDataKey', KEY, 'because no identity-based policy allows the kms:GenerateDataKey action'))}`, { resource: 'arn:aws:s3:::example-data/uploads/a.csv', operation: 'PutObject', from: '203.0.113.9' }, 'denied'],
  ['boundary', cli('DeleteObject', no('arn:aws:sts::111122223333:assumed-role/app/i-0abc', 's3:DeleteObject', 'arn:aws:s3:::example-data/app/old.json', 'because no permissions boundary allows the s3:DeleteObject action')), { from: '203.0.113.9' }, 'denied'],
  ['service control policy', cli('DeleteBucket', no(`${U}/bob`, 's3:DeleteBucket', 'arn:aws:s3:::example-data', 'with an explicit deny in a service control policy')), { from: '203.0.113.9' }, 'denied'],
  ['the deploy role deletes', cli('GetObject', no('arn:aws:iam::111122223333:role/deploy', 's3:GetObject', FINANCE, DENY)), { from: '203.0.113.9' }, 'allowed'],
  ['Java', `com.amazonaws.services.s3.model.AmazonS3Exception: ${no(`${U}/alice`, 's3:GetObject', FINANCE, DENY)} (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: ABC; S3 Extended Request ID: DEF=; Proxy: null)`, { from: '203.0.113.9' }, 'denied'],
  ['XML', `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>${no(`${U}/alice`, 's3:GetObject', FINANCE, DENY).replaceAll('"', '&quot;')}</Message><RequestId>ABC</RequestId><HostId>DEF=</HostId></Error>`, { from: '203.0.113.9' }, 'denied'],
  ['anonymous', 'curl https://example-reports.s3.amazonaws.com/public/holidays.csv', {}, 'denied'],
  ['URL', 'https://example-reports.s3.amazonaws.com/finance/q3.csv', {}, 'denied'],
  ['command with what it printed', `$ aws s3api get-object --bucket example-reports --key finance/q3.csv out\n\n${cli('GetObject', no(`${U}/alice`, 's3:GetObject', FINANCE, DENY))}`, { from: '203.0.113.9' }, 'denied'],
  ['command alone', 'aws s3 rm s3://example-data/app/old.json', { principal: `${U}/bob`, from: '203.0.113.9' }, 'denied'],
  ['bare, the rest by hand', cli('GetObject', 'Access Denied'), { principal: `${U}/alice`, resource: FINANCE, from: '203.0.113.9' }, 'denied'],
  ['HeadObject', 'An error occurred (403) when calling the HeadObject operation: Forbidden', { principal: `${U}/alice`, resource: FINANCE, from: '203.0.113.9' }, 'denied'],
  ['list', cli('ListObjectsV2', no(`${U}/bob`, 's3:ListBucket', 'arn:aws:s3:::example-data', 'because no identity-based policy allows the s3:ListBucket action')), { via: 'vpce-0123456789abcdef0' }, 'denied'],
  ['terraform', `Error: reading S3 Object: operation error S3: GetObject, https response error StatusCode: 403, RequestID: ABC, HostID: DEF, api error AccessDenied: ${no(`${U}/alice`, 's3:GetObject', FINANCE, DENY)}`, { from: '203.0.113.9' }, 'denied'],
  ['event', JSON.stringify({ eventVersion: '1.08', userIdentity: { type: 'IAMUser', arn: `${U}/alice`, accountId: '111122223333', userName: 'alice' }, eventTime: '2026-11-21T10:00:00Z', eventSource: 's3.amazonaws.com', eventName: 'GetObject', awsRegion: 'us-east-1', sourceIPAddress: '203.0.113.9', errorCode: 'AccessDenied', errorMessage: 'Access Denied', requestParameters: { bucketName: 'example-reports', key: 'finance/q3.csv' }, resources: [{ type: 'AWS::S3::Object', ARN: FINANCE }] }), {}, 'denied'],
];

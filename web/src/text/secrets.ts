/* What must not be kept is cut before anything else sees it. */

interface Rule {
  pattern: RegExp;
  keep: string;
}

const RULES: readonly Rule[] = [
  { pattern: /(\bauthorization['"]?\s*[:=]\s*['"]?)(?!\s)[^\r\n'"]+/gi, keep: '$1' },
  { pattern: /(\b(?:set-)?cookie['"]?\s*:\s*['"]?)[^\r\n'"]+/gi, keep: '$1' },
  { pattern: /(\bx-amz-security-token['"]?\s*[:=]\s*['"]?)[A-Za-z0-9%+/=_-]{8,}/gi, keep: '$1' },
  { pattern: /([?&](?:X-Amz-Signature|Signature|X-Amz-Security-Token|AWSAccessKeyId)=)[^&\s'"]+/gi, keep: '$1' },
  { pattern: /([?&]X-Amz-Credential=)(?:AKIA|ASIA)[A-Z0-9]{12,}/gi, keep: '$1' },
  {
    pattern: /((?:aws_secret_access_key|secret_?access_?key|secret_key|session_?token|aws_session_token)['"]?\s*[:=]\s*['"]?)[A-Za-z0-9+/=_-]{8,}/gi,
    keep: '$1',
  },
];

export interface Cut {
  text: string;
  removed: number;
}

const REMOVED = 'REMOVED';

export function withoutSecrets(text: string): Cut {
  let removed = 0;
  let out = text;
  for (const { pattern, keep } of RULES) {
    out = out.replace(pattern, (whole: string, lead: string) => {
      if (whole === lead + REMOVED) {
        return whole;
      }
      removed++;
      return keep.replace('$1', lead) + REMOVED;
    });
  }
  return { text: out, removed };
}

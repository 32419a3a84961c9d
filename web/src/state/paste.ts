/* What kind of thing was pasted or dropped, told by its looks; reading it is the engine's work. */

export type Pasted =
  | { kind: 'nothing' }
  | { kind: 'evidence'; evidence: Record<string, unknown>; what: EvidenceKind }
  | { kind: 'policy'; text: string }
  | { kind: 'snapshot'; files: Record<string, string> }
  | { kind: 'case'; case: CaseFile }
  | { kind: 'logs'; text: string };

export type EvidenceKind = 'error' | 'event' | 'log_line' | 'command' | 'curl';

export interface CaseFile {
  name?: string;
  about?: string;
  request: Record<string, unknown>;
  policies?: Record<string, unknown>;
  snapshot?: unknown;
  overlay?: Record<string, string>;
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const LOG_LINE = /^[0-9a-f]{64} \S+ \[\d{2}\/\w{3}\/\d{4}:/;
const PLACE = /^(accounts\/\d{12}\/|organization\/|snapshot\.json$)/;
const URL_OF_S3 = /^https?:\/\/\S*(amazonaws\.com|\.s3[.-]|[?&]X-Amz-)\S*$/i;
const COMMAND = /^\s*(?:[$#>%]\s*)?((?:sudo\s+)?aws\s+(?:--\S+\s+(?:[^-\s]\S*\s+)?)*(?:s3|s3api|s3control|kms|sts)\s.*)$/m;
const CURL = /^\s*(?:[$#>%]\s*)?(curl\s.*)$/ms;
const SAYS = /AccessDenied|Access Denied|Forbidden|not authorized|\b403\b|<Error>|denied/i;

const stringOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

function ofJson(value: unknown, text: string): Pasted | null {
  if (!isObject(value)) {
    return null;
  }
  const names = Object.keys(value);
  if ('Statement' in value) {
    return { kind: 'policy', text };
  }
  if (names.length && names.every((name) => PLACE.test(name))) {
    return { kind: 'snapshot', files: Object.fromEntries(names.map((name) => [name, stringOf(value[name])])) };
  }
  if (isObject(value['request']) && ('policies' in value || 'snapshot' in value || 'expect' in value || 'overlay' in value)) {
    return { kind: 'case', case: value as unknown as CaseFile };
  }
  if (typeof value['Policy'] === 'string') {
    return { kind: 'policy', text: value['Policy'] };
  }
  if (Array.isArray(value['Records']) && value['Records'].length > 1) {
    return { kind: 'logs', text };
  }
  if ('eventName' in value || 'Records' in value || 'AutomationExecution' in value || 'detail' in value) {
    return { kind: 'evidence', what: 'event', evidence: { event: text } };
  }
  return null;
}

/* A command and what it printed, as they stand in a terminal. */
function ofTerminal(text: string): Pasted {
  const evidence: Record<string, unknown> = {};
  const command = COMMAND.exec(text);
  const curl = command ? null : CURL.exec(text);
  let rest = text;
  let what: EvidenceKind = 'error';
  if (command) {
    evidence['command'] = command[1]!.replace(/^sudo\s+/, '');
    rest = text.replace(command[0], '');
    what = 'command';
  } else if (curl) {
    const [line] = /^(?:[^\n]*\\\r?\n)*[^\n]*/.exec(curl[1]!)!;
    evidence['curl'] = line;
    rest = text.slice(curl.index + curl[0].indexOf(curl[1]!) + line.length);
    what = 'curl';
  }
  if (SAYS.test(rest) || !(command || curl)) {
    evidence['error'] = rest.trim();
    what = command || curl ? what : 'error';
  }
  return { kind: 'evidence', what, evidence };
}

export function kindOf(pasted: string): Pasted {
  const text = pasted.trim();
  if (!text) {
    return { kind: 'nothing' };
  }
  if (text.startsWith('{') || text.startsWith('[')) {
    try {
      const found = ofJson(JSON.parse(text), text);
      if (found) {
        return found;
      }
    } catch {
      if (/"Statement"\s*:/.test(text)) {
        return { kind: 'policy', text }; // half typed
      }
      const lines = text.split('\n');
      if (lines.length > 1 && lines.every((line) => line.trim() === '' || line.startsWith('{'))) {
        return { kind: 'logs', text };
      }
    }
    return { kind: 'evidence', what: 'error', evidence: { error: text } };
  }
  if (LOG_LINE.test(text)) {
    const lines = text.split('\n').filter((line) => line.trim());
    return lines.length > 1 ? { kind: 'logs', text } : { kind: 'evidence', what: 'log_line', evidence: { log_line: text } };
  }
  if (URL_OF_S3.test(text)) {
    return { kind: 'evidence', what: 'curl', evidence: { curl: text } };
  }
  return ofTerminal(text);
}

/** What a policy seems to be for: where it has principals it is a resource's, and its Resource says whose. */
export function guessPolicy(text: string): { kind: PolicyKind; bucket: string | null } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const statements = isObject(value) ? [value['Statement']].flat().filter(isObject) : [];
  const resources = statements.flatMap((s) => [s['Resource'], s['NotResource']].flat()).filter((r) => typeof r === 'string');
  const found = /^arn:[^:]+:s3:::([^/*$]+)/;
  const bucket = resources.map((r) => found.exec(r)?.[1]).find((name) => name) ?? null;
  const actions = statements.flatMap((s) => [s['Action'], s['NotAction']].flat()).filter((a) => typeof a === 'string');
  const about = (prefix: string): boolean => actions.length > 0 && actions.every((a) => a.toLowerCase().startsWith(prefix));
  if (!statements.some((s) => 'Principal' in s || 'NotPrincipal' in s)) {
    return { kind: 'identity', bucket };
  }
  return { kind: about('kms:') ? 'key' : about('sts:') ? 'trust' : 'resource', bucket };
}

export const POLICY_KINDS = ['resource', 'identity', 'boundary', 'session', 'scp', 'rcp', 'vpc_endpoint', 'access_point', 'key', 'trust'] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];

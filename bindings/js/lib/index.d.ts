/** A policy: an object, or its text. */
export type Document = object | string;
export type Decision = 'allowed' | 'denied' | 'undetermined';

/** One request: `operation` (GetObject) or `action` (s3:GetObject), `resource`, `principal`, and what else is known (docs/cases.md). */
export interface Request {
  operation?: string;
  action?: string;
  resource?: string;
  principal?: string;
  resource_account?: string;
  from?: string;
  via?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  version_id?: string;
  session_name?: string;
  issuer?: string;
  mfa?: boolean | { age: number };
  secure?: boolean;
  at?: string;
  presigned?: { signed_at?: string; expires_in?: number };
  upload?: { initiator?: string; kms_key?: string; checksum?: boolean };
  body?: Record<string, unknown>;
  context?: Record<string, string | string[] | null | { unknown: true }>;
  id?: unknown;
}

/** Documents given by hand, by kind; of SCPs and RCPs a list of levels, the root's first. */
export interface Policies {
  identity?: Document[];
  boundary?: Document;
  session?: Document[];
  scp?: Document[][];
  rcp?: Document[][];
  resource?: Document;
  vpc_endpoint?: Document;
  access_point?: Document;
  key?: Document;
  trust?: Document;
}

/** What a denied request left behind; each as the option of `why403 explain` of that name. */
export interface Evidence {
  error?: string;
  event?: Document;
  log_line?: string;
  command?: string;
  curl?: string;
  session_events?: Document;
  caller_identity?: Document;
  configure_list?: string;
}

/** Options of the command by their long names, `_` for `-`, and these. */
export interface Options {
  policies?: Policies;
  evidence?: Evidence;
  /** Files of the snapshot that stand in place of those that it has, for this question. */
  overlay?: Record<string, Document>;
  full?: boolean;
  [option: string]: unknown;
}

/** One question (docs/library.md). */
export interface Question extends Options {
  ask: 'explain' | 'fix' | 'evidence' | 'decide' | 'inventory' | 'sweep' | 'logs' | 'replay' | 'runbook' | 'who-can' | 'what-can'
    | 'public' | 'diff' | 'check' | 'lint' | 'test' | 'version';
  request?: Request;
  operands?: string | string[];
  files?: Record<string, Document | { base64: string }>;
}

export interface Cause {
  cause: string;
  action: string | null;
  resource: string | null;
  sentence?: string | null;
  statement?: Record<string, unknown> | null;
  [member: string]: unknown;
}

/** The answer of a command as its `--format json` prints it. */
export interface Answer {
  format?: number;
  [member: string]: any;
}

export interface Verdict {
  id?: unknown;
  format?: number;
  decision?: Decision;
  status?: number;
  error_code?: string;
  cause?: string;
  causes?: Cause[];
  assumptions?: string[];
  unknown?: string[];
  warnings?: unknown[];
  error?: { message: string; hint?: string; line?: number; column?: number };
}

export interface Explanation extends Answer {
  decision: Decision;
  status: number;
  cause: string | null;
  causes: Cause[];
  fixes: Array<Record<string, any>>;
  assumptions: string[];
  unknown: string[];
}

/** A question that could not be answered, with its place. A denial is an answer, never an error. */
export class Why403Error extends Error {
  readonly code: number;
  readonly detail: string;
  readonly hint: string;
  readonly source: string;
  /** From 1; 0: no place. The column in bytes. */
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly length: number;
  /** Only the whole engine can answer it: `await engine.whole()`, and ask again. */
  readonly needsWhole: boolean;
}

/** A snapshot, read once and never changed. */
export class World {
  private constructor();
  ask(question: Question): Answer;
  askText(question: Question | string): string;
  explain(request?: Request, options?: Options): Explanation;
  decide(request: Request, options?: Options): Verdict;
  decideMany(requests: Iterable<Request>, options?: Options): Verdict[];
  decideLines(lines: string, question?: Question | string): string;
  whoCan(action: string, resource: string, options?: Options): Answer;
  whatCan(principal: string, action?: string, options?: Options): Answer;
  public(bucket?: string, options?: Options): Answer;
  logs(files: Record<string, string | Uint8Array>, options?: Options): Answer;
  replay(files: Record<string, string | Uint8Array>, policy: Record<string, Document>, options?: Options): Answer;
  sweep(files: Record<string, string | Uint8Array>, options?: Options): Answer;
  inventory(bucket: string, configuration?: string, options?: Options): Answer;
  runbook(name: string, parameters: Record<string, unknown>, options?: Options): Answer;
  free(): void;
}

export class Engine {
  constructor(module: WebAssembly.Module, load?: () => WebAssembly.Module | Promise<WebAssembly.Module>);
  /** A snapshot in the single-file form (an object that maps paths to contents, or its text); none: a world without. */
  world(snapshot?: object | string): World;
  readonly empty: World;
  readonly memory: number;
  explain(request?: Request, options?: Options): Explanation;
  lint(policy: Document, options?: Options & { name?: string }): Answer;
  diff(before: Document, after: Document, options?: Options): Answer;
  check(question: string, documents: Document | Document[], options?: Options): Answer;
  /** False: the small one (`openCore`), which ends a question that needs more by an error whose `needsWhole` is true. */
  readonly isWhole: boolean;
  /** Makes it the whole engine: loaded once, worlds stay what they are. */
  whole(): Promise<Engine>;
  /** What `ask` gives; where that needs the whole engine, once it is loaded. */
  answer<T>(ask: () => T | Promise<T>): Promise<T>;
}

export type Source = WebAssembly.Module | BufferSource | Response | URL | string | Promise<WebAssembly.Module | BufferSource | Response>;

/** Opens the engine; in Node without an argument, elsewhere from the module that lies beside the package's script. */
export function open(source?: Source): Promise<Engine>;

/** Opens the small module, a third of the size: it decides, explains, fixes and reads evidence. The whole one is loaded when a
 *  question first needs it (in Node without waiting; elsewhere `Engine.answer` waits); null: never. */
export function openCore(sources?: { core?: Source; whole?: Source | null }): Promise<Engine>;

/** Bytes out of gzip, by the host; other bytes as they are. */
export function unpack(bytes: Uint8Array): Promise<Uint8Array>;

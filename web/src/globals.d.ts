/** Built as one file that works from a disk. */
declare const __ONE_FILE__: boolean;
/** The version of the program that this page was built from. */
declare const __VERSION__: string;

declare module 'why403/why403-core.wasm?url' {
  const url: string;
  export default url;
}
declare module 'why403/why403.wasm?url' {
  const url: string;
  export default url;
}
declare module 'virtual:example-account' {
  const files: Record<string, string>;
  export default files;
}
declare module 'virtual:example-cases' {
  import type { CaseFile } from './state/paste';
  const cases: Array<CaseFile & { case: string; shelf: 'articles' | 'real'; title: string; source?: string }>;
  export default cases;
}

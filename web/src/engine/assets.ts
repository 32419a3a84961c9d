/* Where the worker and the modules come from: files beside the page, or, in the one-file page, data inside it. */
import coreUrl from 'why403/why403-core.wasm?url';
import wholeUrl from 'why403/why403.wasm?url';

interface Inside {
  worker: string;
  module: string; // gzip, base64
}

const inside = (): Inside | null => {
  const worker = document.getElementById('inside-worker')?.textContent;
  const module = document.getElementById('inside-module')?.textContent;
  return worker && module ? { worker, module } : null;
};

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64.trim()), (c) => c.charCodeAt(0));

const unpacked = (base64: string): Promise<ArrayBuffer> =>
  new Response(new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();

export function startWorker(): Worker {
  if (__ONE_FILE__) {
    const code = new TextDecoder().decode(bytesOf(inside()!.worker));
    return new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  }
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
}

export async function modules(): Promise<{ core: string | ArrayBuffer | null; whole: string | ArrayBuffer }> {
  if (__ONE_FILE__) {
    return { core: null, whole: await unpacked(inside()!.module) };
  }
  const there = (url: string): string => new URL(url, document.baseURI).href;
  return { core: there(coreUrl), whole: there(wholeUrl) };
}

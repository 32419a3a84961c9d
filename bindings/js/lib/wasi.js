/* What the module imports, where nothing is lent to it: a clock, and refusals. */
const BADF = 8;
const NOSYS = 52;
const SUCCESS = 0;

/** What the small module throws where a question needs what only the whole one has. */
export class Elsewhere extends Error {}

/* @param {() => WebAssembly.Memory} memory */
export function imports(module, memory) {
  const view = () => new DataView(memory().buffer);
  const wasi = {
    environ_sizes_get(count, size) {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return SUCCESS;
    },
    environ_get: () => SUCCESS,
    clock_time_get(id, precision, out) {
      view().setBigUint64(out, BigInt(Math.round(Date.now() * 1e6)), true);
      return SUCCESS;
    },
    proc_exit(status) {
      throw new WebAssembly.RuntimeError(`it ended with status ${status}`);
    },
  };
  const env = {}; // of the small module: functions that it leaves to the whole one
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (from === 'env') {
      env[name] = () => {
        throw new Elsewhere(name);
      };
    } else {
      wasi[name] ??= () => (name.startsWith('fd_') ? BADF : NOSYS); // nothing is open, and nothing can be
    }
  }
  return { wasi_snapshot_preview1: wasi, env };
}

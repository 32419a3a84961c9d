/* What the module imports, where nothing is lent to it: a clock, and refusals. */
const BADF = 8;
const NOSYS = 52;
const SUCCESS = 0;

const REFUSED = ['fd_advise', 'fd_close', 'fd_fdstat_get', 'fd_fdstat_set_flags', 'fd_filestat_get', 'fd_prestat_get',
  'fd_prestat_dir_name', 'fd_read', 'fd_readdir', 'fd_seek', 'fd_write'];
const MISSING = ['path_create_directory', 'path_filestat_get', 'path_open', 'path_readlink', 'path_remove_directory', 'path_rename',
  'path_unlink_file', 'path_symlink', 'fd_sync', 'poll_oneoff', 'random_get', 'sched_yield'];

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
  for (const name of REFUSED) {
    wasi[name] = () => BADF;
  }
  for (const name of MISSING) {
    wasi[name] = () => NOSYS;
  }
  const env = {}; // of the small module: functions that it leaves to the whole one
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (from === 'env') {
      env[name] = () => {
        throw new Elsewhere(name);
      };
    }
  }
  return { wasi_snapshot_preview1: wasi, env };
}

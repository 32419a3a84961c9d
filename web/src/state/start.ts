/* What happens when the page opens: the engine is started, a link is read, a server is asked for its snapshot. */
import { signal } from '@preact/signals';

import { t } from '../strings';
import { crashed, engine } from './answer';
import { openWorld } from './session';
import { openLink } from './share';

export const linkNotice = signal<string | null>(null);

async function readLink(): Promise<void> {
  const link = await openLink(location.hash);
  linkNotice.value =
    link.kind === 'broken'
      ? t('share.broken')
      : link.kind === 'newer'
        ? t('share.newer', { version: link.version, mine: __VERSION__ })
        : null;
}

/* `why403 serve` says so with the page itself; no other host is asked for anything. */
function served(): boolean {
  const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return !!page?.serverTiming?.some((timing) => timing.name === 'why403');
}

interface Held {
  paths?: string[];
  collected_at?: string;
}

async function fromServer(): Promise<void> {
  const response = await fetch('v1/snapshot', { credentials: 'same-origin' });
  if (!response.ok) {
    return;
  }
  const held = (await response.json()) as Held;
  const paths = held.paths ?? [];
  const texts = await Promise.all(
    paths.map(async (path) => {
      const one = await fetch(`v1/snapshot/files?path=${encodeURIComponent(path)}`, { credentials: 'same-origin' });
      return one.ok ? ([path, await one.text()] as const) : null;
    }),
  );
  const files = Object.fromEntries(texts.filter((x) => x !== null));
  if (Object.keys(files).length) {
    await openWorld({ name: location.host, at: held.collected_at ?? null, files });
  }
}

export async function start(): Promise<void> {
  try {
    await engine.start();
  } catch (error) {
    crashed.value = String(error);
    return;
  }
  if (!__ONE_FILE__ && served()) {
    await fromServer().catch(() => (linkNotice.value = t('server.lost')));
  }
  await readLink();
  addEventListener('hashchange', () => void readLink());
}

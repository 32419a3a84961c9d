/* Which dialog is open, and what the examples load. */
import { signal } from '@preact/signals';

import { evidence } from './answer';
import { begin, work } from './work';
import { openWorld } from './session';

export type Dialog = 'snapshot' | 'share' | 'keys' | null;

export const dialog = signal<Dialog>(null);
export const addingPolicy = signal(false);

export const openSnapshotDialog = (): void => {
  dialog.value = 'snapshot';
};

export async function openExampleAccount(): Promise<void> {
  const { default: files } = await import('virtual:example-account');
  const read = evidence.value;
  const { request } = work.value;
  await openWorld({ name: 'example-account', at: '2026-11-21', files });
  if (read) {
    evidence.value = read;
    begin({ ...work.value, request });
  }
  dialog.value = null;
}

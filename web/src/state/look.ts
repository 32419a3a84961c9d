/* What a person looks at: which document is open, how, and where. */
import { signal } from '@preact/signals';

import { documents } from './answer';

export const openDoc = signal<string | null>(null);
export const editing = signal(false);

export const reduced = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

export function reveal(id: string, focus = false): void {
  const element = document.getElementById(id);
  element?.scrollIntoView({ block: 'start', behavior: reduced() ? 'auto' : 'smooth' });
  if (focus) {
    element?.focus({ preventScroll: true });
  }
}

export function openLayer(layer: string, _action: string): void {
  const doc = documents.value.find((d) => d.layer === layer);
  if (doc) {
    openDoc.value = doc.id;
    requestAnimationFrame(() => reveal('documents'));
  }
}

export const toVerdict = (): void => reveal('verdict', true);

/* Keys that work everywhere. */
import { signal } from '@preact/signals';

import { dialog } from './dialogs';
import { toVerdict } from './look';
import { redo, undo } from './work';

export const keysOn = signal(true);

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable || target.shadowRoot !== null);

function nextRegion(back: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + (back ? -1 : 1) + regions.length) % regions.length];
  const target = next?.querySelector<HTMLElement>('h1[tabindex], textarea, [tabindex="0"], button, a, input') ?? next;
  target?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

export function listen(): void {
  addEventListener('keydown', (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === 'Enter') {
      event.preventDefault();
      toVerdict();
    } else if (event.key === 'F6') {
      event.preventDefault();
      nextRegion(event.shiftKey);
    } else if (command && event.key.toLowerCase() === 'z' && !inField(event.target)) {
      event.preventDefault();
      (event.shiftKey ? redo : undo)();
    } else if (event.key === '?' && keysOn.value && !inField(event.target) && dialog.value === null) {
      event.preventDefault();
      dialog.value = 'keys';
    }
  });
}

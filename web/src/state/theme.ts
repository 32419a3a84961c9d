/* The one thing that is kept between visits. */
import { signal } from '@preact/signals';

const NAME = 'why403-theme';

const kept = (): string => {
  try {
    return localStorage.getItem(NAME) ?? 'system';
  } catch {
    return 'system'; // a browser that keeps nothing
  }
};

export const theme = signal(kept());

export function setTheme(next: string): void {
  theme.value = next;
  document.documentElement.dataset['theme'] = next;
  try {
    localStorage.setItem(NAME, next);
  } catch {
    // not kept, then
  }
}

document.documentElement.dataset['theme'] = theme.value;

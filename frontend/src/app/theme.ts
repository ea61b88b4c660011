import { applyMode, Mode } from '@cloudscape-design/global-styles';

/** "system" follows the machine's setting, also when it changes while the page is open. */
export type Theme = 'system' | 'light' | 'dark';

export const THEMES: { id: Theme; text: string }[] = [
  { id: 'system', text: 'Same as system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
];

const KEY = 'theme';
const machine = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let theme = stored();

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

function apply(): void {
  const dark = theme === 'dark' || (theme === 'system' && machine.matches);
  applyMode(dark ? Mode.Dark : Mode.Light);
}

export function startTheme(): void {
  apply();
  machine.addEventListener('change', apply);
}

export const currentTheme = (): Theme => theme;

export function setTheme(next: Theme): void {
  theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is refused in some private windows; the choice then lasts as long as the page.
  }
  apply();
  for (const listener of listeners) listener();
}

export function subscribeTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

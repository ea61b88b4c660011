// The switch "refresh by itself", shared by all pages and remembered for the tab.
const KEY = 'refresh';
let automatic = read();
const listeners = new Set<() => void>();

function read(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export const refreshesItself = (): boolean => automatic;

export function setRefreshesItself(next: boolean): void {
  automatic = next;
  try {
    sessionStorage.setItem(KEY, next ? 'on' : 'off');
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

export function subscribeRefresh(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

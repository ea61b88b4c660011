import { useSyncExternalStore } from 'react';

// One clock for every relative time on the page, so that they turn together and cost one timer.
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function current(): number {
  // A snapshot may not change between two renderings, but must not be minutes old after a pause either.
  const fresh = Date.now();
  if (fresh - now > 1000) now = fresh;
  return now;
}

/** The time in milliseconds since the epoch, told once a second. */
export const useNow = (): number => useSyncExternalStore(subscribe, current);

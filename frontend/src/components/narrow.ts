import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(max-width: 688px)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** Whether the page stands on a telephone or in a narrow window: tables then show less. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);

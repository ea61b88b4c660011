import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import type { ReactNode } from 'react';

export interface Notice {
  id: string;
  type: NonNullable<FlashbarProps.MessageDefinition['type']>;
  header?: string;
  content?: ReactNode;
}

// The newest few: a page that was left open over night does not greet with a wall of messages.
const SHOWN_MAX = 4;
let notices: readonly Notice[] = [];
let spoken = '';
let nextId = 0;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

export function subscribeNotices(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const currentNotices = (): readonly Notice[] => notices;
export const currentlySpoken = (): string => spoken;

export function notify(notice: Omit<Notice, 'id'> & { id?: string }): void {
  const id = notice.id ?? `notice-${nextId++}`;
  notices = [{ ...notice, id }, ...notices.filter((other) => other.id !== id)].slice(0, SHOWN_MAX);
  tell();
}

export function dismiss(id: string): void {
  notices = notices.filter((notice) => notice.id !== id);
  tell();
}

/** Says a sentence to screen readers alone, for what others see at a glance. */
export function announce(sentence: string): void {
  spoken = sentence;
  tell();
}

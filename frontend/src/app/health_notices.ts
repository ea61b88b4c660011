import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import type { Health } from '../api/client';

/** What everybody should know of the service who gives documents to it. */
export function healthNotices(health: Health | undefined): FlashbarProps.MessageDefinition[] {
  const warning = health?.sandbox?.warning;
  if (!warning) return [];
  return [
    {
      id: 'sandbox',
      type: 'warning',
      header: 'Documents are not fully walled off',
      content: `The service says: ${warning}. Give it only documents that you trust.`,
    },
  ];
}

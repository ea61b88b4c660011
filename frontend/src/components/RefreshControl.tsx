import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useSyncExternalStore } from 'react';
import { refreshesItself, setRefreshesItself, subscribeRefresh } from '../app/refresh';
import { useShortcut } from '../app/shortcuts';
import { absoluteTime, relativeTime } from './format';
import { useNow } from './now';

interface Props {
  /** Milliseconds since the epoch; 0 before the first answer. */
  updatedAt: number;
  busy: boolean;
  onRefresh: () => void;
}

export function RefreshControl({ updatedAt, busy, onRefresh }: Props) {
  const automatic = useSyncExternalStore(subscribeRefresh, refreshesItself);
  const now = useNow();
  const at = new Date(updatedAt).toISOString();
  useShortcut('r', onRefresh);
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      {updatedAt > 0 && (
        <Box color="text-body-secondary" fontSize="body-s">
          <time dateTime={at} title={absoluteTime(at)} data-testid="updated">
            Updated {relativeTime(at, now)}
          </time>
        </Box>
      )}
      <Toggle checked={automatic} onChange={({ detail }) => setRefreshesItself(detail.checked)}>
        Refresh by itself
      </Toggle>
      <Button iconName="refresh" ariaLabel="Refresh now" onClick={onRefresh} loading={busy} />
    </SpaceBetween>
  );
}

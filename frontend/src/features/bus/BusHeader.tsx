import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { refreshBus } from '../../api/bus';
import { RefreshControl } from '../../components/RefreshControl';

interface Props {
  title: string;
  description: string;
  updatedAt: number;
  busy: boolean;
  children?: ReactNode;
}

/** The head of a page of the bus, with its refresh and what else can be done. */
export function BusHeader({ title, description, updatedAt, busy, children }: Props) {
  return (
    <Header
      variant="h1"
      description={description}
      actions={
        <SpaceBetween direction="horizontal" size="m" alignItems="center">
          <RefreshControl updatedAt={updatedAt} busy={busy} onRefresh={refreshBus} />
          {children}
        </SpaceBetween>
      }
    >
      {title}
    </Header>
  );
}

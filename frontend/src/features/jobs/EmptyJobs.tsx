import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { addressOf } from '../../api/client';
import type { ViewId } from './views';

interface Props {
  view: ViewId;
  search: string;
  onShowAll: () => void;
  onUpload: () => void;
}

const NOTHING: Record<Exclude<ViewId, 'all'>, string> = {
  active: 'Nothing is waiting or being worked on',
  attention: 'Nothing needs your attention',
  done: 'No job is done yet',
  cancelled: 'No job was cancelled',
};

export function EmptyJobs({ view, search, onShowAll, onUpload }: Props) {
  if (search) {
    return (
      <Empty title={`No job matches “${search}”`}>
        <Button onClick={onShowAll}>Show all jobs</Button>
      </Empty>
    );
  }
  if (view !== 'all') {
    return (
      <Empty title={NOTHING[view]}>
        <Button onClick={onShowAll}>Show all jobs</Button>
      </Empty>
    );
  }
  return (
    <Empty title="No jobs yet">
      <Box color="text-body-secondary">
        Drop documents anywhere on this page, or send the first one from a terminal:
      </Box>
      <pre className="command">
        {`curl ${addressOf('/upload')} -H "Authorization: Bearer $(agent2-ingestor token)" -F files=@report.pdf`}
      </pre>
      <Button variant="primary" iconName="upload" onClick={onUpload}>
        Upload documents
      </Button>
    </Empty>
  );
}

function Empty({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="m" alignItems="center">
        <Box variant="h3">{title}</Box>
        {children}
      </SpaceBetween>
    </Box>
  );
}

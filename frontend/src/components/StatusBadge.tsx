import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import type { JobStatus } from '../api/client';

export const STATUS: Record<JobStatus, { type: StatusIndicatorProps.Type; label: string }> = {
  queued: { type: 'pending', label: 'Queued' },
  processing: { type: 'in-progress', label: 'Processing' },
  completed: { type: 'success', label: 'Completed' },
  failed: { type: 'error', label: 'Failed' },
  cancelled: { type: 'stopped', label: 'Cancelled' },
};

export function StatusBadge({ status }: { status: JobStatus }) {
  const { type, label } = STATUS[status];
  return <StatusIndicator type={type}>{label}</StatusIndicator>;
}

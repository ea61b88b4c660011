import type { JobStatus, Schemas } from '../../api/client';

export type ViewId = 'all' | 'active' | 'attention' | 'done' | 'cancelled';

/** A tab over the table: what it asks the server for. No status means any. */
interface View {
  id: ViewId;
  label: string;
  statuses: JobStatus[];
}

const ALL: View = { id: 'all', label: 'All', statuses: [] };

export const VIEWS: View[] = [
  ALL,
  { id: 'active', label: 'Active', statuses: ['queued', 'processing'] },
  { id: 'attention', label: 'Needs attention', statuses: ['failed'] },
  { id: 'done', label: 'Done', statuses: ['completed'] },
  { id: 'cancelled', label: 'Cancelled', statuses: ['cancelled'] },
];

export const viewOf = (id: string | null): View => VIEWS.find((view) => view.id === id) ?? ALL;

export function countOf(statuses: JobStatus[], counts: Schemas['JobCounts']): number {
  const of = statuses.length > 0 ? statuses : (Object.keys(counts) as JobStatus[]);
  return of.reduce((sum, status) => sum + counts[status], 0);
}

import type { JobSummary } from '../api/client';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "12 s ago", "3 min ago", "5 h ago", "2 days ago", then the date. */
export function relativeTime(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < MINUTE) return `${seconds} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  const days = Math.floor(seconds / DAY);
  if (days < 7) return days === 1 ? 'yesterday' : `${days} days ago`;
  return new Date(iso).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
}

/** In the reader's own zone, with the zone named. */
export function absoluteTime(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
}

/** "12 ms", "3.4 s", "5 min 02 s", "2 h 05 min". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < MINUTE) return `${Math.round(seconds)} s`;
  const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ${pad(seconds % MINUTE)} s`;
  return `${Math.floor(seconds / HOUR)} h ${pad((seconds % HOUR) / MINUTE)} min`;
}

/** "0 bytes", "12 kB", "4.5 MB": powers of 1,024, as the limits are set and S3's console counts. */
export function bytes(count: number): string {
  if (count < 1024) return `${count} ${count === 1 ? 'byte' : 'bytes'}`;
  let value = count;
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    value /= 1024;
    if (value < 1023.5 || unit === 'TB')
      return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
  }
  return '';
}

export const number = (value: number): string => value.toLocaleString('en-US');

/** "1 document", "2,000 documents". */
export const count = (value: number, noun: string): string =>
  `${number(value)} ${noun}${value === 1 ? '' : 's'}`;

type Times = Pick<JobSummary, 'created_at' | 'started_at' | 'finished_at' | 'status'>;

/** How long a job stood in the queue, up to now where it still does. Null where it never started. */
export function waitedMs(job: Times, now: number): number | null {
  const end =
    job.started_at ?? (job.status === 'queued' ? new Date(now).toISOString() : job.finished_at);
  return end ? Math.max(0, Date.parse(end) - Date.parse(job.created_at)) : null;
}

/** How long a job was worked on, up to now where it still is. Null where it never started. */
export function ranMs(job: Times, now: number): number | null {
  if (!job.started_at) return null;
  const end = job.finished_at
    ? Date.parse(job.finished_at)
    : job.status === 'processing'
      ? now
      : null;
  return end === null ? null : Math.max(0, end - Date.parse(job.started_at));
}

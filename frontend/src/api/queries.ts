import { keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, body, type JobStatus, type JobSummary, request } from './client';
import { ApiError, mayPass, Unreachable } from './errors';

export const REFRESH_MS = 10_000;
/** While the server does not answer, it is asked more often, so that the page is back soon after it. */
const REFRESH_WHEN_DOWN_MS = 2_000;
/** The server's own limits: jobs of a page, and jobs that one request acts on. */
const LARGEST_PAGE = 200;
export const LARGEST_BULK = 1_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A server on this very machine answers while the machine is offline.
      networkMode: 'always',
      retry: (count, error) => count < 2 && mayPass(error) && !(error instanceof Unreachable),
      staleTime: 1_000,
    },
    mutations: { networkMode: 'always' },
  },
});

export interface JobFilter {
  statuses: JobStatus[];
  search: string;
}

/** How often a query asks again; `automatic` is the user's switch. Hidden tabs do not ask. */
export const refreshing = (automatic: boolean) => ({
  refetchInterval: (query: { state: { error: unknown } }) =>
    query.state.error instanceof Unreachable
      ? REFRESH_WHEN_DOWN_MS
      : automatic
        ? REFRESH_MS
        : (false as const),
});

export const jobsQuery = (filter: JobFilter, limit: number, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['jobs', filter, limit, cursor ?? ''] as const,
    queryFn: ({ signal }) =>
      body(
        api.GET('/jobs', {
          params: {
            query: {
              limit,
              cursor,
              status: filter.statuses.length > 0 ? filter.statuses : undefined,
              q: filter.search || undefined,
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

/** The ids of all jobs that a search finds, as they are now. */
export async function findJobIds(filter: JobFilter): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await body(
      api.GET('/jobs', {
        params: {
          query: {
            limit: LARGEST_PAGE,
            cursor,
            status: filter.statuses.length > 0 ? filter.statuses : undefined,
            q: filter.search || undefined,
          },
        },
      }),
    );
    ids.push(...page.jobs.map((job) => job.job_id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return ids;
}

export const countsQuery = () =>
  queryOptions({
    queryKey: ['counts'] as const,
    queryFn: ({ signal }) => body(api.GET('/jobs/counts', { signal })),
  });

export const jobQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['job', jobId] as const,
    queryFn: ({ signal }) =>
      body(api.GET('/jobs/{job_id}', { params: { path: { job_id: jobId } }, signal })),
  });

export const serviceQuery = () =>
  queryOptions({
    queryKey: ['service'] as const,
    queryFn: ({ signal }) => body(api.GET('/service', { signal })),
    staleTime: 5 * 60_000,
  });

export const healthQuery = () =>
  queryOptions({
    queryKey: ['health'] as const,
    queryFn: ({ signal }) => body(api.GET('/health', { signal })),
    refetchInterval: 60_000,
  });

export type OutputKind = 'markdown' | 'sidecar' | 'chunks';

/** Outputs never change once a document is completed; a retry leaves completed documents alone. */
export const outputQuery = (jobId: string, n: number, kind: OutputKind) =>
  queryOptions({
    queryKey: ['output', jobId, n, kind] as const,
    queryFn: async ({ signal }) =>
      (await request(`/jobs/${jobId}/documents/${n}/${kind}`, { signal })).text(),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Asks anew for everything that shows jobs. */
export const refreshJobs = (): Promise<unknown> =>
  Promise.all(
    ['jobs', 'counts', 'job'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
  );

/** Puts a job's new summary where it is shown, before the next refresh. */
export function showSummary(summary: JobSummary): void {
  queryClient.setQueriesData<{ jobs: JobSummary[]; next_cursor: string | null }>(
    { queryKey: ['jobs'] },
    (page) =>
      page && {
        ...page,
        jobs: page.jobs.map((job) => (job.job_id === summary.job_id ? summary : job)),
      },
  );
}

type Bulk = { job_ids: string[] } | { status: JobStatus };
export interface BulkOutcome {
  count: number;
  refused: string[];
}

// Which statuses an action is for is the caller's to know; the server refuses others.
const BULK_REQUESTS = {
  retry: (bulk: Bulk) =>
    api.POST('/jobs/retry', { body: bulk as { status?: 'failed' | 'cancelled' } }),
  cancel: (bulk: Bulk) =>
    api.POST('/jobs/cancel', { body: bulk as { status?: 'queued' | 'processing' } }),
  delete: (bulk: Bulk) =>
    api.POST('/jobs/delete', { body: bulk as { status?: 'completed' | 'failed' | 'cancelled' } }),
};
export type BulkAction = keyof typeof BULK_REQUESTS;

/**
 * Retries, cancels or deletes many jobs. A selection by status goes on until none of that status is left, each
 * request doing as many as the server does at once.
 */
export async function actOnMany(action: BulkAction, bulk: Bulk): Promise<BulkOutcome> {
  const outcome: BulkOutcome = { count: 0, refused: [] };
  for (;;) {
    const answer = await body(BULK_REQUESTS[action](bulk));
    outcome.count += answer.count;
    for (const job of answer.jobs) if (job.error) outcome.refused.push(job.error);
    if (!answer.more || answer.count === 0) return outcome;
  }
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 422);

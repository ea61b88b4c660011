/** The server refused or failed; `detail` is its own explanation. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    /** Seconds, from `Retry-After`. */
    readonly retryAfter?: number,
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

/** No answer came: the server is stopped, restarting, or the network is down. */
export class Unreachable extends Error {
  constructor() {
    super('The server did not answer.');
    this.name = 'Unreachable';
  }
}

/** FastAPI's two shapes of `detail`, as one line. */
export function describeDetail(body: unknown, fallback: string): string {
  const detail = (body as { detail?: unknown } | undefined)?.detail;
  if (typeof detail === 'string') return detail;
  if (Array.isArray(detail)) {
    const lines = detail.map((entry: { loc?: unknown[]; msg?: string }) => {
      const place = (entry.loc ?? []).filter((part) => part !== 'body').join('.');
      return place ? `${place}: ${entry.msg}` : `${entry.msg}`;
    });
    if (lines.length > 0) return lines.join('; ');
  }
  return fallback;
}

/** What happened, in words for a person. */
export function explain(error: unknown): string {
  if (error instanceof ApiError && error.status === 429) {
    return `Too many requests at the moment${error.retryAfter ? `; try again in ${error.retryAfter} s` : ''}.`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Whether the same request may succeed later without a change. */
export function mayPass(error: unknown): boolean {
  return (
    error instanceof Unreachable ||
    (error instanceof ApiError &&
      (error.status >= 500 || error.status === 429 || error.status === 408))
  );
}

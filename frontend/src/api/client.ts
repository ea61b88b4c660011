import createClient from 'openapi-fetch';
import type { PageConfig } from './config';
import { ApiError, describeDetail, Unreachable } from './errors';
import type { components, paths } from './schema';
import { session } from './session';

export type Schemas = components['schemas'];
export type Job = Schemas['Job'];
export type JobSummary = Schemas['JobSummary'];
export type JobFile = Schemas['JobFile'];
export type JobStatus = Schemas['JobStatus'];
export type Service = Schemas['Service'];
export type Health = Schemas['Health'];

let apiUrl = '';
let sessionKind: PageConfig['auth']['session'] = 'cookie';

/** The typed client of the API; every call throws ApiError or Unreachable. */
export let api = createClient<paths>({ fetch: send });

export function configure(config: PageConfig): void {
  apiUrl = config.api_url.replace(/\/$/, '');
  sessionKind = config.auth.session;
  api = createClient<paths>({ baseUrl: apiUrl, fetch: send });
}

export const hasCookie = (): boolean => sessionKind === 'cookie';

/** The address of an API path, for links, `curl` lines and event streams. */
export const addressOf = (path: string): string => `${apiUrl || window.location.origin}${path}`;

/** `fetch` of an API path with the session's credentials. Throws ApiError or Unreachable. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  return send(new Request(addressOf(path), init));
}

async function send(input: Request): Promise<Response> {
  const token = session.bearer();
  if (token && !input.headers.has('Authorization')) {
    input.headers.set('Authorization', `Bearer ${token}`);
  }
  let answer: Response;
  try {
    answer = await fetch(input);
  } catch (error) {
    if (input.signal.aborted) throw error;
    throw new Unreachable();
  }
  if (answer.ok) return answer;
  if (answer.status === 401) session.refused();
  const body = await answer.json().catch(() => undefined);
  const wait = Number(answer.headers.get('Retry-After'));
  throw new ApiError(
    answer.status,
    describeDetail(body, `The server answered ${answer.status}.`),
    wait > 0 ? wait : undefined,
  );
}

/** The body of an answer; what is not an answer has been thrown by then. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from './client';
import { queryClient } from './queries';

export type EventBus = Schemas['EventBus'];
export type BusRule = Schemas['BusRule'];
export type BusTarget = Schemas['BusTarget'];
export type RuleSettings = Schemas['BusRuleSettings'];
export type TargetSettings = Schemas['BusTargetSettings'];
export type RecentEvent = Schemas['RecentEvent'];
export type Delivery = Schemas['BusDelivery'];
export type Try = Schemas['BusTry'];
export type DeadLetter = Schemas['DeadLetter'];
export type Archive = Schemas['BusArchive'];
export type Replay = Schemas['BusReplay'];

export interface RuleKey {
  bus: string;
  name: string;
}
/** What the lists of deliveries are narrowed down to; what is empty is not asked for. */
export interface RouteFilter {
  bus: string;
  rule: string;
  target_id: string;
}

/** Every question about the bus begins with this, so that one call asks all of them anew. */
const BUS = 'bus';
/** As many of a list as the page shows. */
const LISTED = 200;

export const busesQuery = () =>
  queryOptions({
    queryKey: [BUS, 'buses'] as const,
    queryFn: async ({ signal }) => (await body(api.GET('/bus/buses', { signal }))).buses,
  });

export const rulesQuery = () =>
  queryOptions({
    queryKey: [BUS, 'rules'] as const,
    queryFn: async ({ signal }) => (await body(api.GET('/bus/rules', { signal }))).rules,
  });

const ruleParameters = ({ bus, name }: RuleKey) => ({
  params: { path: { rule: name }, query: { bus } },
});

export const ruleQuery = (key: RuleKey) =>
  queryOptions({
    queryKey: [BUS, 'rule', key] as const,
    queryFn: ({ signal }) => body(api.GET('/bus/rules/{rule}', { ...ruleParameters(key), signal })),
    // A form is filled in once, and not again under the hands of whoever changes it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

export const recentEventsQuery = (bus: string) =>
  queryOptions({
    queryKey: [BUS, 'events', bus] as const,
    queryFn: ({ signal }) => body(api.GET('/bus/events', { params: { query: { bus } }, signal })),
  });

export const patternTestQuery = (bus: string, pattern: string) =>
  queryOptions({
    queryKey: [BUS, 'pattern', bus, pattern] as const,
    queryFn: ({ signal }) =>
      body(api.POST('/bus/patterns/test', { body: { bus, event_pattern: pattern }, signal })),
    placeholderData: keepPreviousData,
  });

const filterParameters = ({ bus, rule, target_id }: RouteFilter) => ({
  bus: bus || undefined,
  rule: rule || undefined,
  target_id: target_id || undefined,
  limit: LISTED,
});

export const deliveriesQuery = (filter: RouteFilter) =>
  queryOptions({
    queryKey: [BUS, 'deliveries', filter] as const,
    queryFn: ({ signal }) =>
      body(api.GET('/bus/deliveries', { params: { query: filterParameters(filter) }, signal })),
    placeholderData: keepPreviousData,
  });

export type Outcome = Try['outcome'];

export const triesQuery = (filter: RouteFilter, outcome: Outcome | undefined) =>
  queryOptions({
    queryKey: [BUS, 'tries', filter, outcome ?? ''] as const,
    queryFn: async ({ signal }) =>
      (
        await body(
          api.GET('/bus/deliveries/log', {
            params: { query: { ...filterParameters(filter), outcome } },
            signal,
          }),
        )
      ).tries,
    placeholderData: keepPreviousData,
  });

/** The server's own limit: dead letters of a list, and those that one request acts on. */
export const DEAD_LETTERS_MAX = 1_000;

export const deadLettersQuery = () =>
  queryOptions({
    queryKey: [BUS, 'dead-letters'] as const,
    queryFn: async ({ signal }) =>
      (
        await body(
          api.GET('/bus/dead-letters', {
            params: { query: { limit: DEAD_LETTERS_MAX } },
            signal,
          }),
        )
      ).dead_letters,
  });

export const deadLetterQuery = (id: number) =>
  queryOptions({
    queryKey: [BUS, 'dead-letter', id] as const,
    queryFn: ({ signal }) =>
      body(api.GET('/bus/dead-letters/{id}', { params: { path: { id } }, signal })),
  });

export const archivesQuery = () =>
  queryOptions({
    queryKey: [BUS, 'archives'] as const,
    queryFn: async ({ signal }) => (await body(api.GET('/bus/archives', { signal }))).archives,
  });

export const replaysQuery = () =>
  queryOptions({
    queryKey: [BUS, 'replays'] as const,
    queryFn: async ({ signal }) => (await body(api.GET('/bus/replays', { signal }))).replays,
  });

/** Asks anew for everything that shows the bus. */
export const refreshBus = (): Promise<void> =>
  queryClient.invalidateQueries({
    queryKey: [BUS],
    predicate: ({ queryKey }) => queryKey[1] !== 'rule',
  });

export const putRule = (key: RuleKey, settings: RuleSettings): Promise<BusRule> =>
  body(api.PUT('/bus/rules/{rule}', { ...ruleParameters(key), body: settings }));

export const enableRule = (key: RuleKey, enabled: boolean): Promise<BusRule> =>
  body(
    enabled
      ? api.POST('/bus/rules/{rule}/enable', ruleParameters(key))
      : api.POST('/bus/rules/{rule}/disable', ruleParameters(key)),
  );

export const deleteRule = (key: RuleKey): Promise<unknown> =>
  api.DELETE('/bus/rules/{rule}', ruleParameters(key));

/** Dead letters by their ids, or all that there are. */
export type Selection = { ids: number[] } | { all: true };

export async function redrive(selection: Selection): Promise<number> {
  const answer = await body(api.POST('/bus/dead-letters/redrive', { body: selection }));
  return answer.redriven.length;
}

export async function deleteDeadLetters(selection: Selection): Promise<number> {
  const answer = await body(api.POST('/bus/dead-letters/delete', { body: selection }));
  return answer.deleted.length;
}

export const createArchive = (archive: Schemas['NewBusArchive']): Promise<Archive> =>
  body(api.POST('/bus/archives', { body: archive }));

export const updateArchive = (
  name: string,
  settings: Schemas['BusArchiveSettings'],
): Promise<Archive> =>
  body(
    api.PATCH('/bus/archives/{archive}', { params: { path: { archive: name } }, body: settings }),
  );

export const deleteArchive = (name: string): Promise<unknown> =>
  api.DELETE('/bus/archives/{archive}', { params: { path: { archive: name } } });

export const startReplay = (replay: Schemas['NewBusReplay']): Promise<Replay> =>
  body(api.POST('/bus/replays', { body: replay }));

export const cancelReplay = (name: string): Promise<Replay> =>
  body(api.POST('/bus/replays/{replay}/cancel', { params: { path: { replay: name } } }));

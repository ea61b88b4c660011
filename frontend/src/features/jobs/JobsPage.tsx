import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Tabs from '@cloudscape-design/components/tabs';
import TextFilter, { type TextFilterProps } from '@cloudscape-design/components/text-filter';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router-dom';
import { countsQuery, jobsQuery, refreshing, refreshJobs } from '../../api/queries';
import { refreshesItself, subscribeRefresh } from '../../app/refresh';
import { useShortcut } from '../../app/shortcuts';
import { count, number } from '../../components/format';
import { useNarrow } from '../../components/narrow';
import { RefreshControl } from '../../components/RefreshControl';
import { ServiceDown } from '../../components/ServiceDown';
import { BulkActions } from './BulkActions';
import { COLUMNS, NARROW_COLUMNS } from './columns';
import { EmptyJobs } from './EmptyJobs';
import { countOf, VIEWS, viewOf } from './views';
import './jobs.css';

const PAGE_SIZE = 25;
/** How long the search waits for further letters. */
const SEARCH_DELAY_MS = 200;

export function JobsPage() {
  const [parameters, setParameters] = useSearchParams();
  const location = useLocation();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const automatic = useSyncExternalStore(subscribeRefresh, refreshesItself);
  const view = viewOf(parameters.get('view'));
  const search = parameters.get('q') ?? '';
  const [typed, setTyped] = useState(search);
  const [selectedIds, setSelectedIds] = useState<readonly string[]>([]);
  const filter = useRef<TextFilterProps.Ref>(null);

  // The cursors of the pages before and up to this one. They belong to the place in the history, so that the
  // browser's "back" leads to the page that was left, and die with a change of view or search.
  const cursors = (location.state as { cursors?: string[] } | null)?.cursors ?? [];
  const jobs = useQuery({
    ...jobsQuery({ statuses: view.statuses, search }, PAGE_SIZE, cursors.at(-1)),
    ...refreshing(automatic),
  });
  const counts = useQuery({ ...countsQuery(), ...refreshing(automatic) });
  const page = jobs.data?.jobs ?? [];
  const selected = page.filter((job) => selectedIds.includes(job.job_id));

  const show = useCallback(
    (change: Record<string, string>) => {
      setSelectedIds([]);
      setParameters(
        (before) => {
          for (const [name, value] of Object.entries(change)) {
            if (value) before.set(name, value);
            else before.delete(name);
          }
          return before;
        },
        { replace: 'q' in change },
      );
    },
    [setParameters],
  );
  const turnTo = (next: string[]) => {
    setSelectedIds([]);
    navigate({ search: location.search }, { state: { cursors: next } });
  };

  // "Back" and links change the search from outside of the field. What comes from the field itself must not
  // come back to it: somebody may have typed on since.
  const sent = useRef(search);
  useEffect(() => {
    if (search === sent.current) return;
    sent.current = search;
    setTyped(search);
  }, [search]);
  // Not the field's own delayed event: it outlives this page, so that it would bring back whoever is just
  // leaving, or write the search into the next page's address.
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = wanted;
      show({ q: wanted });
    }, SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [typed, show]);
  const focusSearch = useCallback(() => filter.current?.focus(), []);
  useShortcut('/', focusSearch);

  const table = (
    <Table
      variant="container"
      trackBy="job_id"
      items={page}
      columnDefinitions={narrow ? NARROW_COLUMNS : COLUMNS}
      loading={jobs.isPending && !jobs.error}
      loadingText="Loading the jobs"
      selectionType="multi"
      selectedItems={selected}
      onSelectionChange={({ detail }) =>
        setSelectedIds(detail.selectedItems.map((job) => job.job_id))
      }
      stickyHeader={!narrow}
      wrapLines
      ariaLabels={{
        tableLabel: 'Jobs',
        selectionGroupLabel: 'Selection of jobs',
        allItemsSelectionLabel: () => 'Select all jobs of this page',
        itemSelectionLabel: (_, job) => `Select ${job.job_name || job.job_id}`,
      }}
      filter={
        <div className="jobs-filter">
          <TextFilter
            ref={filter}
            filteringText={typed}
            filteringPlaceholder="Find by name or id"
            filteringAriaLabel="Find jobs by name, or by the start of the id"
            countText={
              search && jobs.data ? matches(page.length, jobs.data.next_cursor !== null) : ''
            }
            onChange={({ detail }) => setTyped(detail.filteringText)}
          />
          <BulkActions
            selected={selected}
            view={view.id}
            search={search}
            found={page.length > 0}
            counts={counts.data}
            onDone={() => setSelectedIds([])}
          />
        </div>
      }
      pagination={
        <Pagination
          currentPageIndex={cursors.length + 1}
          pagesCount={cursors.length + (jobs.data?.next_cursor ? 2 : 1)}
          openEnd={Boolean(jobs.data?.next_cursor)}
          ariaLabels={{ paginationLabel: 'Pages of jobs' }}
          onChange={({ detail }) => {
            const target = detail.currentPageIndex - 1;
            const next = jobs.data?.next_cursor;
            if (target <= cursors.length) turnTo(cursors.slice(0, target));
            else if (next) turnTo([...cursors, next]);
          }}
        />
      }
      empty={
        jobs.data && (
          <EmptyJobs
            view={view.id}
            search={search}
            onShowAll={() => show({ view: '', q: '' })}
            onUpload={() => navigate('/upload')}
          />
        )
      }
    />
  );

  return (
    <SpaceBetween size="s">
      <ServiceDown error={jobs.error} updatedAt={jobs.dataUpdatedAt} />
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="m" alignItems="center">
            <RefreshControl
              updatedAt={jobs.dataUpdatedAt}
              busy={jobs.isFetching && !jobs.isPending}
              onRefresh={refreshJobs}
            />
            <Button variant="primary" iconName="upload" onClick={() => navigate('/upload')}>
              Upload
            </Button>
          </SpaceBetween>
        }
      >
        Jobs
      </Header>
      <Tabs
        activeTabId={view.id}
        onChange={({ detail }) =>
          show({ view: detail.activeTabId === 'all' ? '' : detail.activeTabId })
        }
        ariaLabel="Jobs by state"
        tabs={VIEWS.map(({ id, label, statuses }) => ({
          id,
          label: counts.data ? `${label} (${number(countOf(statuses, counts.data))})` : label,
          content: id === view.id && table,
        }))}
      />
    </SpaceBetween>
  );
}

const matches = (found: number, more: boolean): string =>
  more ? `${number(found)}+ matches` : count(found, 'match').replace('matchs', 'matches');

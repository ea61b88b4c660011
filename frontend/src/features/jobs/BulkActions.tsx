import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { JobStatus, JobSummary, Schemas } from '../../api/client';
import { explain } from '../../api/errors';
import {
  actOnMany,
  type BulkAction,
  type BulkOutcome,
  findJobIds,
  LARGEST_BULK,
  refreshJobs,
} from '../../api/queries';
import { notify } from '../../app/notices';
import { count, number } from '../../components/format';
import { countOf, type ViewId, viewOf } from './views';

interface Wording {
  verb: string;
  done: string;
  /** The statuses of jobs that it can be done to. */
  able: JobStatus[];
  explanation: string;
  /** One job is quickly put right again; what is deleted is not. */
  confirmsOne: boolean;
}

const ACTIONS: Record<BulkAction, Wording> = {
  retry: {
    verb: 'Retry',
    done: 'queued again',
    able: ['failed', 'cancelled'],
    explanation:
      'Documents that failed or were not reached are worked on again. What is completed stays.',
    confirmsOne: false,
  },
  cancel: {
    verb: 'Cancel',
    done: 'cancelled',
    able: ['queued', 'processing'],
    explanation:
      'Documents under way are stopped. What is already completed stays, and the jobs can be retried later.',
    confirmsOne: false,
  },
  delete: {
    verb: 'Delete',
    done: 'deleted',
    able: ['completed', 'failed', 'cancelled'],
    explanation:
      'The jobs go with their documents and all that was made of them. There is no way back.',
    confirmsOne: true,
  },
};

interface Props {
  selected: readonly JobSummary[];
  view: ViewId;
  search: string;
  /** Whether the table shows any job. */
  found: boolean;
  counts: Schemas['JobCounts'] | undefined;
  onDone: () => void;
}

interface Plan {
  action: BulkAction;
  jobs: number;
  /** One request each. */
  bulks: ({ job_ids: string[] } | { status: JobStatus })[];
}

/** Retry, cancel and delete: the selected jobs, or, where the view is of such jobs alone, all that it holds. */
export function BulkActions({ selected, view, search, found, counts, onDone }: Props) {
  const [plan, setPlan] = useState<Plan>();
  const [running, setRunning] = useState<BulkAction>();

  const carryOut = async ({ action, bulks }: Plan) => {
    setPlan(undefined);
    setRunning(action);
    const outcome: BulkOutcome = { count: 0, refused: [] };
    try {
      for (const bulk of bulks) {
        const part = await actOnMany(action, bulk);
        outcome.count += part.count;
        outcome.refused.push(...part.refused);
      }
      const done = `${count(outcome.count, 'job')} ${ACTIONS[action].done}`;
      notify(
        outcome.refused.length > 0
          ? {
              type: 'warning',
              header: `${done}, ${number(outcome.refused.length)} left as they were`,
              content: outcome.refused[0],
            }
          : { type: 'success', header: done },
      );
      onDone();
    } catch (error) {
      notify({ type: 'error', header: `Not all jobs could be reached`, content: explain(error) });
    } finally {
      setRunning(undefined);
      await refreshJobs();
    }
  };

  const confirm = (next: Plan) => {
    if (next.jobs === 1 && !ACTIONS[next.action].confirmsOne) void carryOut(next);
    else setPlan(next);
  };

  const planMatches = async (action: BulkAction, statuses: JobStatus[]) => {
    setRunning(action);
    try {
      const ids = await findJobIds({ statuses, search });
      const bulks: Plan['bulks'] = [];
      for (let at = 0; at < ids.length; at += LARGEST_BULK) {
        bulks.push({ job_ids: ids.slice(at, at + LARGEST_BULK) });
      }
      confirm({ action, jobs: ids.length, bulks });
    } catch (error) {
      notify({ type: 'error', header: 'The jobs could not be listed', content: explain(error) });
    } finally {
      setRunning(undefined);
    }
  };

  const button = (action: BulkAction) => {
    const { verb, able } = ACTIONS[action];
    const jobs = selected.filter((job) => able.includes(job.status));
    const statuses = viewOf(view).statuses;
    const all = counts && statuses.length > 0 ? countOf(statuses, counts) : 0;
    const offersAll =
      selected.length === 0 &&
      (search ? found && statuses.length > 0 : all > 0) &&
      statuses.every((status) => able.includes(status));
    const act = () => {
      if (!offersAll) {
        const job_ids = jobs.map((job) => job.job_id);
        confirm({ action, jobs: jobs.length, bulks: [{ job_ids }] });
      } else if (search) {
        void planMatches(action, statuses);
      } else {
        confirm({ action, jobs: all, bulks: statuses.map((status) => ({ status })) });
      }
    };
    const ofAll = search ? `${verb} all matches` : `${verb} all ${number(all)}`;
    return (
      <Button
        disabled={!offersAll && jobs.length === 0}
        disabledReason={
          selected.length === 0
            ? `Select ${able.join(' or ')} jobs first.`
            : `None of the selected jobs is ${able.join(' or ')}.`
        }
        loading={running === action}
        onClick={act}
      >
        {offersAll ? ofAll : jobs.length > 0 ? `${verb} ${number(jobs.length)}` : verb}
      </Button>
    );
  };

  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        {button('retry')}
        {button('cancel')}
        {button('delete')}
      </SpaceBetween>
      {plan && (
        <Modal
          visible
          onDismiss={() => setPlan(undefined)}
          header={`${ACTIONS[plan.action].verb} ${count(plan.jobs, 'job')}?`}
          footer={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" onClick={() => setPlan(undefined)}>
                  Leave them
                </Button>
                <Button variant="primary" onClick={() => void carryOut(plan)}>
                  {ACTIONS[plan.action].verb} {count(plan.jobs, 'job')}
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          {ACTIONS[plan.action].explanation}
        </Modal>
      )}
    </>
  );
}

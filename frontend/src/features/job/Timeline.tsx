import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import type { Job, Schemas } from '../../api/client';
import { absoluteTime, duration, ranMs } from '../../components/format';
import { STATUS } from '../../components/StatusBadge';

const ICON_LABEL: Partial<Record<StepsProps.Status, string>> = {
  success: 'Done',
  error: 'Failed',
  'in-progress': 'Under way',
  pending: 'Waiting',
  stopped: 'Stopped',
};

export function Timeline({ job }: { job: Job }) {
  return (
    <Container header={<Header variant="h2">Timeline</Header>}>
      <Steps ariaLabel="Timeline of the job" steps={stepsOf(job)} />
    </Container>
  );
}

/** What happened to a job, in order: taken, each attempt, the end. */
export function stepsOf(job: Job): StepsProps.Step[] {
  const steps: StepsProps.Step[] = [
    { status: 'success', header: 'Queued', details: absoluteTime(job.created_at) },
    ...job.attempts.map(attemptStep),
  ];
  if (job.finished_at) {
    const ran = ranMs(job, Date.parse(job.finished_at));
    steps.push({
      ...end(job),
      details:
        absoluteTime(job.finished_at) + (ran === null ? '' : `, after ${duration(ran)} of work`),
    });
  } else if (job.attempts.length === 0 || job.status === 'queued') {
    steps.push({ status: 'pending', header: 'Waiting for its turn' });
  }
  return steps.map((step) => ({
    ...step,
    statusIconAriaLabel: ICON_LABEL[step.status],
  }));
}

function attemptStep(attempt: Schemas['Attempt']): StepsProps.Step {
  const header = `Attempt ${attempt.number}`;
  if (!attempt.ended_at) {
    return { status: 'in-progress', header, details: `Since ${absoluteTime(attempt.started_at)}` };
  }
  const took = duration(Date.parse(attempt.ended_at) - Date.parse(attempt.started_at));
  const when = `${absoluteTime(attempt.started_at)}, ${took}`;
  if (attempt.interrupted) {
    const why = 'Cut short by a stop of the service or by cancelling.';
    return { status: 'stopped', header, details: `${when}. ${attempt.error ?? why}` };
  }
  return attempt.error
    ? { status: 'error', header, details: `${when}. ${attempt.error}` }
    : { status: 'success', header, details: when };
}

const end = (job: Job): { status: StepsProps.Status; header: string } => ({
  status: STATUS[job.status].type,
  header: STATUS[job.status].label,
});

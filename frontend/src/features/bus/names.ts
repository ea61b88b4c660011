import type { BusRule, Outcome } from '../../api/bus';

/** What tells a target from others: `queue orders` of its ARN. */
export function describeArn(arn: string): string {
  const [, , service, , , ...rest] = arn.split(':');
  const resource = rest.join(':');
  switch (service) {
    case 'lambda':
      return `function ${resource.replace(/^function:/, '')}`;
    case 'sqs':
      return `queue ${resource}`;
    case 'logs':
      return `log group ${resource.replace(/^log-group:/, '').replace(/:\*$/, '')}`;
    case 'events':
      return resource
        .replace(/^event-bus\//, 'bus ')
        .replace(/^api-destination\/([^/]*).*/, 'API destination $1')
        .replace(/^archive\//, 'archive ');
    default:
      return arn;
  }
}

/** The counts of all targets of a rule. */
export const totalsOf = (rule: BusRule) =>
  rule.targets.reduce(
    (sum, { counts }) => ({
      delivered: sum.delivered + counts.delivered,
      failed: sum.failed + counts.failed,
      dead_lettered: sum.dead_lettered + counts.dead_lettered,
    }),
    { delivered: 0, failed: 0, dead_lettered: 0 },
  );

/** Why a rule cannot be edited or deleted here; undefined: it can. */
export function lockOf(rule: BusRule): string | undefined {
  if (rule.managed_by === 'template') {
    return 'The template manages this rule: each start brings it to what the template says.';
  }
  if (rule.managed_by === 'archive') {
    return 'An archive manages this rule: change or delete the archive.';
  }
  return undefined;
}

export const idOf = ({ bus, name }: { bus: string; name: string }): string => `${bus}\n${name}`;

export const OUTCOMES: Record<Outcome, { type: 'success' | 'warning' | 'error'; label: string }> = {
  delivered: { type: 'success', label: 'Delivered' },
  retried: { type: 'warning', label: 'To be retried' },
  dead_lettered: { type: 'error', label: 'Given up' },
};

/** JSON text with its structure shown; what is no JSON stays as it is. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

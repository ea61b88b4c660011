import Alert from '@cloudscape-design/components/alert';
import { explain, Unreachable } from '../api/errors';

/** Above data that is shown although the last request for it failed. */
export function ServiceDown({ error, updatedAt }: { error: Error | null; updatedAt: number }) {
  if (!error) return null;
  const since =
    updatedAt > 0
      ? ` You see the state of ${new Date(updatedAt).toLocaleTimeString('en-GB')}.`
      : '';
  return error instanceof Unreachable ? (
    <Alert type="warning" header="The service does not answer">
      Trying again every two seconds.{since}
    </Alert>
  ) : (
    <Alert type="error" header="This could not be loaded">
      {explain(error)}
      {since}
    </Alert>
  );
}

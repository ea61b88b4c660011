import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { useSyncExternalStore } from 'react';
import { Outlet } from 'react-router-dom';
import { isOperator, session } from '../../api/session';

/** Spares others a page full of refusals; who may do what is the server's business. */
export function OperatorsOnly() {
  const current = useSyncExternalStore(session.subscribe, session.current);
  if (isOperator(current)) return <Outlet />;
  return (
    <Box padding={{ vertical: 'xxl' }}>
      <Alert type="info" header={<h1 className="bus-refusal">The event bus is for operators</h1>}>
        Its events are those of all users. With the server’s own sign-in, the operator is the user
        “local”.
      </Alert>
    </Box>
  );
}

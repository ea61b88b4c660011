import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useRouteError } from 'react-router-dom';

/** What is shown where a page could not be loaded or failed while drawing. */
export function PageError() {
  const error = useRouteError();
  // After an update the server no longer has the files of the old page.
  const outdated = /dynamically imported module|module script/i.test(String(error));
  return (
    <Box padding="xxl">
      <Alert
        type="error"
        header={outdated ? 'This page is out of date' : 'This page failed'}
        action={<Button onClick={() => window.location.reload()}>Load it again</Button>}
      >
        {outdated
          ? 'The service was updated while this page was open, or does not answer at the moment.'
          : String(error instanceof Error ? error.message : error)}
      </Alert>
    </Box>
  );
}

import Box from '@cloudscape-design/components/box';
import { RouteLink } from '../components/RouteLink';

export function NotFound() {
  return (
    <Box textAlign="center" padding={{ vertical: 'xxxl' }}>
      <Box variant="h1" padding={{ bottom: 's' }}>
        There is no such page
      </Box>
      <RouteLink to="/jobs">Go to the jobs</RouteLink>
    </Box>
  );
}

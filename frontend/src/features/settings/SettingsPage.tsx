import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { addressOf, type Service } from '../../api/client';
import { serviceQuery } from '../../api/queries';
import { session } from '../../api/session';
import { refreshesItself, setRefreshesItself, subscribeRefresh } from '../../app/refresh';
import { SHORTCUTS } from '../../app/shortcuts';
import { currentTheme, setTheme, subscribeTheme, THEMES, type Theme } from '../../app/theme';
import { bytes, number } from '../../components/format';
import { ServiceDown } from '../../components/ServiceDown';

export function SettingsPage() {
  const service = useQuery(serviceQuery());
  return (
    <ContentLayout header={<Header variant="h1">Settings and help</Header>}>
      <SpaceBetween size="l">
        <ServiceDown error={service.error} updatedAt={0} />
        <ThisPage />
        {service.data && <TheService service={service.data} />}
        {service.data && <Terminal service={service.data} />}
        <Shortcuts />
      </SpaceBetween>
    </ContentLayout>
  );
}

function ThisPage() {
  const theme = useSyncExternalStore(subscribeTheme, currentTheme);
  const automatic = useSyncExternalStore(subscribeRefresh, refreshesItself);
  return (
    <Container header={<Header variant="h2">This page</Header>}>
      <ColumnLayout columns={2}>
        <div>
          <Box variant="awsui-key-label" id="appearance">
            Appearance
          </Box>
          <SegmentedControl
            ariaLabelledby="appearance"
            selectedId={theme}
            options={THEMES}
            onChange={({ detail }) => setTheme(detail.selectedId as Theme)}
          />
        </div>
        <FormField
          label="Refresh"
          description="Every ten seconds while the tab is seen, and at once when a job changes."
        >
          <Toggle checked={automatic} onChange={({ detail }) => setRefreshesItself(detail.checked)}>
            Refresh by itself
          </Toggle>
        </FormField>
      </ColumnLayout>
    </Container>
  );
}

function TheService({ service }: { service: Service }) {
  const { limits } = service;
  return (
    <Container header={<Header variant="h2">Service</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Version', value: service.version },
          { label: 'Engine', value: service.engine },
          { label: 'Environment', value: service.environment },
          {
            label: 'API',
            value: (
              <Link href={addressOf('/docs')} external>
                Description
              </Link>
            ),
          },
          { label: 'Documents in a job', value: `up to ${number(limits.files_in_job_max)}` },
          { label: 'Size of a document', value: `up to ${bytes(limits.file_bytes_max)}` },
          { label: 'Job name', value: `up to ${number(limits.job_name_chars_max)} characters` },
          { label: 'Upload URL', value: `valid for ${limits.upload_url_seconds / 60} min` },
          {
            label: 'Formats',
            value: service.accepted.map(({ extension }) => extension).join(' '),
          },
        ]}
      />
    </Container>
  );
}

function Terminal({ service }: { service: Service }) {
  const { aws } = service;
  const who = useSyncExternalStore(session.subscribe, session.current);
  const user = 'userId' in who ? who.userId : 'USER';
  const lines = [
    ...(aws.endpoint_url ? ['eval "$(agent2-ingestor env)"'] : []),
    `aws s3 cp report.pdf s3://${aws.bucket}/uploads/${user}/report.pdf`,
    'agent2-ingestor submit report.pdf --wait',
  ];
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`AWS clients work against ${aws.endpoint_url ?? 'AWS itself'}, region ${aws.region}.`}
          actions={
            <CopyToClipboard
              textToCopy={lines.join('\n')}
              copyButtonText="Copy"
              copySuccessText="Copied"
              copyErrorText="Not copied"
            />
          }
        >
          From a terminal
        </Header>
      }
    >
      <pre className="terminal">{lines.join('\n')}</pre>
      <Box color="text-body-secondary" fontSize="body-s" padding={{ top: 's' }}>
        Run on the machine of the service: the first line exports the endpoint, the region and the
        keys of its data directory.
      </Box>
    </Container>
  );
}

function Shortcuts() {
  return (
    <Container header={<Header variant="h2">Keyboard</Header>}>
      <KeyValuePairs
        columns={4}
        items={SHORTCUTS.map(({ key, does }) => ({ label: <kbd>{key}</kbd>, value: does }))}
      />
    </Container>
  );
}

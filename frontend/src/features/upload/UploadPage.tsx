import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { serviceQuery } from '../../api/queries';
import { bytes } from '../../components/format';
import { ServiceDown } from '../../components/ServiceDown';
import { BatchPanel } from './BatchPanel';
import { DropZone } from './DropZone';
import { useBatches } from './uploads';

export function UploadPage() {
  const batches = useBatches();
  const service = useQuery(serviceQuery());
  const kinds = [...new Set(service.data?.accepted.map(({ name }) => name))].join(', ');
  const [newest, ...others] = batches;
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={
            service.data && `${kinds}; up to ${bytes(service.data.limits.file_bytes_max)} each.`
          }
        >
          Upload documents
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ServiceDown error={service.error} updatedAt={0} />
        <DropZone accepted={service.data?.accepted.map(({ extension }) => extension) ?? []} />
        {newest && <BatchPanel key={newest.id} batch={newest} />}
        {others.map((batch) => (
          <BatchPanel key={batch.id} batch={batch} folded />
        ))}
      </SpaceBetween>
    </ContentLayout>
  );
}

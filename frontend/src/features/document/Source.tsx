import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { addressOf, hasCookie, request } from '../../api/client';
import { explain } from '../../api/errors';

export type SourceKind = 'pdf' | 'image';

/** How the original can be shown beside its Markdown; undefined where a browser would not show it. */
export function sourceKind(contentType: string): SourceKind | undefined {
  if (contentType === 'application/pdf') return 'pdf';
  return /^image\/(png|jpeg|gif|webp|bmp|avif)$/.test(contentType) ? 'image' : undefined;
}

interface Props {
  path: string;
  kind: SourceKind;
  filename: string;
  page: number;
}

export function Source({ path, kind, filename, page }: Props) {
  const address = useAddress(path);
  if (address instanceof Error) {
    return (
      <Alert type="error" header="The original could not be loaded">
        {explain(address)}
      </Alert>
    );
  }
  if (!address) return <Box>Loading the original</Box>;
  if (kind === 'image') return <img className="source-image" src={address} alt={filename} />;
  // A new address for a new page: browsers do not follow a change of the fragment alone in every case.
  return (
    <iframe
      key={page}
      className="source-frame"
      title={`Original of ${filename}`}
      src={`${address}#page=${page}&navpanes=0&view=FitH`}
    />
  );
}

/** Where the browser finds the original: at the API with the cookie, else in memory, since a frame sends no token. */
function useAddress(path: string): string | Error | undefined {
  const direct = hasCookie();
  const { data, error } = useQuery({
    queryKey: ['source', path],
    queryFn: async ({ signal }) => (await request(path, { signal })).blob(),
    enabled: !direct,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [blobAddress, setBlobAddress] = useState<string>();
  useEffect(() => {
    if (!data) return;
    const made = URL.createObjectURL(data);
    setBlobAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return direct ? addressOf(path) : (error ?? blobAddress);
}

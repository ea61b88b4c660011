import type { JobFile } from '../../api/client';
import { explain } from '../../api/errors';
import type { OutputKind } from '../../api/queries';
import { notify } from '../../app/notices';
import { download, outputName } from './downloads';

const ENDINGS: Record<OutputKind, string> = {
  markdown: '.md',
  sidecar: '.json',
  chunks: '.chunks.jsonl',
};

/** Downloads of one document; a failure becomes a notice. */
export function useDownload(file: JobFile) {
  const attempt = async (path: string, name: string) => {
    try {
      await download(path, name);
    } catch (error) {
      notify({ type: 'error', header: 'The download failed', content: explain(error) });
    }
  };
  return {
    output: (kind: OutputKind) =>
      file.links ? attempt(file.links[kind], outputName(file.filename, ENDINGS[kind])) : undefined,
    original: (path: string) => attempt(path, file.filename),
  };
}

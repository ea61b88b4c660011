import { type Job, request } from '../../api/client';

/** Name of an output: that of its document, with the ending in the place of the old one. */
export function outputName(filename: string, ending: string): string {
  const dot = filename.lastIndexOf('.');
  return (dot > 0 ? filename.slice(0, dot) : filename) + ending;
}

/**
 * The outputs of all completed documents as entries of an archive, numbered where two documents have the
 * same name. Each is fetched when the archive comes to it, so that memory holds one at a time.
 */
export function archiveEntries(job: Job): { name: string; path: string }[] {
  const taken = new Set<string>();
  return job.files.flatMap((file, n) => {
    if (!file.links) return [];
    const stem = outputName(file.filename, '');
    const unique = taken.has(stem.toLowerCase()) ? `${stem}-${n}` : stem;
    taken.add(unique.toLowerCase());
    return [
      { name: `${unique}.md`, path: file.links.markdown },
      { name: `${unique}.json`, path: file.links.sidecar },
      { name: `${unique}.chunks.jsonl`, path: file.links.chunks },
    ];
  });
}

export async function downloadArchive(job: Job): Promise<void> {
  const { downloadZip } = await import('client-zip');
  async function* contents() {
    for (const { name, path } of archiveEntries(job)) yield { name, input: await request(path) };
  }
  save(await downloadZip(contents()).blob(), `${job.job_name || job.job_id}.zip`);
}

export async function download(path: string, name: string): Promise<void> {
  save(await (await request(path)).blob(), name);
}

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  // Characters that file systems refuse.
  link.download = name.replace(/[\\/:*?"<>|]/g, '-');
  link.click();
  // The browser has taken hold of the content by the next turn; much later is safe in all of them.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

interface Named {
  name: string;
  /** Path within the dropped folder, with the folder's name first; the name alone for single files. */
  path: string;
}

/** The name proposed for a job: of its folder, of its one document, or of the first with the number of others. */
export function proposeJobName(files: readonly Named[]): string {
  const [first] = files;
  if (!first) return '';
  const folders = new Set(files.map(({ path }) => (path.includes('/') ? path.split('/')[0] : '')));
  const [folder] = folders;
  if (folders.size === 1 && folder) return folder;
  const stem = first.name.replace(/\.[^.]+$/, '') || first.name;
  if (files.length === 1) return stem;
  return `${stem} and ${files.length - 1} more`;
}

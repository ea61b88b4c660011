import { isClutter } from './accept';

export interface ChosenFile {
  file: File;
  /** With its folders where a folder was chosen, else the name. */
  path: string;
}

/** The files of an `<input type=file>`, of a folder as well. */
export function fromInput(files: FileList): ChosenFile[] {
  return [...files]
    .map((file) => ({ file, path: file.webkitRelativePath || file.name }))
    .filter(({ file }) => !isClutter(file.name));
}

/**
 * The files of a drop, folders walked through. Must be called within the event, which ends the browser's
 * permission to read the items; what is awaited comes after that.
 */
export async function fromDrop(data: DataTransfer): Promise<ChosenFile[]> {
  const entries = [...data.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return fromInput(data.files);
  const chosen: ChosenFile[] = [];
  for (const entry of entries) await walk(entry, chosen);
  return chosen;
}

async function walk(entry: FileSystemEntry, chosen: ChosenFile[]): Promise<void> {
  if (isClutter(entry.name)) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    chosen.push({ file, path: entry.fullPath.replace(/^\//, '') });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives at most a hundred entries at a time, and none at the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return;
    for (const child of entries) await walk(child, chosen);
  }
}

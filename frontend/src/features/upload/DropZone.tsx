import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRef } from 'react';
import { fromInput } from './chosen';
import { addFiles } from './uploads';

/** The place to drop documents on, and the buttons for those who do not drag. The whole page takes drops too. */
export function DropZone({ accepted }: { accepted: string[] }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const chosen = (input: HTMLInputElement) => {
    if (input.files) void addFiles(fromInput(input.files));
    // So that choosing the same file again is a change again.
    input.value = '';
  };
  return (
    <div className="drop-zone">
      <SpaceBetween size="s" alignItems="center">
        <Box variant="h3" tagOverride="h2">
          Drop documents or folders here
        </Box>
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="upload" onClick={() => files.current?.click()}>
            Choose files
          </Button>
          <Button iconName="folder" onClick={() => folder.current?.click()}>
            Choose a folder
          </Button>
        </SpaceBetween>
        <Box color="text-body-secondary" fontSize="body-s">
          They are sent at once. The job starts when you say so.
        </Box>
      </SpaceBetween>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        accept={accepted.join(',')}
        data-testid="choose-files"
        onChange={(event) => chosen(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        hidden
        webkitdirectory=""
        data-testid="choose-folder"
        onChange={(event) => chosen(event.currentTarget)}
      />
    </div>
  );
}

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import { SHORTCUTS } from '../../app/shortcuts';

export function HelpDialog({ onDismiss }: { onDismiss: () => void }) {
  return (
    <Modal
      visible
      onDismiss={onDismiss}
      header="Keyboard shortcuts"
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onDismiss}>
            Close
          </Button>
        </Box>
      }
    >
      <KeyValuePairs
        columns={2}
        items={SHORTCUTS.map(({ key, does }) => ({ label: <kbd>{key}</kbd>, value: does }))}
      />
      <Box padding={{ top: 'l' }} color="text-body-secondary">
        Shortcuts rest while you type. Files may be dropped anywhere on the page.
      </Box>
    </Modal>
  );
}

import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

interface Props {
  question: string;
  verb: string;
  children: ReactNode;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** Asks before something that is not easily put right again. */
export function Confirm({ question, verb, children, onConfirm, onDismiss }: Props) {
  return (
    <Modal
      visible
      onDismiss={onDismiss}
      header={question}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Leave it
            </Button>
            <Button variant="primary" onClick={onConfirm}>
              {verb}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  );
}

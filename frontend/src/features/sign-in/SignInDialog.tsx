import Box from '@cloudscape-design/components/box';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { signInAgainAtIssuer } from './access';
import { SignInForm } from './SignInForm';

/** Asks to sign in over the page, which keeps everything it shows and has under way. */
export function SignInDialog({ onDismiss }: { onDismiss: () => void }) {
  return (
    <Modal visible onDismiss={onDismiss} header="Your session has ended">
      <SpaceBetween size="m">
        <Box>Sign in again to go on. Nothing on this page is lost; uploads wait for you.</Box>
        <SignInForm onIssuer={signInAgainAtIssuer} />
      </SpaceBetween>
    </Modal>
  );
}

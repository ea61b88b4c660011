import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { signInAtIssuer } from './access';
import { SignInForm } from './SignInForm';

export function SignInPage({ reason }: { reason?: string }) {
  return (
    <main className="sign-in">
      <Container
        header={
          <Header variant="h1" description="Documents in, Markdown and chunks out.">
            Sign in
          </Header>
        }
      >
        <SignInForm
          reason={reason}
          onIssuer={() => void signInAtIssuer(window.location.pathname + window.location.search)}
        />
      </Container>
      <Box padding={{ top: 'm' }} textAlign="center" fontSize="body-s" color="text-body-secondary">
        The link is in the terminal of <code>agent2-ingestor serve</code>, or else in{' '}
        <code>sign-in-link</code> in its data directory.
      </Box>
    </main>
  );
}

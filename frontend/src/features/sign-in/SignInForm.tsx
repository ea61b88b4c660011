import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { explain } from '../../api/errors';
import { pageConfig, signInBy } from './access';

interface Props {
  reason?: string;
  /** Goes to the issuer; in a tab of its own where the page must stay as it is. */
  onIssuer: () => void;
}

export function SignInForm({ reason, onIssuer }: Props) {
  const [link, setLink] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    setBusy(true);
    setError('');
    try {
      await signInBy(link);
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  if (pageConfig()?.auth.mode === 'oidc') {
    return (
      <SpaceBetween size="l">
        {reason && <Alert type="warning">{reason}</Alert>}
        <Button variant="primary" fullWidth onClick={onIssuer}>
          Sign in
        </Button>
      </SpaceBetween>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (link.trim()) void submit();
      }}
    >
      <SpaceBetween size="l">
        {reason && (
          <Alert type="warning" header="That link did not sign you in">
            {reason}
          </Alert>
        )}
        <Box color="text-body-secondary">
          Paste the sign-in link that the service printed when it started; each link works once. Or
          a token, which <code>agent2-ingestor token</code> prints.
        </Box>
        <FormField label="Sign-in link or token" errorText={error}>
          <Input
            value={link}
            onChange={({ detail }) => setLink(detail.value)}
            placeholder="http://…/app/#code=…"
            autoComplete={false}
            spellcheck={false}
          />
        </FormField>
        <Button
          variant="primary"
          fullWidth
          loading={busy}
          disabled={!link.trim()}
          formAction="submit"
        >
          Sign in
        </Button>
      </SpaceBetween>
    </form>
  );
}

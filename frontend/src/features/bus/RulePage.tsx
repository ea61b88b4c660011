import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router-dom';
import { ruleQuery } from '../../api/bus';
import { ServiceDown } from '../../components/ServiceDown';
import { RuleForm } from './RuleForm';

/** One rule, to be seen or changed; without a name, a new one. */
export function RulePage() {
  const [parameters] = useSearchParams();
  const bus = parameters.get('bus') ?? '';
  const name = parameters.get('name') ?? '';
  const known = useQuery({ ...ruleQuery({ bus, name }), enabled: Boolean(name) });
  if (!name) return <RuleForm key="new" />;
  if (known.error) return <ServiceDown error={known.error} updatedAt={0} />;
  if (!known.data) return <Spinner size="large" />;
  return <RuleForm key={`${bus}/${name}`} known={known.data} />;
}

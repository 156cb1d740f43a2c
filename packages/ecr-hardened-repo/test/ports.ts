import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** Properties of the one repository and, if there is one, the one key of a template. */
interface Resources {
  // biome-ignore lint/suspicious/noExplicitAny: the properties of a template have no type
  readonly repository: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly key?: any;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
type Statement = any;

/** Rules by their ids: whether they find something. */
type Rules = Record<string, (resources: Resources) => boolean>;

/** Security Hub judges what is deployed, by rules of AWS Config; this is what they say of a template. */
const SECURITY_HUB: Rules = {
  'ECR.1': ({ repository }) => repository.ImageScanningConfiguration?.ScanOnPush !== true,
  // AWS does not say what it makes of immutability with exclusions: the stricter reading.
  'ECR.2': ({ repository }) => repository.ImageTagMutability !== 'IMMUTABLE',
  'ECR.3': ({ repository }) => !repository.LifecyclePolicy?.LifecyclePolicyText,
  'ECR.5': ({ repository }) => !hasKeyOfCustomer(repository),
  'KMS.4': ({ key }) => key !== undefined && key.EnableKeyRotation !== true,
  'KMS.5': ({ key }) => statements(key?.KeyPolicy).some((each) => each.Effect === 'Allow' && isForEverybody(each)),
};

/** Trivy comes from no registry of packages; these are its checks of repositories and keys. */
const TRIVY: Rules = {
  'AWS-0030': ({ repository }) => repository.ImageScanningConfiguration?.ScanOnPush !== true,
  'AWS-0031': ({ repository }) => repository.ImageTagMutability !== 'IMMUTABLE',
  // Looks at neither the effect nor the conditions of a statement.
  'AWS-0032': ({ repository }) =>
    statements(repository.RepositoryPolicyText).some((each) => isAboutEcr(each) && isForEverybody(each)),
  'AWS-0033': ({ repository }) => !hasKeyOfCustomer(repository),
  'AWS-0065': ({ key }) => key !== undefined && key.EnableKeyRotation !== true,
};

/** Ids of the Security Hub rules, as written here, that find something in a stack. */
export function securityHub(stack: Stack): string[] {
  return findings(SECURITY_HUB, stack);
}

/** Ids of the Trivy rules, as written here, that find something in a stack. */
export function trivy(stack: Stack): string[] {
  return findings(TRIVY, stack);
}

function findings(rules: Rules, stack: Stack): string[] {
  const template = Template.fromStack(stack);
  const [repository] = Object.values(template.findResources('AWS::ECR::Repository'));
  const [key] = Object.values(template.findResources('AWS::KMS::Key'));
  const resources = { repository: repository.Properties ?? {}, key: key?.Properties };
  return Object.keys(rules).filter((rule) => rules[rule](resources));
}

function hasKeyOfCustomer(repository: Resources['repository']): boolean {
  const encryption = repository.EncryptionConfiguration;
  return encryption?.EncryptionType === 'KMS' && encryption.KmsKey !== undefined;
}

function statements(policy: { Statement: Statement[] } | undefined): Statement[] {
  return policy?.Statement ?? [];
}

function isForEverybody({ Principal }: Statement): boolean {
  return [Principal?.AWS ?? Principal].flat().includes('*');
}

function isAboutEcr({ Action }: Statement): boolean {
  return [Action].flat().some((action) => action.toLowerCase().startsWith('ecr:'));
}

/** Properties of the one repository and the one key of a template. */
export interface Resources {
  // biome-ignore lint/suspicious/noExplicitAny: the properties of a template have no type
  readonly repository: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly key: any;
}

/** A default of the construct: the rules that ask for it, and what the strictest of them looks at. */
export interface Default {
  readonly name: string;
  readonly rules: string[];
  readonly holds: (resources: Resources) => boolean;
}

export const DEFAULTS: Default[] = [
  {
    name: 'Tags never move: immutable, without exclusions',
    rules: ['ECR.2', 'CT.ECR.PR.3', 'CKV_AWS_51', 'AWS-0031'],
    holds: ({ repository }) =>
      repository.ImageTagMutability === 'IMMUTABLE' && repository.ImageTagMutabilityExclusionFilters === undefined,
  },
  {
    name: 'Every image is scanned when it is pushed',
    rules: ['ECR.1', 'CT.ECR.PR.2', 'CKV_AWS_163', 'AWS-0030'],
    holds: ({ repository }) => repository.ImageScanningConfiguration?.ScanOnPush === true,
  },
  {
    name: 'A customer-managed key encrypts the images',
    rules: ['ECR.5', 'CKV_AWS_136', 'AWS-0033'],
    holds: ({ repository }) =>
      repository.EncryptionConfiguration?.EncryptionType === 'KMS' &&
      repository.EncryptionConfiguration.KmsKey !== undefined,
  },
  {
    name: 'The key rotates every year',
    rules: ['KMS.4', 'CT.KMS.PR.1', 'CKV_AWS_7', 'AwsSolutions-KMS5'],
    holds: ({ key }) => key.EnableKeyRotation === true,
  },
  {
    name: 'A lifecycle policy says what expires',
    rules: ['ECR.3', 'CT.ECR.PR.1'],
    holds: ({ repository }) => (repository.LifecyclePolicy?.LifecyclePolicyText ?? '') !== '',
  },
  {
    name: 'Nobody has access by the principal `*`',
    rules: ['CKV_AWS_32', 'AWS-0032', 'AwsSolutions-ECR1'],
    holds: ({ repository }) => !JSON.stringify(repository.RepositoryPolicyText ?? {}).includes('"*"'),
  },
];

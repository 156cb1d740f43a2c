import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { HardenedRepository } from 'ecr-hardened-repo';

/** Where the images live. It is deployed before the first image is pushed, and outlives every release. */
export class RegistryStack extends Stack {
  public readonly repository: HardenedRepository;

  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'Images of the Django site' });

    this.repository = new HardenedRepository(this, 'Images');

    new CfnOutput(this, 'RepositoryName', { value: this.repository.repositoryName });
    new CfnOutput(this, 'RepositoryUri', { value: this.repository.repositoryUri });
  }
}

import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Role in which ECR reads another private registry: as documented, but for the repositories of both registries instead of all. */
export function createCacheRole(scope: Construct, repositoryArns: string[]): iam.Role {
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('pullthroughcache.ecr.amazonaws.com'),
    description: `Copies images for ${scope.node.path}`,
  });
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: [
        'ecr:BatchGetImage',
        'ecr:BatchImportUpstreamImage',
        'ecr:CompleteLayerUpload',
        'ecr:GetDownloadUrlForLayer',
        'ecr:GetImageCopyStatus',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      resources: repositoryArns,
    }),
  );
  // The action knows no resources.
  role.addToPolicy(new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
  return role;
}

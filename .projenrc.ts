import { ConstructMonorepo } from './projenrc';

const repo = new ConstructMonorepo({
  name: 'django-on-fargate',
  author: 'Django on Fargate',
  authorAddress: 'https://github.com/example/django-on-fargate',
  repositoryUrl: 'https://github.com/example/django-on-fargate.git',
  cdkVersion: '2.263.0',
  cdkCliVersion: '~2.1148.1',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.3',
  minNodeVersion: '20.16.0',
  javaPackage: 'com.example',
  goModule: 'github.com/example/django-on-fargate-go',
  dotNetNamespace: 'Example',
});

const registry = repo.addConstructLibrary({
  name: 'ecr-hardened-repo',
  description: 'An image registry that is safe by default and never expires an image that is still needed',
  keywords: ['ecr', 'container', 'docker', 'registry', 'lifecycle', 'security'],
  lambdas: {
    'deploy-gate': ['@aws-sdk/client-cloudformation', '@aws-sdk/client-ecr', '@aws-sdk/client-ecs'],
    'deployed-image-pins': ['@aws-sdk/client-ecr', '@aws-sdk/client-ecs'],
  },
  testDeps: ['@cdklabs/cdk-validator-cfnguard', 'cdk-nag', 'fast-check'],
});

const site = repo.addConstructLibrary({
  name: 'django-fargate-construct',
  description: 'A production Django site on ECS Fargate, from image to load balancer, database, cache and workers',
  keywords: ['django', 'python', 'ecs', 'fargate', 'celery', 'rds', 'elasticache', 'cloudfront'],
  lambdas: { 'release-task': ['@aws-sdk/client-ecs'] },
  benchmark: true,
});

const observability = repo.addConstructLibrary({
  name: 'ecs-observability',
  description: 'Metrics, alarms and a dashboard for any ECS service, without changing it',
  keywords: ['ecs', 'fargate', 'cloudwatch', 'monitoring', 'observability', 'alarms', 'dashboard'],
});

repo.addApp({
  name: 'reference-deployment',
  description: 'A CDK app that joins the three packages and deploys a real Django service',
  libraries: [registry, site, observability],
});

repo.synth();

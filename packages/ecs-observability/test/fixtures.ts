import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { AlertRouting, EcsServiceObservability, type EcsServiceObservabilityProps } from '../src';

export const HOME = { account: '111122223333', region: 'eu-west-1' };

type Overrides = (stack: Stack) => Partial<EcsServiceObservabilityProps>;

/** A stack as `cdk init` would give it to a user. */
export function newStack(env?: { account: string; region: string }): Stack {
  return new Stack(new App({ context: recommendedFlags }), 'Test', { env });
}

/** A web service behind a load balancer, made in `stack`. */
export function ownedWebService(stack: Stack) {
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', {
    image: ecs.ContainerImage.fromRegistry('example/web:1'),
    portMappings: [{ containerPort: 8000 }],
  });
  const service = new ecs.FargateService(stack, 'Service', {
    cluster,
    taskDefinition,
    minHealthyPercent: 100,
    circuitBreaker: { rollback: true },
  });
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const targetGroup = loadBalancer
    .addListener('Http', { port: 80, open: false })
    .addTargets('Web', { port: 8000, protocol: elbv2.ApplicationProtocol.HTTP, targets: [service] });
  return { service, targetGroup, loadBalancer };
}

/** The service `shop` of the cluster `production`, made elsewhere. */
export function importedService(stack: Stack, { account, region } = HOME): ecs.IBaseService {
  const arn = `arn:aws:ecs:${region}:${account}:service/production/shop`;
  return ecs.BaseService.fromServiceArnWithCluster(stack, 'Shop', arn);
}

/** The target group of that service, imported with or without its load balancer. */
export function importedTargetGroup(stack: Stack, withLoadBalancer = true): elbv2.IApplicationTargetGroup {
  const arn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
  return elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'ShopTargetGroup', {
    targetGroupArn: `${arn}:targetgroup/shop/0123456789abcdef`,
    loadBalancerArns: withLoadBalancer ? `${arn}:loadbalancer/app/edge/fedcba9876543210` : undefined,
  });
}

/** A target group that no listener sends to yet. */
export function laterTargetGroup(stack: Stack): elbv2.IApplicationTargetGroup {
  return new elbv2.ApplicationTargetGroup(stack, 'Later', {
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Elsewhere', { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['a'] }),
    port: 8000,
    targetType: elbv2.TargetType.IP,
  });
}

/** A load balancer made elsewhere, which is not the one that the target group is imported with. */
export function importedLoadBalancer(stack: Stack): elbv2.IApplicationLoadBalancer {
  return elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Inner', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/inner/00112233445566ff',
    securityGroupId: 'sg-0123456789abcdef0',
  });
}

/** A topic made elsewhere. */
export function importedTopic(stack: Stack, name: string, region = HOME.region): sns.ITopic {
  return sns.Topic.fromTopicArn(stack, name, `arn:aws:sns:${region}:${HOME.account}:${name}`);
}

/** Watches the imported web service, changed by `overrides`. Nothing else is in the template. */
export function observe(overrides: Overrides = () => ({}), stack = newStack()) {
  const observability = watch(overrides, stack);
  return { stack, observability, template: Template.fromStack(stack) };
}

/** The same, to which more can be added before it is synthesized. */
export function watch(overrides: Overrides, stack: Stack): EcsServiceObservability {
  const changes = overrides(stack);
  return new EcsServiceObservability(stack, 'Watch', {
    service: changes.service ?? importedService(stack),
    targetGroup: 'targetGroup' in changes ? undefined : importedTargetGroup(stack),
    alerts: AlertRouting.none(),
    ...changes,
  });
}

/** The same for a service without a load balancer. */
export function observeWorker(overrides: Overrides = () => ({})) {
  return observe((stack) => ({ targetGroup: undefined, ...overrides(stack) }));
}

/** Properties of every alarm, by the id of its construct. */
export function alarmsOf(template: Template): Record<string, Record<string, unknown>> {
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));
  return Object.fromEntries(
    alarms.map(([logicalId, { Properties }]) => [logicalId.replace(/^WatchAlarms(.+)[0-9A-F]{8}$/, '$1'), Properties]),
  );
}

/** What the constructor says to `overrides`, and how many resources there are by then. */
export function failure(overrides: Overrides): { message: string; resources: number } {
  const stack = newStack(HOME);
  try {
    observe(overrides, stack);
  } catch (error) {
    // What was imported is a construct, but no resource.
    const resources = stack.node.findAll().filter((construct) => 'cfnResourceType' in construct).length;
    return { message: (error as Error).message, resources };
  }
  throw new Error('it did not fail');
}

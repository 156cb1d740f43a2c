import { App, Stack } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';

/** What both stacks are given. */
export interface Given {
  readonly stack: Stack;
  readonly image: ContainerImage;
  readonly zone: IHostedZone;
}

/** Synthesizes one stack with the flags that `cdk init` gives to users. */
export function synthesize(make: (given: Given) => void): void {
  const app = new App({ context: recommendedFlags });
  const stack = new Stack(app, 'Benchmark');
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  make({ stack, zone, image: ContainerImage.fromRegistry('example/site:1') });
  app.synth();
}

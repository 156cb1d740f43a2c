import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Fn } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { DomainPlan } from '../domain-plan';
import { mainName } from '../host-name';
import { aliasRecords, domainCertificate } from './domain-resources';
import { type Edge, hostRule, priorityOf } from './host-rule';

/** Options of `SharedListener`. */
export interface SharedListenerOptions {
  readonly listener: elbv2.IApplicationListener;
  readonly domain: DomainPlan;
}

/**
 * The edge of a site on a listener that others use, too: a certificate beside the listener's own, alias records and a rule,
 * and nothing of the listener or its load balancer is changed.
 */
export class SharedListener extends Construct implements Edge {
  public readonly listener: elbv2.IApplicationListener;
  public readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  public readonly certificate?: acm.ICertificate;
  public readonly hostNames: string[];
  public readonly url: string;
  private readonly priority: number;

  constructor(scope: Construct, id: string, options: SharedListenerOptions) {
    super(scope, id);

    const { listener, domain } = options;
    this.listener = listener;
    this.loadBalancer = domain.loadBalancer ?? this.importLoadBalancer();
    this.hostNames = domain.names;
    this.url = `https://${mainName(domain.names)}`;
    this.priority = domain.rulePriority ?? priorityOf(domain.names[0]);

    this.certificate = domainCertificate(this, domain);
    if (this.certificate) {
      const certificates = [this.certificate];
      new elbv2.ApplicationListenerCertificate(this, 'ListenerCertificate', { listener, certificates });
    }
    if (!domain.cloudFront) aliasRecords(this, domain, new targets.LoadBalancerTarget(this.loadBalancer), false);
  }

  public forwardTo(targetGroup: elbv2.IApplicationTargetGroup, originSecret?: ISecret): elbv2.ApplicationListenerRule {
    const { listener, hostNames, priority } = this;
    return hostRule(this, { listener, hostNames, priority, targetGroup, originSecret });
  }

  /** A listener's ARN holds that of its load balancer: …:listener/app/<name>/<id>/<listener id>. */
  private importLoadBalancer(): elbv2.IApplicationLoadBalancer {
    const [prefix, resource] = [0, 1].map((part) => Fn.select(part, Fn.split(':listener/', this.listener.listenerArn)));
    const [type, name, id] = [0, 1, 2].map((part) => Fn.select(part, Fn.split('/', resource)));
    return elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(this, 'LoadBalancer', {
      loadBalancerArn: `${prefix}:loadbalancer/${type}/${name}/${id}`,
      securityGroupId: this.listener.connections.securityGroups[0].securityGroupId,
    });
  }
}

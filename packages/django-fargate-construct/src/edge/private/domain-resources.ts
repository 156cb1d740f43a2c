import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DomainPlan } from '../domain-plan';

/** Certificate that the listener needs for the names; without one it has one already, or speaks plain HTTP. */
export function domainCertificate(scope: Construct, domain: DomainPlan): acm.ICertificate | undefined {
  const { certificate, zone } = domain;
  if (certificate || !zone) return certificate;
  const [domainName, ...alternativeNames] = domain.names;
  return new acm.Certificate(scope, 'Certificate', {
    domainName,
    subjectAlternativeNames: alternativeNames.length > 0 ? alternativeNames : undefined,
    validation: acm.CertificateValidation.fromDns(zone),
  });
}

/** Points the names at the load balancer or the distribution, where a hosted zone is given. */
export function aliasRecords(
  scope: Construct,
  { names, zone }: DomainPlan,
  alias: route53.IAliasRecordTarget,
  ipv6: boolean,
): route53.RecordSet[] {
  if (!zone) return [];
  const target = route53.RecordTarget.fromAlias(alias);
  return names.flatMap((name, index) => {
    const known = !Token.isUnresolved(name);
    // a record must keep its id when names before it come and go: two records of one name cannot be
    const id = index === 0 ? 'Alias' : `Alias${known ? `-${name}` : index}`;
    // with its dot, a name is complete however the zone's own is written
    const props = { zone, recordName: known ? `${name}.` : name, target };
    const record = new route53.ARecord(scope, id, props);
    return ipv6 ? [record, new route53.AaaaRecord(scope, `${id}Ipv6`, props)] : [record];
  });
}

import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Connections, type IVpc, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  type IApplicationListener,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { DjangoFargateService, SiteDomain, SiteLoadBalancer, SiteProfile } from '../../src';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333';
const CERTIFICATE = 'arn:aws:acm:eu-west-1:111122223333:certificate/abc';
const LISTENER = `${ARN}:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2`;

/** An app that owns nothing but its site: network, cluster, listener and database were made by somebody else. */
class SecondApp extends Stack {
  public readonly listener: IApplicationListener;
  public readonly vpc: IVpc;
  private readonly cluster;
  private readonly database;

  constructor(scope = new App({ context: recommendedFlags }), id = 'Second') {
    super(scope, id);
    const zones = ['eu-west-1a', 'eu-west-1b'];
    this.vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: zones,
      publicSubnetIds: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
      publicSubnetRouteTableIds: ['rtb-0123456789abcdef1', 'rtb-0123456789abcdef2'],
      privateSubnetIds: ['subnet-0123456789abcdef3', 'subnet-0123456789abcdef4'],
      privateSubnetRouteTableIds: ['rtb-0123456789abcdef3', 'rtb-0123456789abcdef4'],
      isolatedSubnetIds: ['subnet-0123456789abcdef5', 'subnet-0123456789abcdef6'],
      isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef5', 'rtb-0123456789abcdef6'],
    });
    this.cluster = Cluster.fromClusterAttributes(this, 'Cluster', {
      clusterName: 'shared',
      vpc: this.vpc,
      securityGroups: [],
    });
    this.listener = ApplicationListener.fromApplicationListenerAttributes(this, 'Listener', {
      listenerArn: LISTENER,
      securityGroup: SecurityGroup.fromSecurityGroupId(this, 'ListenerGroup', 'sg-0123456789abcde00'),
    });
    this.database = {
      secret: Secret.fromSecretCompleteArn(
        this,
        'DatabaseSecret',
        'arn:aws:secretsmanager:eu-west-1:111122223333:secret:database-AbCdEf',
      ),
      connections: new Connections({
        securityGroups: [SecurityGroup.fromSecurityGroupId(this, 'DatabaseGroup', 'sg-0123456789abcde01')],
        defaultPort: Port.tcp(5432),
      }),
    };
  }

  public site(id: string, domain: SiteDomain, listener = this.listener): DjangoFargateService {
    return new DjangoFargateService(this, id, {
      image: ContainerImage.fromRegistry('example/site:1'),
      domain,
      cluster: this.cluster,
      database: this.database,
      listener,
    });
  }
}

const rules = (stack: Stack) =>
  Object.values(Template.fromStack(stack).findResources('AWS::ElasticLoadBalancingV2::ListenerRule')).map(
    ({ Properties }) => ({
      listener: Properties.ListenerArn,
      priority: Properties.Priority,
      names: Properties.Conditions[0].HostHeaderConfig.Values,
    }),
  );

describe('second app', () => {
  const app = () => {
    const stack = new SecondApp();
    const shop = stack.site('Shop', SiteDomain.coveredByListener('shop.example.com'));
    const blog = stack.site('Blog', SiteDomain.coveredByListener('blog.example.com'));
    return { stack, shop, blog, template: Template.fromStack(stack) };
  };

  test('makes neither network, cluster, database nor load balancer', () => {
    const { template } = app();
    for (const type of [
      'AWS::EC2::VPC',
      'AWS::ECS::Cluster',
      'AWS::RDS::DBInstance',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      'AWS::ElasticLoadBalancingV2::Listener',
      'AWS::CertificateManager::Certificate',
      'AWS::ElasticLoadBalancingV2::ListenerCertificate',
      'AWS::Route53::RecordSet',
    ]) {
      template.resourceCountIs(type, 0);
    }
    template.resourceCountIs('AWS::ECS::Service', 2);
  });

  test('has a rule for each site, whose priorities differ and stay', () => {
    // a changed number moves the rules of stacks that exist, and may then meet another's
    const expected = [
      { listener: LISTENER, priority: 3098, names: ['shop.example.com'] },
      { listener: LISTENER, priority: 28531, names: ['blog.example.com'] },
    ];
    expect(rules(app().stack)).toEqual(expected);
    expect(rules(app().stack)).toEqual(expected);
  });

  test('gives a name the same priority whatever else is in the app', () => {
    const stack = new SecondApp(undefined, 'Third');
    stack.site('Blog', SiteDomain.coveredByListener('blog.example.com'));
    expect(rules(stack)[0].priority).toBe(rules(app().stack)[1].priority);
  });

  test('lets the listener, and nothing else, reach the web tasks', () => {
    const { template, stack, shop } = app();
    const own = stack.resolve(shop.connections.securityGroups[0].securityGroupId);
    const ingress = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))
      .map(({ Properties }) => Properties)
      .filter(({ GroupId }) => JSON.stringify(GroupId) === JSON.stringify(own))
      .map(({ SourceSecurityGroupId, FromPort, ToPort }) => [SourceSecurityGroupId, FromPort, ToPort]);
    expect(ingress).toEqual([['sg-0123456789abcde00', 8000, 8000]]);
  });

  test('lets the web tasks reach the database that is given', () => {
    const { template, stack, shop } = app();
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: 'sg-0123456789abcde01',
      SourceSecurityGroupId: stack.resolve(shop.connections.securityGroups[0].securityGroupId),
      FromPort: 5432,
    });
  });

  test('starts a service only when its rule is there', () => {
    const { template, stack, shop } = app();
    const rule = stack.resolve(shop.listenerRule?.listenerRuleArn).Ref;
    const services = Object.entries(template.findResources('AWS::ECS::Service'));
    const [, service] = services.find(([id]) => id.startsWith('ShopWeb')) ?? [];
    expect(service?.DependsOn).toContain(rule);
  });

  test('knows the load balancer by its listener', () => {
    const { stack, shop } = app();
    expect(stack.resolve(shop.loadBalancer.loadBalancerArn)).toBe(`${ARN}:loadbalancer/app/shared/50dc6c495c0c9188`);
    expect(stack.resolve(shop.loadBalancer.metrics.requestCount().dimensions)).toEqual({
      LoadBalancer: 'app/shared/50dc6c495c0c9188',
    });
    expect(shop.listener).toBe(stack.listener);
    expect(shop.url).toBe('https://shop.example.com');
  });
});

describe('a listener that is given', () => {
  const shared = (stack: Stack) => {
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Balancer', {
      loadBalancerArn: `${ARN}:loadbalancer/app/shared/50dc6c495c0c9188`,
      securityGroupId: 'sg-0123456789abcde00',
      loadBalancerDnsName: 'shared-1.eu-west-1.elb.amazonaws.com',
      loadBalancerCanonicalHostedZoneId: 'Z32O12XQLNTSW2',
    });
    return { zone, loadBalancer };
  };

  test('gets a certificate for names in a hosted zone, and they point to its load balancer', () => {
    const stack = new SecondApp();
    const { zone, loadBalancer } = shared(stack);
    const made = stack.site('Shop', SiteDomain.hostedZone(zone, 'shop.example.com', { loadBalancer }));
    const template = Template.fromStack(stack);

    const [certificate] = Object.keys(template.findResources('AWS::CertificateManager::Certificate'));
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerCertificate', {
      ListenerArn: LISTENER,
      Certificates: [{ CertificateArn: { Ref: certificate } }],
    });
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'shop.example.com.',
      AliasTarget: {
        DNSName: 'dualstack.shared-1.eu-west-1.elb.amazonaws.com',
        HostedZoneId: 'Z32O12XQLNTSW2',
      },
    });
    expect(made.loadBalancer).toBe(loadBalancer);
  });

  test('gets the certificate that is given', () => {
    const stack = new SecondApp();
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE);
    stack.site('Shop', SiteDomain.certificate('shop.example.com', certificate));
    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerCertificate', {
      Certificates: [{ CertificateArn: CERTIFICATE }],
    });
  });

  test('may belong to another stack of the app, which does not come to depend on the site', () => {
    const app = new App({ context: recommendedFlags });
    const base = new Stack(app, 'Base');
    const certificate = Certificate.fromCertificateArn(base, 'Certificate', CERTIFICATE);
    const vpc = new Vpc(base, 'Vpc');
    const edge = new SiteLoadBalancer(base, 'Edge', {
      vpc,
      domain: SiteDomain.certificate('example.com', certificate),
    });
    const stack = new Stack(app, 'Site');
    const site = new DjangoFargateService(stack, 'Site', {
      image: ContainerImage.fromRegistry('example/site:1'),
      domain: SiteDomain.certificate('shop.example.com', certificate),
      vpc,
      listener: edge.listener,
    });

    expect(rules(stack)).toHaveLength(1);
    expect(rules(base)).toHaveLength(0);
    expect(stack.dependencies).toEqual([base]);
    expect(base.dependencies).toEqual([]);
    expect(JSON.stringify(stack.resolve(site.loadBalancer.loadBalancerArn))).toContain('listener');
  });

  test('of a load balancer with other settings serves its own name', () => {
    const stack = new Stack(new App({ context: recommendedFlags }), 'Own');
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE);
    const vpc = new Vpc(stack, 'Vpc');
    const edge = new SiteLoadBalancer(stack, 'Edge', {
      vpc,
      domain: SiteDomain.certificate('www.example.com', certificate),
      accessLogs: false,
    });
    new DjangoFargateService(stack, 'Site', {
      image: ContainerImage.fromRegistry('example/site:1'),
      domain: SiteDomain.coveredByListener('www.example.com'),
      vpc,
      listener: edge.listener,
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 1);
  });

  test('takes the priority of the rule', () => {
    const stack = new SecondApp();
    stack.site('Shop', SiteDomain.coveredByListener('shop.example.com', { rulePriority: 12 }));
    expect(rules(stack)[0].priority).toBe(12);
  });

  test('fails for two sites of one priority, or of one name', () => {
    const twice = (first: SiteDomain, second: SiteDomain) => {
      const stack = new SecondApp();
      stack.site('Shop', first);
      stack.site('Blog', second);
      return () => Template.fromStack(stack);
    };
    const at12 = { rulePriority: 12 };
    expect(
      twice(
        SiteDomain.coveredByListener('shop.example.com', at12),
        SiteDomain.coveredByListener('blog.example.com', at12),
      ),
    ).toThrow(
      "[Second/Shop/Edge/HostRule] 'rulePriority' must differ on one listener, got 12 here and at Second/Blog/Edge/HostRule: set it in the domain of one of them, or give them different names",
    );
    const shop = SiteDomain.coveredByListener('shop.example.com');
    expect(twice(shop, shop)).toThrow("'rulePriority' must differ on one listener");
  });

  test("fails for the priority of somebody else's rule, in another stack and made later", () => {
    const app = new App({ context: recommendedFlags });
    const stack = new SecondApp(app);
    stack.site('Shop', SiteDomain.coveredByListener('shop.example.com', { rulePriority: 12 }));
    const other = new SecondApp(app, 'Other');
    other.listener.addAction('Maintenance', {
      priority: 12,
      conditions: [ListenerCondition.hostHeaders(['blog.example.com'])],
      action: ListenerAction.fixedResponse(503),
    });
    expect(() => app.synth()).toThrow('got 12 here and at Other/Listener/MaintenanceRule');
  });

  test('lets the same priority be on two listeners', () => {
    const stack = new SecondApp();
    const other = ApplicationListener.fromApplicationListenerAttributes(stack, 'OtherListener', {
      listenerArn: `${LISTENER}0`,
      securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'OtherGroup', 'sg-0123456789abcde02'),
    });
    const domain = SiteDomain.coveredByListener('shop.example.com');
    stack.site('Shop', domain);
    stack.site('Again', domain, other);
    expect(rules(stack).map(({ priority }) => priority)).toHaveLength(2);
  });

  test.each<[string, (stack: SecondApp) => SiteDomain, string]>([
    [
      'no load balancer for the alias',
      (stack) => SiteDomain.hostedZone(shared(stack).zone, 'shop.example.com'),
      "'loadBalancer' must be given to SiteDomain.hostedZone() when 'listener' is given: the alias records point to it [Second/Shop]",
    ],
    [
      'a name that is not known, and no priority',
      (stack) => SiteDomain.coveredByListener(stack.stackId),
      "'rulePriority' must be given when 'listener' is given and the name is only known at deployment [Second/Shop]",
    ],
  ])('fails for %s', (_, domain, message) => {
    const stack = new SecondApp();
    expect(() => stack.site('Shop', domain(stack))).toThrow(message);
    Template.fromStack(stack).templateMatches({ Resources: Match.absent() });
  });

  test('fails when its load balancer has no security group that tasks could let in', () => {
    const stack = new SecondApp();
    const listener = Object.create(stack.listener, { connections: { value: new Connections() } });
    expect(
      () =>
        new DjangoFargateService(stack, 'Shop', {
          image: ContainerImage.fromRegistry('example/site:1'),
          domain: SiteDomain.coveredByListener('shop.example.com'),
          listener,
        }),
    ).toThrow(
      "'listener' must have a security group, got none: import it with that of its load balancer [Second/Shop]",
    );
  });

  test('fails for a domain without a name', () => {
    const stack = new SecondApp();
    expect(
      () =>
        new DjangoFargateService(stack, 'Shop', {
          image: ContainerImage.fromRegistry('example/site:1'),
          domain: SiteDomain.loadBalancerNameOverHttp(),
          profile: SiteProfile.DEVELOPMENT,
          listener: stack.listener,
        }),
    ).toThrow(
      "'domain' must have a name when 'listener' is given: use SiteDomain.hostedZone(), certificate() or coveredByListener() [Second/Shop]",
    );
  });

  test('fails when a domain needs it and it is not there', () => {
    const make = (domain: (stack: Stack) => SiteDomain) => () => {
      const stack = new Stack(new App(), 'Test');
      return new DjangoFargateService(stack, 'Site', {
        image: ContainerImage.fromRegistry('example/site:1'),
        domain: domain(stack),
      });
    };
    expect(make(() => SiteDomain.coveredByListener('shop.example.com'))).toThrow(
      "'listener' must be given for SiteDomain.coveredByListener(): its certificate is the only one [Test/Site]",
    );
    expect(
      make((stack) => {
        const { zone, loadBalancer } = shared(stack);
        return SiteDomain.hostedZone(zone, 'shop.example.com', { loadBalancer });
      }),
    ).toThrow("'loadBalancer' must be left out of SiteDomain unless 'listener' is given: one is made here [Test/Site]");
  });
});

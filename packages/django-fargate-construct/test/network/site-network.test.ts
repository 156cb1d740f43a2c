import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceClass, InstanceSize, InstanceType, InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Egress, FlowLogs, SiteNetwork, type SiteNetworkProps, SiteProfile } from '../../src';
import { makeSite, readmeTable, templateOf, testStack } from '../fixtures';

const { DEVELOPMENT } = SiteProfile;
const network = (props?: SiteNetworkProps, stack = testStack()) => {
  new SiteNetwork(stack, 'Network', props);
  return Template.fromStack(stack);
};
const properties = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const CHOICES: Record<string, Egress> = {
  'natGatewayPerZone()': Egress.natGatewayPerZone(),
  'natGateway()': Egress.natGateway(),
  'natInstancePerZone()': Egress.natInstancePerZone(),
  'natInstance()': Egress.natInstance(),
  'endpointsOnly()': Egress.endpointsOnly(),
  'publicTasks()': Egress.publicTasks(),
};

describe('SiteNetwork', () => {
  test('has subnets for load balancer, tasks and data in two zones, and no default security group to use', () => {
    const template = network();
    template.resourceCountIs('AWS::EC2::Subnet', 6);
    template.resourceCountIs('Custom::VpcRestrictDefaultSG', 1);
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('survives a zone in production, and is the cheapest in development', () => {
    network().resourceCountIs('AWS::EC2::NatGateway', 2);
    const template = network({ profile: DEVELOPMENT });
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
  });

  test('takes the number of zones', () => {
    const stack = new Stack(new App(), 'Three', { env: { account: '111122223333', region: 'eu-west-1' } });
    const template = network({ maxAzs: 3 }, stack);
    template.resourceCountIs('AWS::EC2::Subnet', 9);
    template.resourceCountIs('AWS::EC2::NatGateway', 3);
  });

  test('fails for a number of zones that cannot be', () => {
    expect(() => network({ maxAzs: 1 })).toThrow("'maxAzs' must be a whole number from 2 to 3, got 1 [Test/Network]");
  });

  test.each(Object.entries(CHOICES))('reaches S3 from all subnets without a fee: %s', (_, egress) => {
    network({ egress }).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.s3']] },
      RouteTableIds: Array.from({ length: 6 }, () => Match.anyValue()),
    });
  });

  test.each(Object.entries(CHOICES))('moves no subnet when the way out changes: %s', (_, egress) => {
    const subnets = (template: Template) =>
      Object.entries(template.findResources('AWS::EC2::Subnet'))
        .map(([id, { Properties }]) => [id, Properties.CidrBlock, Properties.MapPublicIpOnLaunch])
        .sort();
    expect(subnets(network({ egress }))).toEqual(subnets(network()));
  });

  test.each(Object.entries(CHOICES))('gives data no way out: %s', (_, egress) => {
    const routes = properties(network({ egress }), 'AWS::EC2::Route').map(({ RouteTableId }) => RouteTableId.Ref);
    expect(routes.filter((id: string) => id.includes('Data'))).toEqual([]);
  });
});

describe('way out', () => {
  const counts = (template: Template) => {
    const interfaces = properties(template, 'AWS::EC2::VPCEndpoint').filter((e) => e.VpcEndpointType === 'Interface');
    return {
      gateways: properties(template, 'AWS::EC2::NatGateway').length,
      addresses: properties(template, 'AWS::EC2::EIP').length,
      instances: properties(template, 'AWS::EC2::Instance').length,
      endpoints: interfaces.length,
      endpointAddresses: interfaces.flatMap(({ SubnetIds }) => SubnetIds).length,
    };
  };
  const NONE = { gateways: 0, addresses: 0, instances: 0, endpoints: 0, endpointAddresses: 0 };
  const rows = readmeTable('`Egress.`');
  const monthly = (row: string[]) => row[1].replaceAll('×', '*').split('=');

  test('is in the README with all its choices', () => {
    expect(rows.map(([choice]) => choice)).toEqual(Object.keys(CHOICES));
  });

  test.each(rows)('costs what the README adds up: %s', (...row) => {
    const [sum, result] = monthly(row);
    // the text is checked to be arithmetic and nothing else
    expect(sum).toMatch(/^[\d.+*() ]+$/);
    expect(Number.parseFloat(result)).toBeCloseTo(Number(new Function(`return ${sum}`)()), 2);
  });

  test.each(rows)('is made of as many parts as the README counts: %s', (choice, sum) => {
    const [first, second] = sum.split('×').map((factor) => Number.parseFloat(factor));
    const expected = {
      'natGatewayPerZone()': { ...NONE, gateways: first, addresses: first },
      'natGateway()': { ...NONE, gateways: first, addresses: first },
      'natInstancePerZone()': { ...NONE, instances: first },
      'natInstance()': { ...NONE, instances: first },
      'endpointsOnly()': { ...NONE, endpoints: first, endpointAddresses: first * second },
      'publicTasks()': NONE,
    }[choice];
    expect(counts(network({ egress: CHOICES[choice] }))).toEqual(expected);
  });
});

describe('NAT instances', () => {
  const template = network({ egress: Egress.natInstancePerZone() });
  const instances = properties(template, 'AWS::EC2::Instance');

  test('require IMDSv2, have an encrypted disk and a public address, and forward packets', () => {
    expect(instances).toHaveLength(2);
    for (const instance of instances) {
      expect(instance).toMatchObject({
        InstanceType: 't4g.nano',
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 8 } }],
        SourceDestCheck: false,
        NetworkInterfaces: [expect.objectContaining({ AssociatePublicIpAddress: true })],
      });
      expect(instance.KeyName).toBeUndefined();
    }
  });

  test('have no rights', () => {
    const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.includes('NatInstance'));
    expect(roles).toHaveLength(2);
    for (const [, { Properties }] of roles) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
      expect(Properties.Policies).toBeUndefined();
    }
    for (const id of Object.keys(template.findResources('AWS::IAM::Policy'))) expect(id).not.toContain('NatInstance');
  });

  test('are the way out of their own zone, and start when they have one themselves', () => {
    const own = Object.entries(template.findResources('AWS::EC2::Route')).filter(([id]) => id.includes('Tasks'));
    expect(own.map(([, { Properties }]) => Properties)).toEqual(
      [1, 2].map((n) => ({
        DestinationCidrBlock: '0.0.0.0/0',
        RouteTableId: { Ref: expect.stringContaining(`TasksSubnet${n}`) },
        InstanceId: { Ref: expect.stringContaining(`PublicSubnet${n}NatInstance`) },
      })),
    );
    for (const { DependsOn } of Object.values(template.findResources('AWS::EC2::Instance'))) {
      expect(DependsOn).toContainEqual(expect.stringMatching(/PublicSubnet\dDefaultRoute/));
    }
  });

  test('are the way out of both zones when there is one', () => {
    const routes = properties(network({ egress: Egress.natInstance() }), 'AWS::EC2::Route').filter((r) => r.InstanceId);
    expect(routes).toHaveLength(2);
    for (const { InstanceId } of routes) expect(InstanceId.Ref).toContain('PublicSubnet1NatInstance');
  });

  test('serve the subnets of tasks, and nobody else', () => {
    const [group] = properties(template, 'AWS::EC2::SecurityGroup').filter(({ GroupDescription }) =>
      /NAT/.test(GroupDescription),
    );
    const tasks = Object.entries(template.findResources('AWS::EC2::Subnet')).filter(([id]) => id.includes('Tasks'));
    expect(group.SecurityGroupIngress).toEqual(
      tasks.map(([, { Properties }]) => ({
        CidrIp: Properties.CidrBlock,
        IpProtocol: '-1',
        Description: 'a subnet of tasks',
      })),
    );
  });

  test('run the newest Amazon Linux 2023 for their processor', () => {
    const image = (egress: Egress) => JSON.stringify(network({ egress }).toJSON().Parameters);
    expect(image(Egress.natInstance())).toMatch(/al2023-ami-kernel-[\w.-]+-arm64/);
    const instanceType = InstanceType.of(InstanceClass.T3, InstanceSize.NANO);
    expect(image(Egress.natInstance({ instanceType }))).toMatch(/al2023-ami-kernel-[\w.-]+-x86_64/);
    network({ egress: Egress.natInstancePerZone({ instanceType }) }).allResourcesProperties('AWS::EC2::Instance', {
      InstanceType: 't3.nano',
    });
  });
});

describe('endpoints only', () => {
  const services = (template: Template) =>
    properties(template, 'AWS::EC2::VPCEndpoint')
      .filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface')
      .map(({ ServiceName }) =>
        JSON.stringify(ServiceName)
          .match(/([a-z.]+)"\]?\]?\}?$/)?.[1]
          .replace(/^\./, ''),
      );
  const template = network({ egress: Egress.endpointsOnly() });

  test('have the endpoints that the README says', () => {
    const made = readmeTable('endpoint').filter(([, , who]) => who === 'makes it');
    expect(services(template).sort()).toEqual(made.flatMap(([names]) => names.split(', ')).sort());
  });

  test('answer under the names of the services, for addresses of the VPC on port 443', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'VPC endpoints: only addresses of the VPC come in',
      SecurityGroupIngress: [
        {
          CidrIp: { 'Fn::GetAtt': [Match.stringLikeRegexp('Vpc'), 'CidrBlock'] },
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 443,
          Description: 'APIs of AWS',
        },
      ],
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
    });
    for (const endpoint of properties(template, 'AWS::EC2::VPCEndpoint').filter((e) => e.SubnetIds)) {
      expect(endpoint.PrivateDnsEnabled).toBe(true);
      expect(endpoint.SecurityGroupIds).toHaveLength(1);
      expect(JSON.stringify(endpoint.SubnetIds)).not.toContain('Data');
    }
  });

  test('take further services, each once', () => {
    const { SSM_MESSAGES, ECR, CLOUDWATCH_MONITORING } = InterfaceVpcEndpointAwsService;
    const more = network({ egress: Egress.endpointsOnly({ services: [SSM_MESSAGES, ECR, CLOUDWATCH_MONITORING] }) });
    expect(services(more).sort()).toEqual([...services(template), 'monitoring', 'ssmmessages'].sort());
  });

  test('leave no route to the internet but for the load balancer', () => {
    const routes = properties(template, 'AWS::EC2::Route').map(({ RouteTableId }) => RouteTableId.Ref);
    expect(routes).toHaveLength(2);
    for (const table of routes) expect(table).toMatch(/PublicSubnet/);
  });

  test('exist before the release runs', () => {
    const stack = testStack();
    const { vpc } = new SiteNetwork(stack, 'Network', { egress: Egress.endpointsOnly() });
    const [release] = Object.values(templateOf(makeSite({ vpc }, stack)).findResources('Custom::DjangoRelease'));
    for (const name of ['EcrApi', 'EcrDkr', 'Logs', 'Secretsmanager']) {
      expect(release.DependsOn).toContainEqual(expect.stringMatching(`^NetworkVpc${name}Endpoint`));
    }
    expect(release.DependsOn).toContainEqual(expect.stringMatching('^NetworkVpcS3'));
  });
});

describe('flow logs', () => {
  test('are of refused connections in production, kept as long as the logs of the site', () => {
    const template = network();
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      ResourceType: 'VPC',
      TrafficType: 'REJECT',
      LogDestinationType: 'cloud-watch-logs',
      LogGroupName: { Ref: Match.stringLikeRegexp('NetworkFlowLogs') },
    });
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain', Properties: { RetentionInDays: 90 } });
  });

  test('are off in development, and can be on', () => {
    network({ profile: DEVELOPMENT }).resourceCountIs('AWS::EC2::FlowLog', 0);
    const template = network({ profile: DEVELOPMENT, flowLogs: FlowLogs.all() });
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL' });
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
  });

  test('can be off in production', () => {
    const template = network({ flowLogs: FlowLogs.none() });
    template.resourceCountIs('AWS::EC2::FlowLog', 0);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
  });

  test('go to a log group that is given', () => {
    const stack = testStack();
    const logGroup = LogGroup.fromLogGroupName(stack, 'Given', 'security/flow');
    const template = network({ flowLogs: FlowLogs.all(logGroup) }, stack);
    template.hasResourceProperties('AWS::EC2::FlowLog', { LogGroupName: 'security/flow', TrafficType: 'ALL' });
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
  });

  test('are written by a role that writes to this log group alone, for this account alone', () => {
    const template = network();
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', Match.arrayWith([':vpc-flow-log/*'])] } },
            },
          },
        ],
      },
    });
    const statements = properties(template, 'AWS::IAM::Policy').flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
    expect(statements).toContainEqual({
      Action: expect.anything(),
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.stringMatching('NetworkFlowLogs'), 'Arn'] },
    });
    expect(statements).toHaveLength(1);
    expect(statements[0].Action.sort()).toEqual([
      'logs:CreateLogStream',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
    ]);
  });
});

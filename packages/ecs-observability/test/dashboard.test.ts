import type { Template } from 'aws-cdk-lib/assertions';
import { alarmsOf, observe, observeWorker } from './fixtures';

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: {
    title: string;
    alarms?: string[];
    metrics?: unknown[][];
    annotations?: { horizontal: { label: string; value: number }[] };
    yAxis?: { left: { label?: string; min: number } };
  };
}

/** Replaces a reference in a template by its text, so that one in a dashboard and one in an alarm compare equal. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value : `<${Object.values(value as object).flat()[0]}>`;
}

function widgetsOf(template: Template): Widget[] {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const [, parts] = dashboard.Properties.DashboardBody['Fn::Join'];
  return JSON.parse(parts.map(plain).join('')).widgets;
}

/** Namespace, name, statistic and dimensions of every metric that is drawn. */
function drawn(template: Template): string[] {
  const rows = widgetsOf(template).flatMap(({ properties }) => properties.metrics ?? []);
  return rows
    .filter(([first]) => typeof first === 'string')
    .map((row) => {
      const [namespace, name, ...dimensions] = row.filter((cell) => typeof cell === 'string');
      const { stat = 'Average' } = row.at(-1) as { stat?: string };
      return [namespace, name, stat, ...dimensions].join(' ');
    });
}

interface Metric {
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: unknown }[];
}

/** The same of every metric that an alarm watches. */
function alarmed(template: Template): string[] {
  return Object.values(alarmsOf(template)).flatMap((properties) => {
    const queries = (properties.Metrics ?? []) as { MetricStat?: { Metric: Metric; Stat: string } }[];
    const stats = queries.flatMap(({ MetricStat: stat }) => (stat ? [{ ...stat.Metric, Statistic: stat.Stat }] : []));
    const metrics = stats.length > 0 ? stats : [properties as unknown as Metric & { Statistic: string }];
    return metrics.map(({ Namespace, MetricName, Statistic, Dimensions }) =>
      [Namespace, MetricName, Statistic, ...Dimensions.flatMap(({ Name, Value }) => [Name, plain(Value)])].join(' '),
    );
  });
}

describe('the dashboard', () => {
  const { template } = observe();
  const widgets = widgetsOf(template);

  test('draws every metric that an alarm watches, with the same statistic', () => {
    expect(alarmed(template)).toHaveLength(15);
    expect(drawn(template)).toEqual(expect.arrayContaining(alarmed(template)));
  });

  test('shows the state of every alarm', () => {
    const [{ type, properties }] = widgets;

    expect(type).toBe('alarm');
    expect(properties.title).toBe('Service shop in cluster production');
    expect(properties.alarms).toEqual(
      Object.keys(template.findResources('AWS::CloudWatch::Alarm')).map((logicalId) => `<${logicalId}>`),
    );
  });

  test('draws the line of each alarm on the graph of its signal, but that of an hour on five minutes', () => {
    const lines = widgets.flatMap(({ properties }) =>
      (properties.annotations?.horizontal ?? []).map(({ label, value }) => [properties.title, label, value]),
    );

    expect(lines).toEqual([
      ['Server errors', 'ServerErrors', 5],
      ['Request latency', 'LatencyHigh', 1],
      ['Health-check failures', 'UnhealthyTargets', 1],
      ['CPU', 'CpuHigh', 80],
      ['Memory', 'MemoryHigh', 80],
      ['Running tasks', 'NoRunningTasks', 1],
    ]);
  });

  test('draws latency in the seconds that the load balancer measures', () => {
    const latency = widgets.find(({ properties }) => properties.title === 'Request latency');

    expect(latency?.properties.yAxis?.left.label).toBe('seconds');
  });

  test('counts by the minute, however long a time the console shows', () => {
    const counted = widgets.filter(({ properties }) => ['Requests', 'Running tasks'].includes(properties.title));

    expect(counted).toHaveLength(2);
    for (const { properties } of counted) {
      expect(properties.metrics?.[0]).toEqual([
        expect.objectContaining({ expression: 'counted / (PERIOD(counted) / 60)', period: 60 }),
      ]);
    }
  });

  test.each([
    ['with a target group', observe],
    ['without one', observeWorker],
  ])('fills its 24 columns, and nothing overlaps: %s', (_, fixture) => {
    const cells = widgetsOf(fixture().template).flatMap(({ x, y, width }) =>
      Array.from({ length: width }, (__, column) => `${y}:${x + column}`),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.length % 24).toBe(0);
  });
});

describe('the dashboard of a service without a target group', () => {
  test('leaves requests out', () => {
    const titles = widgetsOf(observeWorker().template).map(({ properties }) => properties.title);

    expect(titles.slice(1)).toEqual(['CPU', 'Memory', 'Running tasks', 'Container restarts']);
  });
});

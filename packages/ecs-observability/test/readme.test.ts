import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { type AlarmThresholds, AlertRouting, type EcsServiceMetrics } from '../src';
import { alarmsOf, importedTopic, observe, observeWorker } from './fixtures';

const README = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');

/** Rows of the table whose first column has that heading, as cells. */
function table(heading: string): string[][] {
  const [, body] = README.split(new RegExp(`^\\| ${heading} \\|.*\\n\\|[ -|]*\\n`, 'm'));
  const [rows] = body.split('\n\n');
  return rows.split('\n').map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (cell: string) => cell.replaceAll('`', '');
const upperFirst = (name: string) => name[0].toUpperCase() + name.slice(1);

/** Any value that is not the default. */
const OTHER: Required<AlarmThresholds> = {
  cpuPercent: 50,
  memoryPercent: 50,
  serverErrorPercent: 50,
  latency: Duration.seconds(5),
  minRequestsPerMinute: 50,
  unhealthyTargets: 5,
  containerRestarts: 5,
};

describe('the table of alarms', () => {
  const alarms = alarmsOf(
    observe((stack) => ({
      alerts: AlertRouting.topics(importedTopic(stack, 'critical'), importedTopic(stack, 'warning')),
    })).template,
  );
  const rows = table('signal');

  test('lists every alarm', () => {
    expect(rows.map(([, name]) => upperFirst(code(name))).sort()).toEqual(Object.keys(alarms).sort());
  });

  test.each(rows)('says what raises the alarm on %s', (_, name, raisedAt, during, kind) => {
    const alarm = alarms[upperFirst(code(name))];
    const operator = alarm.ComparisonOperator === 'LessThanThreshold' ? '<' : '≥';
    const units: Record<number, string> = { 60: 'minutes', 300: 'times five minutes' };
    const times = `${alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods} of ${alarm.EvaluationPeriods} ${units[periodOf(alarm)]}`;
    // a single period is the sum of an hour
    const period = periodOf(alarm) === 3600 ? '1 hour' : times;

    expect(raisedAt).toMatch(new RegExp(`^${operator} ${alarm.Threshold} `));
    expect(during).toBe(period);
    expect(alarm.AlarmActions).toEqual([`arn:aws:sns:eu-west-1:111122223333:${kind}`]);
  });

  test.each(rows)('names what changes the alarm on %s', (_, name, __, ___, ____, changes) => {
    for (const change of code(changes).split(', ')) {
      const props = change === 'scalesToZero' ? { scalesToZero: true } : { thresholds: { [change]: pick(change) } };
      const { AlarmActions, OKActions, ...before } = alarms[upperFirst(code(name))];

      expect(alarmsOf(observe(() => props).template)[upperFirst(code(name))]).not.toEqual(before);
    }
  });

  test('names every threshold', () => {
    const named = new Set(rows.flatMap((row) => code(row[5]).split(', ')));

    expect([...named].sort()).toEqual([...Object.keys(OTHER), 'scalesToZero'].sort());
  });

  function periodOf({ Period, Metrics }: Record<string, unknown>): number {
    const metrics = (Metrics ?? []) as { MetricStat?: { Period: number } }[];
    const [period, ...others] = new Set(metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Period] : [])));
    expect(others).toEqual([]);
    return (Period as number | undefined) ?? period;
  }

  function pick(name: string) {
    return OTHER[name as keyof AlarmThresholds];
  }
});

describe('the request floor', () => {
  test('is the one that the README tells', () => {
    const [, floor] = README.match(/Only minutes with (\d+) requests or more count/) ?? [];

    expect(JSON.stringify(alarmsOf(observe().template).LatencyHigh)).toContain(`requests >= ${floor},`);
  });
});

describe('the table of metrics', () => {
  const { metrics } = observe().observability;
  const rows = table('method');

  test.each(rows)('says what %s is', (method, metric, statistic) => {
    const made = metrics[code(method) as 'cpuUtilization']();

    expect(metric).toBe(`${made.namespace} ${made.metricName}`);
    expect(statistic).toBe(made.statistic);
  });

  test('lists every metric', () => {
    const prototype = Object.getPrototypeOf(metrics) as EcsServiceMetrics;
    const methods = Object.getOwnPropertyNames(prototype).filter(
      (name) => !/^(constructor|(of|at)[A-Z].*)$/.test(name),
    );

    expect(rows.map(([method]) => code(method)).sort()).toEqual(methods.sort());
  });
});

describe('the costs', () => {
  const said = README.replaceAll('\n', ' ').match(
    /there are (\d) alarms that read (\d+) metrics, without one (\d) alarms that read (\d);/,
  );

  function made(template: Template): string[] {
    const alarms = Object.values(alarmsOf(template));
    const read = alarms.map(({ Metrics = [{ MetricStat: {} }] }) =>
      (Metrics as { MetricStat?: object }[]).filter(({ MetricStat }) => MetricStat),
    );
    return [`${alarms.length}`, `${read.flat().length}`];
  }

  test('count the alarms and what they read', () => {
    expect(said?.slice(1)).toEqual([...made(observe().template), ...made(observeWorker().template)]);
  });
});

describe('the README', () => {
  test('has at most 170 lines', () => {
    expect(README.split('\n').length - 1).toBeLessThanOrEqual(170);
  });
});

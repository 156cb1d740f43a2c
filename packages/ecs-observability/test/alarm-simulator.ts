/** What CloudWatch has of one minute: the sum of each metric, by name. What did not happen has no data. */
export type Minute = Partial<Record<string, number>>;

interface Alarm {
  readonly Metrics: {
    Id: string;
    Expression?: string;
    MetricStat?: { Metric: { MetricName: string }; Period: number };
  }[];
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
}

/** Minutes after which metrics of load balancers are there; an assumption, AWS promises none. */
const LAG = 2;

/**
 * The minute, counted from the first, in which an alarm on sums is raised, if it is. The alarm is evaluated every minute, over the
 * periods that end then; a period without data counts as the alarm says.
 */
export function raisedAfter(properties: object, minutes: Minute[]): number | undefined {
  const alarm = properties as Alarm;
  if (alarm.ComparisonOperator !== 'GreaterThanOrEqualToThreshold' || alarm.TreatMissingData !== 'notBreaching') {
    throw new Error(`this simulator does not know ${alarm.ComparisonOperator} with ${alarm.TreatMissingData}`);
  }
  const stats = alarm.Metrics.filter(({ MetricStat }) => MetricStat);
  const period = stats[0].MetricStat!.Period / 60;
  const value = expression(alarm.Metrics.find(({ Expression }) => Expression)!.Expression!);
  const breaching = (end: number) => {
    const window = minutes.slice(Math.max(0, end - period), Math.max(0, end));
    const sums = stats.map(({ Id, MetricStat }) => [Id, sum(window, MetricStat!.Metric.MetricName)]);
    return value(Object.fromEntries(sums)) >= alarm.Threshold;
  };
  for (let end = 1; end <= minutes.length; end++) {
    const periods = Array.from({ length: alarm.EvaluationPeriods }, (_, index) => breaching(end - index * period));
    const needed = alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods;
    if (periods.filter(Boolean).length >= needed) return end + LAG;
  }
  return undefined;
}

function sum(window: Minute[], name: string): number {
  const values = window.map((minute) => minute[name]).filter((one) => one !== undefined);
  return values.length > 0 ? values.reduce((total, one) => total + one, 0) : Number.NaN;
}

/** The part of metric math that this package writes; a value that is missing, or divided by zero, is none. */
function expression(text: string): (metrics: Record<string, number>) => number {
  const code = text.replaceAll(/\bAND\b/g, '&&');
  const words = new Set(code.match(/[A-Za-z]\w*/g));
  const names = [...words].filter((word) => !['IF', 'FILL'].includes(word));
  if (!/^[\w\s(),.+*/<>=&]+$/.test(code)) throw new Error(`this simulator does not know ${text}`);
  const compute = new Function('IF', 'FILL', ...names, `return ${code}`);
  const fill = (metric: number, by: number) => (Number.isNaN(metric) ? by : metric);
  const choose = (condition: boolean, yes: number, no: number) => (condition ? yes : no);
  return (metrics) => compute(choose, fill, ...names.map((name) => metrics[name] ?? Number.NaN));
}

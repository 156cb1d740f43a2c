import { type Minute, raisedAfter } from './alarm-simulator';
import { alarmsOf, observe } from './fixtures';

const OWN = alarmsOf(observe().template);
const SHARED = alarmsOf(observe(() => ({ sharedLoadBalancer: true })).template);

/** Sums of a minute, in the names of the load balancer's metrics. */
function minute({ requests = 0, errors = 0, balancer = 0, refused = 0 }: Record<string, number>): Minute {
  const all = {
    RequestCount: requests,
    HTTPCode_Target_5XX_Count: errors,
    HTTPCode_ELB_5XX_Count: balancer + refused,
    HTTPCode_ELB_503_Count: refused,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value > 0));
}

const last = (minutes: number, of: Record<string, number>) => Array.from({ length: minutes }, () => minute(of));

/** An hour in which all is well, the incident, and when somebody is called; undefined when nobody is. */
function paged(alarms: typeof OWN, before: Record<string, number>, incident: Minute[]) {
  const well = 60;
  const minutes = [...last(well, before), ...incident, ...last(30, before)];
  const pages = ['ServerErrors', 'ServerErrorsOfFew'].map((id) => raisedAfter(alarms[id], minutes));
  return pages.filter((page) => page !== undefined).map((page) => page - well);
}

const BUSY = { requests: 300 };
const SMALL = { requests: 8 };

test.each<[string, Record<string, number>, Minute[], number]>([
  ['the database is gone, and every page is a 500', BUSY, last(30, { requests: 300, errors: 300 }), 10],
  ['a release fails a fifth of the requests', BUSY, last(30, { requests: 300, errors: 60 }), 10],
  ['workers hang: every request is a 504 of the load balancer', BUSY, last(30, { requests: 300, balancer: 300 }), 10],
  ['a tenth of the requests is a 502', BUSY, last(30, { requests: 300, balancer: 30 }), 10],
  ['there is no target, and no request is counted', BUSY, last(30, { refused: 300 }), 10],
  ['one task of ten fails fast', BUSY, last(30, { requests: 300, errors: 30 }), 15],
  ['the disk of the database is full: a sixth fails', BUSY, last(30, { requests: 300, errors: 50 }), 10],
  ['a small site answers 500 to everything', SMALL, last(60, { requests: 8, errors: 8 }), 30],
  ['a small site has no target', SMALL, last(60, { refused: 8 }), 15],
  ['a third of a small site fails', SMALL, last(60, { requests: 8, errors: 3 }), 30],
  ['a site of 25 requests a minute fails for every tenth', { requests: 25 }, last(60, { requests: 25, errors: 3 }), 10],
])('somebody is called, once: %s', (_what, before, incident, within) => {
  const pages = paged(OWN, before, incident);
  expect(pages).toHaveLength(1);
  expect(pages[0]).toBeLessThanOrEqual(within);
});

test.each<[string, Record<string, number>, Minute[]]>([
  ['nothing happens', BUSY, []],
  ['a quiet night with an error', { requests: 3 }, last(1, { requests: 3, errors: 1 })],
  [
    'a quiet night, and each third page fails',
    { requests: 1 },
    [1, 0, 0, 1, 0, 0, 1].map((errors) => minute({ requests: 1, errors })),
  ],
  ['bots get 404', BUSY, last(60, { requests: 2_000 })],
  ['the database fails over: 90 seconds of 500', BUSY, last(2, { requests: 300, errors: 225 })],
  ['one error in a hundred', BUSY, last(60, { requests: 300, errors: 3 })],
  ['no visitor for an hour', BUSY, last(60, {})],
  ['a rolling deployment loses two requests', BUSY, last(1, { requests: 298, refused: 2 })],
  ['a small site restarts for three minutes', SMALL, last(3, { refused: 3 })],
])('nobody is called: %s', (_what, before, incident) => {
  expect(paged(OWN, before, incident)).toEqual([]);
});

describe('behind a load balancer that others share', () => {
  test.each<[string, Record<string, number>, Minute[]]>([
    ['every page is a 500', BUSY, last(30, { requests: 300, errors: 300 })],
    ['a small site answers 500 to everything', SMALL, last(60, { requests: 8, errors: 8 })],
  ])('somebody is called: %s', (_what, before, incident) => {
    expect(paged(SHARED, before, incident)).toHaveLength(1);
  });

  test('nobody is called for what the load balancer answers itself, which may be about another service', () => {
    expect(paged(SHARED, BUSY, last(30, { requests: 300, refused: 100 }))).toEqual([]);
  });
});

describe('the simulator', () => {
  const [serverErrors, few] = [OWN.ServerErrors, OWN.ServerErrorsOfFew];
  const failing = last(30, { requests: 300, errors: 300 });

  test.each<[string, object]>([
    ['a plain quotient, which has no data without a request', quotient('100 * refused / counted')],
    ['a sum with what is missing', quotient('100 * (answered + refused) / (counted + targetless)')],
    ['a threshold that nothing reaches', { ...serverErrors, Threshold: 101 }],
    ['more minutes than it lasts', { ...serverErrors, EvaluationPeriods: 60, DatapointsToAlarm: 60 }],
  ])('notices %s', (_what, broken) => {
    expect(raisedAfter(serverErrors, last(30, { refused: 300 }))).toBe(5);
    expect(raisedAfter(broken, last(30, { refused: 300 }))).toBeUndefined();
  });

  function quotient(Expression: string): object {
    const [expression, ...metrics] = serverErrors.Metrics as object[];
    return { ...serverErrors, Metrics: [{ ...expression, Expression }, ...metrics] };
  }

  // after seven minutes the period before the last five has two with errors; and two minutes until the metrics are there
  test('counts periods of five minutes back from each minute', () => {
    expect(raisedAfter(few, last(60, { requests: 8, errors: 8 }))).toBe(9);
  });

  test('knows what it does not know', () => {
    expect(() => raisedAfter({ ...serverErrors, TreatMissingData: 'breaching' }, failing)).toThrow('does not know');
    expect(() => raisedAfter(quotient('ANOMALY_DETECTION_BAND(counted) | 1'), failing)).toThrow('does not know');
  });
});

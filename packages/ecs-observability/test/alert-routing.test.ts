import { AlertRouting } from '../src';
import { alarmsOf, importedTopic, observe } from './fixtures';

const CRITICAL = ['NoRunningTasks', 'ServerErrors', 'ServerErrorsOfFew', 'ContainerRestarts'];
const arn = (name: string) => `arn:aws:sns:eu-west-1:111122223333:${name}`;

describe('two topics', () => {
  const { template } = observe((stack) => ({
    alerts: AlertRouting.topics(importedTopic(stack, 'pager'), importedTopic(stack, 'chat')),
  }));

  test.each(Object.entries(alarmsOf(template)))('tell one of them when %s begins and ends', (id, properties) => {
    const topic = CRITICAL.includes(id) ? arn('pager') : arn('chat');

    expect(properties).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
    expect(properties).not.toHaveProperty('InsufficientDataActions');
  });
});

describe('one topic', () => {
  test('hears of everything', () => {
    const { template } = observe((stack) => ({ alerts: AlertRouting.topics(importedTopic(stack, 'pager')) }));

    for (const properties of Object.values(alarmsOf(template))) {
      expect(properties).toMatchObject({ AlarmActions: [arn('pager')], OKActions: [arn('pager')] });
    }
  });
});

describe('nobody', () => {
  test('is told, and the alarms are there all the same', () => {
    const alarms = Object.values(alarmsOf(observe(() => ({ alerts: AlertRouting.none() })).template));

    expect(alarms).toHaveLength(8);
    for (const properties of alarms) {
      expect(properties).not.toHaveProperty('AlarmActions');
      expect(properties).not.toHaveProperty('OKActions');
    }
  });
});

import { differences, type Synthesis } from '../../tools/bench/synthesis';

function synthesis(name: string, resources: Record<string, number>): Synthesis {
  const numbers = { cpu: 1, wall: 1, cpuRatio: 1, wallRatio: 1, templateBytes: 1 };
  return { name, ...numbers, resources: new Map(Object.entries(resources)) };
}

test('two programs that make the same resources do not differ', () => {
  expect(differences(synthesis('a', { Bucket: 2, Queue: 1 }), synthesis('b', { Queue: 1, Bucket: 2 }))).toEqual([]);
});

test('a difference is named for each type, whichever has more', () => {
  expect(
    differences(synthesis('by hand', { Bucket: 2, Queue: 1 }), synthesis('construct', { Bucket: 1, Topic: 1 })),
  ).toEqual(['Bucket: 2 by hand, 1 construct', 'Queue: 1 by hand, 0 construct', 'Topic: 0 by hand, 1 construct']);
});

/**
 * The resources of `with-construct.ts`, written as a user of aws-cdk-lib would write them, without this package. `npm run
 * bench` compares the two, and fails when this one does not make as many resources of each type.
 */
import { synthesize } from './app';
import { makeData } from './by-hand-data';
import { makeEdge } from './by-hand-edge';
import { makeNetwork } from './by-hand-network';
import { makeProcesses } from './by-hand-processes';

synthesize(({ stack, image, zone }) => {
  const vpc = makeNetwork(stack);
  const data = makeData(stack, vpc);
  const edge = makeEdge(stack, vpc, zone);
  makeProcesses(stack, vpc, image, data, edge);
});

import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail, requireWhole } from '../../shared/validate';

/**
 * Memory in MiB that Fargate offers for each amount of CPU units, as [least, most, step].
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html (task size)
 */
const MEMORY_FOR_CPU: Record<number, [number, number, number]> = {
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};

/** Memory in MiB that a Fargate task of `cpu` units may have; undefined when there is no such task. */
export function memoryChoices(cpu: number): number[] | undefined {
  if (cpu === 256) return [512, 1024, 2048];
  const range = MEMORY_FOR_CPU[cpu];
  if (!range) return undefined;
  const [least, most, step] = range;
  return Array.from({ length: (most - least) / step + 1 }, (_, index) => least + index * step);
}

/** Fails synthesis unless Fargate offers the pair of CPU units and memory. */
export function requireFargateSize(scope: IConstruct, prefix: string, cpu: number, memoryMiB: number): void {
  if (Token.isUnresolved(cpu) || Token.isUnresolved(memoryMiB)) return;
  const choices = memoryChoices(cpu);
  if (!choices) {
    fail(scope, `'${prefix}cpu' must be one of 256, ${Object.keys(MEMORY_FOR_CPU).join(', ')}, got ${cpu}`);
  }
  if (!choices.includes(memoryMiB)) {
    fail(scope, `'${prefix}memoryMiB' must be one of ${choices.join(', ')} for ${cpu} CPU units, got ${memoryMiB}`);
  }
}

/**
 * Fails synthesis unless Fargate offers the size of the disk. 20 GiB come with every task, so fewer cannot be asked for.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
 */
export function requireEphemeralStorage(scope: IConstruct, prefix: string, sizeGiB: number | undefined): void {
  if (sizeGiB !== undefined) requireWhole(scope, `${prefix}ephemeralStorageGiB`, sizeGiB, 21, 200);
}

import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { fail } from './validate';

/** What only a shell understands: operators between commands, and the value of a variable at the start of a word or a value. */
const OPERATORS = /^(&&|\|\|?|;|&|\d?>>?(&\d)?|<)$|;$/;
const VARIABLE = /(^|[=:/@,])\$([A-Za-z_]|\{|\()/;
const SHELLS = /(^|\/)(sh|bash|dash|ash|zsh)$/;

/** Fails synthesis unless `command` is the words of one program, as a container runs it: without a shell. */
export function requireWords(scope: IConstruct, prop: string, command: string[]): void {
  const [program] = command;
  if (program === undefined) fail(scope, `'${prop}' must name a command, got none. Leave it out for the default`);
  if (Token.isUnresolved(program)) return;
  if (/\s/.test(program.trim())) {
    fail(scope, `'${prop}' must give every argument an element of its own, got '${program}' as the first`);
  }
  requireNoShell(scope, prop, command);
}

/** Fails synthesis when a word means something to a shell alone, and no shell is started. */
export function requireNoShell(scope: IConstruct, prop: string, command: string[]): void {
  if (Token.isUnresolved(command) || SHELLS.test(command[0])) return;
  const word = command.find((text) => !Token.isUnresolved(text) && (OPERATORS.test(text) || VARIABLE.test(text)));
  if (word === undefined) return;
  fail(scope, `'${prop}' must hold nothing for a shell, got '${word}': none is started. ${shellHint(prop)}`);
}

function shellHint(prop: string): string {
  if (prop === 'command') return 'A management command of your own can do both, and read its environment';
  return "Start one: ['sh', '-c', '…']";
}

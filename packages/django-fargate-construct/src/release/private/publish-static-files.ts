import { STATIC_PREFIX } from '../../data/site-storage';
import { pythonProgram } from '../../python-program';

/** Publishes the image's static files, and runs the command when they are all there. */
export function publishingCommand(command: string[]): string[] {
  return ['python', '-c', pythonProgram('publish_static'), STATIC_PREFIX, ...command];
}

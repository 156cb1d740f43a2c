/**
 * A step of the whole test: a command, the steps whose result it needs, and variables for those that start after it has passed.
 * @typedef {{ name: string, title: string, command: string[], needs?: string[], gives?: Record<string, string> }} Step
 */

/**
 * The command of a step that nx keeps the result of: with the same files, what it printed and its report come from the cache.
 * What it reads stands in projenrc/nx-configuration.ts.
 * @param {string} name
 */
const kept = (name) => ['npx', 'nx', 'run', `repository:${name}`];

/**
 * Every step; those that wait (downloads, the emulator) run beside those that compute. Where two could begin, the one that
 * takes longer, or is needed by another, stands first.
 * @type {Step[]}
 */
export const STEPS = [
  { name: 'install', title: 'npm packages', command: ['bash', 'projenrc/tools/steps/install.sh'] },
  {
    name: 'prepare',
    title: 'container engine and images',
    command: ['python3', 'apps/reference-deployment/local/demo.py', 'prepare'],
  },
  {
    name: 'compile',
    title: 'packages',
    command: ['npx', 'nx', 'run-many', '-t', 'compile'],
    needs: ['install'],
    // nx removes what it has compiled and puts it back from its cache, while a step beside it reads the same files
    gives: { PACKAGES_COMPILED: 'true' },
  },
  {
    name: 'emulator',
    title: 'a whole deployment on the emulator',
    command: kept('emulator'),
    needs: ['compile', 'prepare'],
  },
  {
    name: 'build',
    title: 'build, unit tests and examples',
    command: ['bash', 'projenrc/tools/steps/build.sh'],
    needs: ['compile'],
  },
  {
    name: 'consumers',
    title: 'installation from four languages',
    command: kept('consumers'),
    needs: ['build'],
  },
  {
    name: 'verifiers',
    title: 'template verifiers',
    command: kept('verifiers'),
    needs: ['compile'],
  },
  {
    name: 'django',
    title: 'the Django project with real services',
    command: kept('django'),
    needs: ['install', 'prepare'],
  },
  {
    name: 'check',
    title: 'lint, format, types and imports',
    command: ['npm', 'run', '--silent', 'check'],
    needs: ['compile'],
  },
];

/**
 * The steps of the given names, all without one, each with those that it needs.
 * @param {string[]} names
 * @param {Step[]} [steps]
 * @returns {Step[]}
 */
export function chosen(names, steps = STEPS) {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    const known = steps.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n');
    throw new Error(`there is no step ${unknown.map((name) => `'${name}'`).join(', ')}; the steps are\n${known}`);
  }
  if (names.length === 0) return steps;
  const wanted = new Set(names);
  // a step stands after those that it needs
  for (const { name, needs = [] } of steps.toReversed()) {
    if (wanted.has(name)) for (const need of needs) wanted.add(need);
  }
  return steps.filter(({ name }) => wanted.has(name));
}

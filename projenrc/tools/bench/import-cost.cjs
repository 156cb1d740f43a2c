/**
 * Requires a package in a process that has already loaded what it loads of its dependencies, and prints, as JSON, what is
 * left: its own files, their milliseconds, and of aws-cdk-lib the submodules and the files behind them.
 *
 * Usage: node import-cost.cjs PACKAGE_FOLDER [FILE]
 *
 * Without FILE it prints, as JSON, what the package loads of its dependencies; FILE holds that.
 */
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const [folder, file] = process.argv.slice(2);
const lib = join(folder, 'lib');

if (file === undefined) {
  const submodules = new Set();
  const load = Module._load;
  Module._load = (request, parent, ...rest) => {
    if (parent?.filename.startsWith(lib) && request.startsWith('aws-cdk-lib')) submodules.add(request);
    return load(request, parent, ...rest);
  };
  require(folder);
  const files = Object.keys(require.cache).filter((path) => !path.startsWith(lib) && path !== __filename);
  console.log(JSON.stringify({ submodules: [...submodules], files }));
} else {
  // in the order in which they finished loading, so that none of them takes another along
  for (const path of JSON.parse(readFileSync(file, 'utf8')).files) require(path);
  const before = Object.keys(require.cache).length;
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  require(folder);
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpuBefore);
  console.log(JSON.stringify({ wall, cpu: (user + system) / 1000, files: Object.keys(require.cache).length - before }));
}

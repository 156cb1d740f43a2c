import * as path from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';

/**
 * Code of a function that the build bundles from `lambda/<name>`. This file stays at the top of `src`, as deep as the bundle
 * `lib/index.js` is in `lib`, so that the path holds for both.
 */
export function lambdaCode(name: string): lambda.Code {
  return lambda.Code.fromAsset(path.join(__dirname, '..', 'lib', 'lambda', name));
}

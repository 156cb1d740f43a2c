import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { ConfigError, readConfig } from './config';
import { RegistryStack } from './registry-stack';
import { SiteStack } from './site-stack';

const app = new App({ context: recommendedFlags });
try {
  const config = readConfig(app.node);
  const registry = new RegistryStack(app, 'DjangoRegistry');
  new SiteStack(app, 'DjangoSite', { config, repository: registry.repository });
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`Wrong configuration: ${error.message}`);
  process.exitCode = 1;
}

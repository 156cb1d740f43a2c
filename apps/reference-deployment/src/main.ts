import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { type Config, ConfigError, readConfig } from './config';
import { RegistryStack } from './registry-stack';
import { SiteStack, type SiteStackProps } from './site-stack';
import { DataStack, NetworkStack } from './state-stacks';

const app = new App({ context: recommendedFlags });
try {
  const config = readConfig(app.node);
  const registry = new RegistryStack(app, 'DjangoRegistry');
  new SiteStack(app, 'DjangoSite', { config, repository: registry.repository, given: given(config) });
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`Wrong configuration: ${error.message}`);
  process.exitCode = 1;
}

/** What the site does not make itself: deployed before it, and still there when it is destroyed. */
function given(config: Config): SiteStackProps['given'] {
  if (config.stacks === 'together') return undefined;
  const { vpc } = new NetworkStack(app, 'DjangoNetwork', { config });
  const { database, cache } = new DataStack(app, 'DjangoData', { config, vpc });
  return { vpc, database, cache };
}

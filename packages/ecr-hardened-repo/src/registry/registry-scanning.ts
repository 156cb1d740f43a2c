import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Construct } from 'constructs';
import { requireOnlyOneInRegistry } from './private/only-one-in-registry';
import { requireRepositoryFilters } from './private/registry-names';

/** The repositories that basic scanning covers. */
export interface BasicScanningOptions {
  /**
   * Filters of the repositories whose images are scanned when they are pushed. A filter without `*` matches every name
   * that contains it. Images elsewhere are scanned when somebody asks for it.
   *
   * @default ['*'] - all repositories
   */
  readonly scanOnPush?: string[];
}

/** The repositories that enhanced scanning covers, once or continuously. */
export interface EnhancedScanningOptions {
  /**
   * Filters of the repositories whose images are scanned when they are pushed, and again when a vulnerability becomes
   * known. A filter without `*` matches every name that contains it.
   *
   * @default - all repositories; none when `scanOnPush` is given
   */
  readonly continuousScan?: string[];

  /**
   * Filters of the repositories whose images are scanned when they are pushed, and never again. Where both match,
   * `continuousScan` applies.
   *
   * @default - none
   */
  readonly scanOnPush?: string[];
}

interface ScanRule {
  readonly prop: string;
  readonly scanFrequency: string;
  readonly repositoryFilters: string[];
}

/** The scanner that looks for vulnerabilities in the images of a registry. */
export class RegistryScanType {
  /**
   * ECR looks at the packages of the operating system. It costs nothing, and does not see what `pip` installed.
   *
   * @param options which repositories it covers
   */
  public static basic(options: BasicScanningOptions = {}): RegistryScanType {
    return new RegistryScanType('BASIC', [
      { prop: 'scanOnPush', scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: options.scanOnPush ?? ['*'] },
    ]);
  }

  /**
   * Amazon Inspector looks at the packages of the operating system and of programming languages, Python among them.
   *
   * Inspector charges for each image and each time that it scans one again. Its findings arrive as events of
   * `aws.inspector2`, not of `aws.ecr`.
   *
   * @param options which repositories it covers; images of the others are not scanned at all
   */
  public static enhanced(options: EnhancedScanningOptions = {}): RegistryScanType {
    const continuousScan = options.continuousScan ?? (options.scanOnPush ? undefined : ['*']);
    return new RegistryScanType('ENHANCED', [
      ...(continuousScan
        ? [{ prop: 'continuousScan', scanFrequency: 'CONTINUOUS_SCAN', repositoryFilters: continuousScan }]
        : []),
      ...(options.scanOnPush
        ? [{ prop: 'scanOnPush', scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: options.scanOnPush }]
        : []),
    ]);
  }

  private constructor(
    /** @internal */
    public readonly _scanType: string,
    /** @internal */
    public readonly _rules: ScanRule[],
  ) {}
}

/** Properties of `RegistryScanning`. */
export interface RegistryScanningProps {
  /** The scanner, and the repositories that it covers. */
  readonly scanType: RegistryScanType;
}

/**
 * The scanning of every image of an account in a Region: the setting that replaces the deprecated scan on push of each
 * repository.
 *
 * A registry has one: a second one in the app is an error. To change to enhanced scanning, CloudFormation also needs
 * the permissions `inspector2:Enable`, `inspector2:ListAccountPermissions` and `iam:CreateServiceLinkedRole`.
 *
 * @example
 * new RegistryScanning(this, 'Scanning', { scanType: RegistryScanType.enhanced({ continuousScan: ['shop/*'] }) });
 */
export class RegistryScanning extends Construct {
  constructor(scope: Construct, id: string, props: RegistryScanningProps) {
    super(scope, id);

    const { _scanType: scanType, _rules: rules } = props.scanType;
    for (const rule of rules) {
      requireRepositoryFilters(this.node.path, rule.prop, rule.repositoryFilters);
    }
    requireOnlyOneInRegistry(this, 'RegistryScanning', ecr.CfnRegistryScanningConfiguration.CFN_RESOURCE_TYPE_NAME);

    new ecr.CfnRegistryScanningConfiguration(this, 'Resource', {
      scanType,
      rules: rules.map(({ scanFrequency, repositoryFilters }) => ({
        scanFrequency,
        repositoryFilters: repositoryFilters.map((filter) => ({ filter, filterType: 'WILDCARD' })),
      })),
    });
  }
}

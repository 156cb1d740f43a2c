// Validating each synthesized template takes most of a test run; `cdk synth` and the template verifiers do it once.
process.env.CDK_VALIDATION ??= 'false';

/** Severity of a finding of an image scan, in the words of Amazon ECR, the worst first. */
export enum FindingSeverity {
  /** To be fixed at once. */
  CRITICAL = 'CRITICAL',
  /** To be fixed soon. */
  HIGH = 'HIGH',
  /** To be fixed in the course of the usual updates. */
  MEDIUM = 'MEDIUM',
  /** Of little effect. */
  LOW = 'LOW',
  /** Needs nothing done. */
  INFORMATIONAL = 'INFORMATIONAL',
  /** Nobody has rated it yet. Amazon Inspector calls it `UNTRIAGED`. */
  UNDEFINED = 'UNDEFINED',
}

/** One thing a check noticed. Nothing is changed by it: applying a finding is a separate, explicit act. */
export interface Finding {
  /** Name of the check, as in `leak-equal`. */
  readonly check: string;
  readonly severity: 'info' | 'warning' | 'error';
  /** Process ids of the records involved. */
  readonly records: readonly string[];
  /** A sentence that a curator understands. */
  readonly message: string;
  readonly evidence: Readonly<Record<string, string | number | readonly string[]>>;
  /** The cheapest next action. */
  readonly action?: string;
}

/** Names that a run writes below its prefix. */
export const alignmentFiles = {
  /** Everything that fixes the run, with versions and the hash of the data. */
  config: 'config.json',
  /** Process ids of the rows that the run trains on, one a line: the corpus that audits compare. */
  rows: 'training-rows.txt',
  /** Process ids of the rows that choose the best parameters, one a line; none without validation. */
  validation: 'validation-rows.txt',
  /** One JSON value a line and step, without times. */
  log: 'log.jsonl',
  /** Parameters, moments and averages: what a resume reads. */
  resume: 'checkpoint.safetensors',
  /** Parameters alone, of the best validation score so far. */
  best: 'best.safetensors',
  /** Parameters alone, written at the end. */
  model: 'model.safetensors',
} as const;

export type AlignmentFile = keyof typeof alignmentFiles;

/** The names of a run's files in its store. */
export function filesOf(prefix = ''): Readonly<Record<AlignmentFile, string>> {
  const { config, rows, validation, log, resume, best, model } = alignmentFiles;
  return {
    config: prefix + config,
    rows: prefix + rows,
    validation: prefix + validation,
    log: prefix + log,
    resume: prefix + resume,
    best: prefix + best,
    model: prefix + model,
  };
}

/** What a package may import. The one place where docs/dataflow.md is enforced: lint and the bundle test read it. */
export interface Seam {
  /** Workspace packages it may import. */
  readonly workspace: readonly string[];
  /** Guarded libraries that live behind it. */
  readonly libraries: readonly string[];
  /** True when its main entry must run in a browser. */
  readonly neutral: boolean;
  /** Source files or globs of its platform entries, relative to src. */
  readonly platform: readonly string[];
  /** Entries that must bundle for a browser, and their budget in kB, minified. */
  readonly budgets: Readonly<Record<string, number>>;
}

export const seams = {
  core: { workspace: [], libraries: [], neutral: true, platform: [], budgets: { '.': 20 } },
  graph: {
    workspace: ['core'],
    libraries: [],
    neutral: true,
    platform: ['node.ts', 'node/**'],
    budgets: { '.': 260 },
  },
  runtime: {
    workspace: ['core'],
    libraries: ['onnxruntime-node', 'onnxruntime-web', 'usearch'],
    neutral: true,
    platform: ['node.ts', 'node/**', 'worker.ts', 'worker/**'],
    budgets: { '.': 40 },
  },
  data: {
    workspace: ['core'],
    libraries: ['apache-arrow', '@duckdb/node-api'],
    neutral: false,
    platform: [],
    budgets: {},
  },
  dna: {
    workspace: ['core', 'graph'],
    libraries: [],
    neutral: true,
    platform: ['node.ts', 'node/**'],
    budgets: { '.': 230, './distance': 60, './baselines': 80, './onnx': 120 },
  },
  vision: {
    workspace: ['core', 'graph'],
    libraries: ['sharp'],
    neutral: true,
    platform: ['node.ts', 'node/**', 'worker.ts', 'worker/**'],
    budgets: { '.': 220 },
  },
  eval: { workspace: ['core', 'graph'], libraries: [], neutral: true, platform: [], budgets: { '.': 370 } },
  align: {
    workspace: ['core', 'graph', 'eval'],
    libraries: [],
    neutral: true,
    platform: [],
    budgets: { '.': 300, './controls': 330 },
  },
  identify: {
    workspace: ['core', 'vision'],
    libraries: [],
    neutral: true,
    platform: ['node.ts', 'node/**'],
    budgets: { '.': 80 },
  },
  qc: { workspace: ['core', 'eval', 'dna'], libraries: [], neutral: true, platform: [], budgets: { '.': 130 } },
  sim: { workspace: ['core', 'data'], libraries: ['sharp'], neutral: false, platform: [], budgets: {} },
  report: { workspace: ['core'], libraries: [], neutral: true, platform: [], budgets: { '.': 1500 } },
  cli: {
    workspace: [
      'core',
      'graph',
      'runtime',
      'data',
      'dna',
      'vision',
      'align',
      'eval',
      'identify',
      'qc',
      'sim',
      'report',
    ],
    libraries: [],
    neutral: false,
    platform: [],
    budgets: {},
  },
} as const satisfies Record<string, Seam>;

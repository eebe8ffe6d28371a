/** Runs named tasks elsewhere (threads, or in place in tests). Inputs and results must survive a structured clone. */
export interface Pool {
  run<Result>(task: string, input: unknown): Promise<Result>;
  close(): Promise<void>;
}

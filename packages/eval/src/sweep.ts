/** One condition of a sweep: a name, its setting as a number or word, and the result found under it. */
export interface SweepRow<Result> {
  readonly name: string;
  readonly setting: number | string;
  readonly result: Result;
}

export interface SweepCase<Input> {
  readonly name: string;
  readonly setting: number | string;
  readonly input: Input;
}

/**
 * Evaluates the same thing under a list of conditions, one after another in their order: perturbed query sets, k, layers, data sizes.
 * Perturb queries only and keep the keys clean; use nothing of it for selection.
 */
export async function sweep<Input, Result>(
  cases: Iterable<SweepCase<Input>> | AsyncIterable<SweepCase<Input>>,
  evaluate: (input: Input, name: string) => Result | Promise<Result>,
): Promise<SweepRow<Result>[]> {
  const rows: SweepRow<Result>[] = [];
  for await (const { name, setting, input } of cases) {
    rows.push({ name, setting, result: await evaluate(input, name) });
  }
  return rows;
}

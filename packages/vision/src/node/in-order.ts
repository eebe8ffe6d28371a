/**
 * Results in the order of the inputs, with up to `ahead` of them under way or waiting to be taken.
 * The first error ends it; what is under way then is left to settle unheard.
 */
export async function* inOrder<Input, Result>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  work: (input: Input) => Promise<Result>,
  ahead: number,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for await (const input of inputs) {
    const result = work(input);
    // Heard again when it is awaited in its turn.
    result.catch(() => undefined);
    started.push(result);
    if (started.length >= ahead) yield await (started.shift() as Promise<Result>);
  }
  for (const result of started) yield await result;
}

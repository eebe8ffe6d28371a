/** One contender of a comparison: does its work once and returns the seconds that it took. */
export interface Contender {
  readonly name: string;
  run(): Promise<number>;
}

export interface Timing {
  readonly name: string;
  readonly medianSeconds: number;
  readonly fastestSeconds: number;
}

/** Lets contenders take turns, so that a busy machine is busy for all of them; the first rounds warm up and do not count. */
export async function alternate(contenders: readonly Contender[], rounds: number, warmUp = 2): Promise<Timing[]> {
  const times = contenders.map((): number[] => []);
  for (let round = 0; round < rounds + warmUp; round++) {
    for (const [i, contender] of contenders.entries()) {
      const seconds = await contender.run();
      if (round >= warmUp) times[i]?.push(seconds);
    }
  }
  return contenders.map(({ name }, i) => {
    const sorted = (times[i] ?? []).sort((a, b) => a - b);
    return { name, medianSeconds: sorted[sorted.length >> 1] ?? Number.NaN, fastestSeconds: sorted[0] ?? Number.NaN };
  });
}

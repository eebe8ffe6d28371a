import { matching, type NamePattern } from './name-pattern.js';

/** Factors on the learning rate: by pattern (the last that matches counts; 1 without one), or by a rule over the names. */
export type LearningRates =
  readonly (readonly [NamePattern, number])[] | ((names: readonly string[]) => readonly number[]);

/** Depth of a parameter, counted from the input; undefined above all blocks (heads). */
export type DepthOf = (name: string) => number | undefined;

/**
 * Layer-wise decay (Clark et al. 2020; Bao et al. 2022): the factor of a parameter is decay^(top - depth), so that 1 is at the top.
 * @example
 * const options = { learningRates: layerDecay(0.75) };
 */
export function layerDecay(decay: number, depthOf: DepthOf = transformerDepth): LearningRates {
  if (!(decay > 0 && decay <= 1)) throw new RangeError(`graph: layer decay, got ${decay}, expected 0 < decay <= 1`);
  return (names) => {
    const depths = names.map(depthOf);
    const known = depths.filter((depth) => depth !== undefined);
    const highest = Math.max(0, ...known);
    const top = depths.includes(undefined) ? highest + 1 : highest;
    return depths.map((depth) => decay ** (top - (depth ?? top)));
  };
}

/** Embeddings are at 0, block i (`layer.i.`, `layers.i.`, `blocks.i.`) at i + 1, the rest above. */
export function transformerDepth(name: string): number | undefined {
  const block = /(?:^|\.)(?:layers?|blocks)\.(\d+)\./.exec(name)?.[1];
  if (block !== undefined) return Number(block) + 1;
  return /embed|cls_token/.test(name) ? 0 : undefined;
}

/** The factor of each name. @throws BioscanError `not-found` for a pattern without a match; RangeError for a bad factor */
export function rateFactors(rates: LearningRates, names: readonly string[]): ReadonlyMap<string, number> {
  const factors = new Map(names.map((name) => [name, 1]));
  if (typeof rates === 'function') rates(names).forEach((factor, i) => factors.set(names[i] as string, factor));
  else {
    for (const [pattern, factor] of rates) {
      for (const name of matching('learning rates', pattern, names)) factors.set(name, factor);
    }
  }
  for (const [name, factor] of factors) {
    if (factor >= 0 && Number.isFinite(factor)) continue;
    throw new RangeError(`graph: learning-rate factor of '${name}', got ${factor}, expected 0 or more`);
  }
  return factors;
}

import { BioscanError } from '@bioscan/core';
import type { Pairs } from '../objective.js';
import { streamName, type Modalities } from './streams.js';

/** Two modalities that a contrast brings together, and the pairs of their views. */
export interface ModalityPair {
  /** `image-dna` */
  readonly name: string;
  readonly between: readonly [string, string];
  readonly weight: number;
  /** Names of streams. */
  readonly streams: readonly (readonly [string, string])[];
}

/** @throws BioscanError `bad-input` for an unknown modality, one with itself without views, a pair named twice, or no pair at all */
export function modalityPairs(pairs: Pairs, modalities: Modalities): readonly ModalityPair[] {
  const found = named(pairs, modalities).map(({ between, weight = 1 }) => pairOf(between, weight, modalities));
  const names = new Set(found.map(({ between }) => [...between].sort().join('-')));
  if (found.length > 0 && names.size === found.length) return found;
  throw new BioscanError(
    'bad-input',
    `align: contrast, got ${found.length === 0 ? 'no pair of modalities' : 'a pair twice'}, expected one or more, each once; one modality alone needs 2 views`,
  );
}

function named(
  pairs: Pairs,
  modalities: Modalities,
): readonly { readonly between: readonly [string, string]; readonly weight?: number }[] {
  const names = Object.keys(modalities);
  const all = names.flatMap((a, i) =>
    names.slice(i).flatMap((b) => (meets(a, b, modalities) ? [[a, b] as const] : [])),
  );
  if (pairs === 'all') return all.map((between) => ({ between }));
  if ('star' in pairs) {
    known(pairs.star, modalities);
    return all.flatMap(([a, b]) => {
      if (a !== b && b === pairs.star) return [{ between: [b, a] as const }];
      return a !== b && a === pairs.star ? [{ between: [a, b] as const }] : [];
    });
  }
  return pairs;
}

function meets(a: string, b: string, modalities: Modalities): boolean {
  return a !== b || viewsOf(a, modalities) > 1;
}

function pairOf([a, b]: readonly [string, string], weight: number, modalities: Modalities): ModalityPair {
  for (const name of [a, b]) known(name, modalities);
  if (!(weight > 0 && Number.isFinite(weight))) {
    throw new RangeError(`align: weight of pair ${a}-${b}, got ${weight}, expected more than 0`);
  }
  if (!meets(a, b, modalities)) {
    throw new BioscanError('bad-input', `align: contrast of '${a}' with itself, got 1 view, expected views: 2`, {
      name: a,
    });
  }
  const views = (name: string): number[] => Array.from({ length: viewsOf(name, modalities) }, (_, view) => view);
  const streams = views(a).flatMap((x) =>
    views(b).flatMap((y) => (a === b && x >= y ? [] : [[streamName(a, x), streamName(b, y)] as const])),
  );
  return { name: `${a}-${b}`, between: [a, b], weight, streams };
}

function viewsOf(name: string, modalities: Modalities): number {
  return modalities[name]?.views ?? 1;
}

function known(name: string, modalities: Modalities): void {
  if (name in modalities) return;
  throw new BioscanError(
    'bad-input',
    `align: objective, got modality '${name}', expected one of ${Object.keys(modalities).join(', ')}`,
    { name },
  );
}

import type { Rng } from '@bioscan/core';
import type { ReadModel } from './barcode-model.js';
import { poisson } from './substitution.js';

/** Reads the haplotypes of a plate's specimens, one call a specimen: ends cut, Ns inside. */
export type PlateReader = (haplotype: string, random: Rng) => string;

/** A sequencing run trims all its reads alike, so the window belongs to the plate; single reads then lose some more. */
export function plateReader(model: ReadModel, plate: Rng): PlateReader {
  const trimmed = plate.uniform() < model.trimmedPlates;
  const pipeline = plate.integer(model.trims.length);
  const cut = trimmed ? (model.trims[pipeline] ?? 0) : 0;
  const first = Math.round((cut * (pipeline % 3)) / 2);
  return (haplotype, random) => {
    let start = first;
    let end = haplotype.length - (cut - first);
    if (random.uniform() < model.stray) {
      if (random.uniform() < 0.5) start += poisson(random, 15);
      else end -= poisson(random, 15);
    }
    if (random.uniform() < model.fragments) end = Math.min(end, start + 120 + random.integer(380));
    const read = haplotype.slice(start, Math.max(end, start + 100));
    return random.uniform() < model.ambiguous ? withNs(read, model.meanNs, random) : read;
  };
}

/** Puts Ns inside, between letters: one letter in two reads of three, a longer run in the others. */
function withNs(read: string, mean: number, random: Rng): string {
  const long =
    random.uniform() < singleN ? 0 : Math.floor((-(mean - 1) / (1 - singleN)) * Math.log(1 - random.uniform()));
  const run = Math.min(1 + long, read.length - 4);
  const at = 1 + random.integer(read.length - run - 2);
  return read.slice(0, at) + 'N'.repeat(run) + read.slice(at + run);
}

/** Share of reads with Ns that have just one. */
const singleN = 0.65;

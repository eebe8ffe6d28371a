import { tensor, type EmbeddingBlock, type Rng } from '@bioscan/core';

/** Validation photos in two parts that share no species. */
export interface ValidationParts {
  /** Calibration and thresholds are fitted on these. */
  readonly fitted: EmbeddingBlock;
  /** Accuracy and calibration are measured on these. Empty where there are too few species. */
  readonly checked: EmbeddingBlock;
}

/** With fewer species or photos none is held back: the fit needs them. */
const leastSpecies = 5;
const leastPhotos = 30;
const checkedShare = 0.4;

export interface DealPartsOptions {
  readonly unitOf: (id: string) => string;
  /** Such as seen and novel. */
  readonly stratumOf: (id: string) => string;
  readonly rng: Rng;
}

/**
 * Deals validation photos by whole species, within each stratum (seen, novel …) apart, until the checked part has two fifths of the stratum's
 * photos. A stratum of one species goes to the fit.
 */
export function validationParts(
  validation: EmbeddingBlock,
  { unitOf, stratumOf, rng }: DealPartsOptions,
): ValidationParts {
  const strata = new Map<string, Map<string, number>>();
  for (const id of validation.ids) {
    const units = strata.get(stratumOf(id)) ?? new Map<string, number>();
    units.set(unitOf(id), (units.get(unitOf(id)) ?? 0) + 1);
    strata.set(stratumOf(id), units);
  }
  const checked = new Set<string>();
  const species = [...strata.values()].reduce((sum, units) => sum + units.size, 0);
  if (species >= leastSpecies && validation.ids.length >= leastPhotos) {
    for (const [name, units] of strata) for (const unit of share(units, rng.split(name))) checked.add(unit);
  }
  const rows = (inside: boolean): number[] =>
    [...validation.ids.keys()].filter((row) => checked.has(unitOf(validation.ids[row] as string)) === inside);
  return { fitted: blockRows(validation, rows(false)), checked: blockRows(validation, rows(true)) };
}

/** The rows of a block. */
export function blockRows({ ids, vectors }: EmbeddingBlock, rows: readonly number[]): EmbeddingBlock {
  const width = vectors.shape[1] ?? 0;
  const data = new Float32Array(rows.length * width);
  for (const [to, from] of rows.entries())
    data.set(vectors.data.subarray(from * width, (from + 1) * width), to * width);
  return { ids: rows.map((row) => ids[row] as string), vectors: tensor('float32', [rows.length, width], data) };
}

function share(units: ReadonlyMap<string, number>, rng: Rng): string[] {
  const total = [...units.values()].reduce((sum, count) => sum + count, 0);
  const taken: string[] = [];
  let photos = 0;
  for (const [unit, count] of rng.shuffle([...units])) {
    // The last species always stays to fit on, and a large one is left out where it would tip the balance.
    if (taken.length + 1 >= units.size || photos + count > checkedShare * total + count / 2) continue;
    taken.push(unit);
    photos += count;
  }
  return taken;
}

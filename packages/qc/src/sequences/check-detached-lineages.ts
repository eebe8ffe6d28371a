import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, percent } from '../library/words.js';
import { processIds } from './ids-of.js';
import type { SpeciesLineage } from './lineages.js';
import type { NearestBarcodes } from './nearest-barcodes.js';

export interface DetachedLineageOptions {
  /** Records that make a lineage coherent; default 3. */
  readonly minimum?: number;
  /** Distance from the rest of the species; default 2 %. */
  readonly apart?: number;
  /** A lineage this near to another species is that species under a wrong name, not a discovery; default 1.5 %. */
  readonly taken?: number;
}

/**
 * Novelty: a coherent lineage under one name, detached from the rest of the species and near to no other one. A candidate species, reported as a
 * discovery, never as an error. Lineages that sit inside another species are left to `checkBarcodeGap`.
 */
export function checkDetachedLineages(
  library: Library,
  lineages: readonly (readonly SpeciesLineage[])[],
  nearest: NearestBarcodes,
  options: DetachedLineageOptions = {},
): CheckFinding[] {
  const { minimum = 3, apart = 0.02, taken = 0.015 } = options;
  return lineages.flatMap((own): CheckFinding[] => {
    const coherent = own.filter(({ records }) => records.length >= minimum);
    if (coherent.length === 0 || own.length < 2) return [];
    const [main, ...others] = own;
    if (main === undefined) return [];
    return others.flatMap((lineage): CheckFinding[] => {
      if (lineage.records.length < minimum || !(lineage.apart >= apart)) return [];
      const toOther = least(lineage.units.map((unit) => nearest.other[unit] as number));
      if (toOther <= taken) return [];
      return [finding(library, lineage, main, toOther)];
    });
  });
}

function finding(library: Library, lineage: SpeciesLineage, main: SpeciesLineage, toOther: number): CheckFinding {
  const { species, records, units, apart } = lineage;
  const bins = new Set(records.flatMap((record) => library.records[record]?.bin ?? []));
  const places = new Set(records.flatMap((record) => library.records[record]?.place?.country ?? []));
  const far =
    toOther === Infinity ? 'no other species is near' : `the nearest other species is ${percent(toOther)} away`;
  return {
    check: 'detached-lineage',
    severity: 'info',
    records: processIds(library, records),
    message: `${count(records.length, 'record')} of ${species} stand together, ${percent(apart)} apart from its other ${count(main.records.length, 'record')}, and ${far}: a possible new or overlooked species.`,
    evidence: {
      species,
      apart,
      toOther: toOther === Infinity ? 1 : toOther,
      haplotypes: units.length,
      bins: [...bins].slice(0, 8),
      countries: [...places].slice(0, 8),
      score: Math.min(1, (apart / 0.08) * Math.min(1, records.length / 5)),
    },
    action: 'compare the morphology of both lineages; nothing to correct',
  };
}

/** Infinity where none is known. */
function least(values: readonly number[]): number {
  return values.reduce((smallest, value) => (value < smallest ? value : smallest), Infinity);
}

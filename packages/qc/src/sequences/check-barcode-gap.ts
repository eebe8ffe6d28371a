import type { Rank } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import { ranks } from '@bioscan/core';
import type { Library } from '../library/library.js';
import { count, percent } from '../library/words.js';
import { divergence } from '../tier1/name-counts.js';
import { processIds } from './ids-of.js';
import type { NamedBarcodes } from './named-barcodes.js';
import type { NearestBarcodes } from './nearest-barcodes.js';

/** The barcode gap of a species over its haplotypes. */
export interface GapOfSpecies {
  readonly species: string;
  readonly haplotypes: number;
  readonly records: number;
  /** Largest distance inside; undefined below 2 haplotypes. */
  readonly within: number | undefined;
  /** Smallest distance to another species; undefined when none is within the search radius. */
  readonly toOther: number | undefined;
  readonly nearest: string | undefined;
  /** Undefined where either side is. */
  readonly gap: number | undefined;
}

/** Largest distance inside each species against the smallest to another one, over unique haplotypes. */
export function gapsOfSpecies(named: NamedBarcodes, nearest: NearestBarcodes): GapOfSpecies[] {
  return Array.from(named.bySpecies, ([species, units]): GapOfSpecies => {
    let within = Number.NaN;
    let toOther = Number.NaN;
    let partner = -1;
    let records = 0;
    for (const unit of units) {
      records += named.all[unit]?.records.length ?? 0;
      const far = nearest.farthest[unit] as number;
      if (!(within >= far) && !Number.isNaN(far)) within = far;
      const other = nearest.other[unit] as number;
      if (!(toOther <= other) && !Number.isNaN(other)) [toOther, partner] = [other, nearest.otherAt[unit] as number];
    }
    const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
    return {
      species,
      haplotypes: units.length,
      records,
      within: known(within),
      toOther: known(toOther),
      nearest: named.all[partner]?.species,
      gap: known(toOther - within),
    };
  }).sort((a, b) => (a.species < b.species ? -1 : 1));
}

export interface BarcodeGapOptions {
  /** A barcode is reported when another species is nearer than its own by this much; default 1 %. */
  readonly margin?: number;
}

/**
 * Barcodes nearer to another species than to their own: the strongest sign of a wrong name or a wrong barcode that sequences give. Records of the
 * other species near by are not blamed, since their own species is nearer still.
 */
export function checkBarcodeGap(
  library: Library,
  named: NamedBarcodes,
  nearest: NearestBarcodes,
  options: BarcodeGapOptions = {},
): CheckFinding[] {
  const { margin = 0.01 } = options;
  return named.all.flatMap((unit, i): CheckFinding[] => {
    const own = nearest.own[i] as number;
    const other = nearest.other[i] as number;
    const partner = named.all[nearest.otherAt[i] as number];
    if (partner === undefined || !(own - other > margin) || unit.circular) return [];
    const rank =
      divergence(library.names[unit.records[0] ?? -1] ?? {}, library.names[partner.records[0] ?? -1] ?? {}) ??
      'species';
    const witness = named.all[nearest.ownAt[i] as number];
    return [
      {
        check: 'nearer-other-species',
        severity: other < 0.03 ? 'error' : 'warning',
        records: processIds(library, unit.records),
        message: `Named ${unit.species}, but the nearest ${unit.species} is ${percent(own)} away and ${partner.species} only ${percent(other)}.`,
        evidence: {
          species: unit.species,
          other: partner.species,
          rank,
          toOwn: own,
          toOther: other,
          score: gapScore(own, other, rank),
          nearestOwn: processIds(library, witness?.records.slice(0, 3) ?? []),
          nearestOther: processIds(library, partner.records.slice(0, 3)),
        },
        action:
          rank === 'species'
            ? 'compare the voucher with both species; rename if it fits'
            : 'look at the voucher; if the name is right, re-sequence (contamination)',
      },
    ];
  });
}

/** Near to the other, far from its own, and the coarser the worse. */
function gapScore(own: number, other: number, rank: Rank): number {
  const contrast = (own - other) / (own + 0.01);
  const depth = ranks.indexOf('species') - ranks.indexOf(rank);
  return Math.min(1, contrast * (0.7 + 0.1 * depth) * (other < 0.03 ? 1 : 0.4));
}

/** Species whose largest distance inside exceeds the smallest to another one: barcodes alone cannot tell them apart. Notes, one a species. */
export function checkSpeciesGap(library: Library, named: NamedBarcodes, gaps: readonly GapOfSpecies[]): CheckFinding[] {
  return gaps.flatMap(({ species, within, toOther, nearest, haplotypes }): CheckFinding[] => {
    if (within === undefined || toOther === undefined || nearest === undefined || toOther > within) return [];
    const records = (named.bySpecies.get(species) ?? []).flatMap((unit) => named.all[unit]?.records ?? []);
    return [
      {
        check: 'no-barcode-gap',
        severity: 'info',
        records: processIds(library, records),
        message: `${species} (${count(haplotypes, 'haplotype')}) varies by up to ${percent(within)}, and ${nearest} is as near as ${percent(toOther)}.`,
        evidence: { species, nearest, within, toOther, haplotypes },
        action: 'judge the species by morphology, or look for wrong names among its outliers',
      },
    ];
  });
}

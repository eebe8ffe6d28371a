import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count } from '../library/words.js';
import { clusterBarcodes, type BarcodeClusters } from './barcode-clusters.js';
import { processIds } from './ids-of.js';

/** Operational taxonomic units at 99 % identity, and what stands in each. */
export interface Otu {
  readonly name: string;
  readonly records: readonly number[];
  readonly bins: readonly string[];
  readonly species: readonly string[];
}

/** OTUs by greedy clustering at 1 %, longest barcodes first, as vsearch makes them. Barcodes with under 300 sites in the window have none. */
export function otus(library: Library, clusters: BarcodeClusters = clusterBarcodes(library, 0.01)): Otu[] {
  const { haplotypes, records, names } = library;
  return clusters.members.map((members, i): Otu => {
    const own = members.flatMap((h) => haplotypes.members[h] ?? []);
    return {
      name: `OTU${i + 1}`,
      records: own,
      bins: [...new Set(own.flatMap((record) => records[record]?.bin ?? []))].sort(),
      species: [...new Set(own.flatMap((record) => names[record]?.species ?? []))].sort(),
    };
  });
}

/**
 * OTU against BIN against name: records without a BIN whose OTU has one, BINs that an OTU merges, and OTUs without a BIN that hold several species.
 * Notes, but for the last.
 */
export function checkOtus(library: Library, units: readonly Otu[]): CheckFinding[] {
  return units.flatMap((otu): CheckFinding[] => {
    const found: CheckFinding[] = [];
    const [bin] = otu.bins;
    const without = otu.records.filter((record) => library.records[record]?.bin === undefined);
    if (bin !== undefined && otu.bins.length === 1 && without.length > 0) {
      found.push({
        check: 'bin-missing',
        severity: 'info',
        records: processIds(library, without),
        message: `${count(without.length, 'record')} without a BIN within 1 % of ${bin}.`,
        evidence: { otu: otu.name, bin },
        action: 'ask BOLD why (length, ambiguity, stop)',
      });
    }
    if (otu.bins.length > 1) {
      found.push({
        check: 'otu-several-bins',
        severity: 'info',
        records: processIds(library, otu.records),
        message: `Barcodes within 1 % of one another lie in ${otu.bins.length} BINs: ${otu.bins.slice(0, 4).join(', ')}.`,
        evidence: { otu: otu.name, bins: otu.bins },
      });
    }
    if (otu.bins.length === 0 && otu.species.length > 1) {
      const numbers = otu.species.map(
        (species) => otu.records.filter((record) => library.names[record]?.species === species).length,
      );
      const most = Math.max(...numbers);
      const top = otu.species[numbers.indexOf(most)] ?? '';
      const total = numbers.reduce((sum, number) => sum + number, 0);
      found.push({
        check: 'otu-several-names',
        severity: 'warning',
        records: processIds(
          library,
          otu.records.filter((record) => (library.names[record]?.species ?? top) !== top),
        ),
        message: `Barcodes within 1 % of one another, none with a BIN, bear ${otu.species.length} names: ${otu.species.slice(0, 4).join(', ')}.`,
        evidence: { otu: otu.name, names: otu.species, majority: top, score: most / (total + 1) },
        action: 'compare the vouchers',
      });
    }
    return found;
  });
}

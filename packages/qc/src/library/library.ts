import { ranks, type Lineage, type Rank, type Specimen } from '@bioscan/core';
import type { CheckFinding } from './check-finding.js';
import { duplicateIdFindings } from './duplicate-ids.js';
import { groupHaplotypes, type Haplotypes } from './haplotypes.js';
import { isFiller, isInterimName } from './interim-name.js';
import { nameSource } from './name-source.js';
import { placeHaplotypes, type Placements } from './place-haplotypes.js';
import { parseWell, type Well } from './well.js';

/** The records of a table as checks read them, with what all checks need made once. Nothing in it changes. */
export interface Library {
  /** One a process id, in the order of the table. */
  readonly records: readonly Specimen[];
  /** Names that mean something, by record: placeholders, fillers and synonyms are settled. `(records)` */
  readonly names: readonly Lineage[];
  /** 1 where the name was read off the barcode and says nothing about it. `(records)` */
  readonly circular: Uint8Array;
  readonly wells: readonly (Well | undefined)[];
  readonly haplotypes: Haplotypes;
  readonly placements: Placements;
  /** Record of a process id. */
  indexOf(processId: string): number | undefined;
  /** Process ids that stood in several rows. */
  readonly duplicates: readonly CheckFinding[];
}

export interface LibraryOptions {
  /** Names that are no names; default {@link isInterimName}. */
  readonly isPlaceholder?: (lineage: Lineage) => boolean;
  /** The accepted name of a species, so that synonyms do not conflict; see `backbone`. */
  readonly acceptedName?: (species: string) => string | undefined;
}

/**
 * Prepares records for the checks. Barcodes are read in either case, with or without gaps; records may lack anything but the process id.
 * Of rows with one process id the first is kept. Linear: 100,000 records take some seconds and about 300 MB.
 */
export function library(rows: Iterable<Specimen>, options: LibraryOptions = {}): Library {
  const { isPlaceholder = isInterimName, acceptedName } = options;
  const records: Specimen[] = [];
  const index = new Map<string, number>();
  const again = new Map<string, Specimen[]>();
  for (const row of rows) {
    const first = index.get(row.processId);
    if (first === undefined) {
      index.set(row.processId, records.length);
      records.push(row);
    } else again.set(row.processId, [...(again.get(row.processId) ?? []), row]);
  }
  const haplotypes = groupHaplotypes(records);
  const settled = settler(isPlaceholder, acceptedName);
  return {
    records,
    names: records.map(({ lineage }) => settled(lineage)),
    circular: Uint8Array.from(records, ({ curation }) =>
      nameSource(curation?.identificationMethod) === 'barcode' ? 1 : 0,
    ),
    wells: records.map(({ sampleId }) => parseWell(sampleId)),
    haplotypes,
    placements: placeHaplotypes(haplotypes.barcodes),
    indexOf: (processId) => index.get(processId),
    duplicates: [...again].map(([id, others]) => duplicateIdFindings(records[index.get(id) ?? 0] as Specimen, others)),
  };
}

/** Lineages repeat, so each is settled once. */
function settler(
  isPlaceholder: (lineage: Lineage) => boolean,
  acceptedName: LibraryOptions['acceptedName'],
): (lineage: Lineage) => Lineage {
  const known = new Map<string, Lineage>();
  return (lineage) => {
    const key = ranks.map((rank) => lineage[rank] ?? '').join('\t');
    const before = known.get(key);
    if (before !== undefined) return before;
    const names: Partial<Record<Rank, string>> = {};
    for (const rank of ranks) {
      const name = lineage[rank];
      if (name !== undefined && !isFiller(name)) names[rank] = name;
    }
    const { genus, species } = names;
    if (genus !== undefined && isPlaceholder({ genus })) delete names.genus;
    if (species !== undefined && isPlaceholder({ species, ...(genus === undefined ? {} : { genus }) })) {
      delete names.species;
    }
    if (names.species !== undefined) names.species = accepted(names.species, acceptedName);
    known.set(key, names);
    return names;
  };
}

/** Subspecies and subgenus are left out: `Apis (Apis) mellifera carnica` is `Apis mellifera`. */
function accepted(species: string, acceptedName: LibraryOptions['acceptedName']): string {
  const [genus = '', epithet = ''] = species.replace(/\s*\([^)]*\)\s*/, ' ').split(/\s+/);
  const binomial = `${genus} ${epithet}`;
  return acceptedName?.(binomial) ?? binomial;
}

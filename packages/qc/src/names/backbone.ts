import { BioscanError } from '@bioscan/core';

/** Accepted names and synonyms of a checklist that the user supplies. */
export interface Backbone {
  /** The accepted name of a species name, itself when it is accepted; undefined when the checklist does not know it. */
  accepted(species: string): string | undefined;
  /** Accepted species of a genus. */
  speciesOf(genus: string): readonly string[];
  readonly size: number;
}

/** Header names of the Catalogue of Life (ColDP and Darwin Core) and of GBIF for what is read. */
const columns = {
  id: ['col:id', 'taxonid', 'id', 'dwc:taxonid'],
  name: ['canonicalname', 'col:scientificname', 'dwc:scientificname', 'scientificname'],
  rank: ['col:rank', 'taxonrank', 'dwc:taxonrank', 'rank'],
  status: ['col:status', 'taxonomicstatus', 'dwc:taxonomicstatus', 'status'],
  accepted: ['acceptednameusageid', 'dwc:acceptednameusageid', 'col:parentid', 'parentid'],
} as const;

/**
 * Reads a tab-separated taxon table line by line: Catalogue of Life (`NameUsage.tsv`, `Taxon.tsv`) or GBIF backbone (`Taxon.tsv`). Only species are
 * kept; authors are cut off. @throws BioscanError `missing-column`
 */
export function backbone(lines: Iterable<string>): Backbone {
  const names = new Map<string, string>();
  const synonyms: [name: string, acceptedId: string][] = [];
  const accepted = new Map<string, string>();
  let places: Record<keyof typeof columns, number> | undefined;
  for (const line of lines) {
    const cells = line.replace(/\r$/, '').split('\t');
    if (places === undefined) {
      places = headerOf(cells);
      continue;
    }
    if ((cells[places.rank] ?? '').toLowerCase() !== 'species') continue;
    const name = binomial(cells[places.name] ?? '');
    if (name === undefined) continue;
    const status = (cells[places.status] ?? '').toLowerCase();
    const target = cells[places.accepted] ?? '';
    if (status.includes('synonym') && target !== '') synonyms.push([name, target]);
    else if (!status.includes('misapplied')) {
      names.set(cells[places.id] ?? '', name);
      accepted.set(name, name);
    }
  }
  for (const [name, id] of synonyms) {
    const target = names.get(id);
    // An accepted homonym wins over a synonym of the same spelling.
    if (target !== undefined && !accepted.has(name)) accepted.set(name, target);
  }
  const byGenus = new Map<string, string[]>();
  for (const name of new Set(accepted.values())) {
    const genus = name.split(' ', 1)[0] ?? '';
    const species = byGenus.get(genus);
    if (species === undefined) byGenus.set(genus, [name]);
    else species.push(name);
  }
  return {
    accepted: (species) => accepted.get(species),
    speciesOf: (genus) => byGenus.get(genus) ?? [],
    size: accepted.size,
  };
}

function headerOf(cells: readonly string[]): Record<keyof typeof columns, number> {
  const lower = cells.map((cell) =>
    cell
      .replace(/^\uFEFF/, '')
      .trim()
      .toLowerCase(),
  );
  const entries = Object.entries(columns).map(([field, names]) => {
    const place = names.map((name) => lower.indexOf(name)).find((at) => at >= 0);
    if (place !== undefined) return [field, place];
    throw new BioscanError(
      'missing-column',
      `qc: backbone table, got no column for ${field}, expected one of ${names.join(', ')}; use NameUsage.tsv of the Catalogue of Life or Taxon.tsv of GBIF`,
      { column: field },
    );
  });
  return Object.fromEntries(entries) as Record<keyof typeof columns, number>;
}

function binomial(name: string): string | undefined {
  return /^([A-Z][a-zë-]+)(?: \([A-Z][a-z]+\))? ([a-zë-]+)/.exec(name)?.slice(1, 3).join(' ');
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { isBioscanError, type Neighbours, type Specimen } from '@bioscan/core';
import {
  backbone,
  checkCoordinates,
  checkCrossModal,
  checkFirstRecords,
  checkImages,
  checkLineages,
  checkNames,
  checkNeighbourhood,
  checkPlates,
  checkRange,
  checkWells,
  clusterBarcodes,
  countryMap,
  library,
  plateLabels,
  type WorldTopology,
} from '@bioscan/qc';
import { noErrors, simulate, worlds, type ErrorKind, type Simulation } from '@bioscan/sim';

const world = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('world-atlas/countries-50m.json'), 'utf8'),
) as WorldTopology;
const map = countryMap(world);

describe('places', () => {
  const at = (processId: string, country: string | undefined, latitude: number, longitude: number): Specimen => ({
    processId,
    lineage: {},
    place: { latitude, longitude, ...(country === undefined ? {} : { country }) },
  });

  it('knows capitals, the sea, and the names that tables use', () => {
    const capitals: [string, number, number][] = [
      ['Costa Rica', 9.93, -84.08], ['United States', 38.9, -77.04], ['Czech Republic', 50.08, 14.43], ['South Africa', -25.75, 28.19],
      ['Thailand', 13.75, 100.5], ['Reunion', -21.1, 55.5], ['New Zealand', -41.29, 174.78], ['Norway', 59.91, 10.75],
    ]; // prettier-ignore
    for (const [country, latitude, longitude] of capitals) {
      const name = map.name(country) ?? '';
      expect(map.at(latitude, longitude), country).toContain(name);
      expect(map.distance(name, latitude, longitude)).toBe(0);
    }
    expect(map.at(0, -30)).toEqual([]);
    expect(map.name('Exception - Culture')).toBeUndefined();
    expect(map.distance('Norway', 48.85, 2.35)).toBeGreaterThan(1000);
  });

  it('takes a dependency for part of its state, and never the other way round', () => {
    const places: [string, number, number][] = [
      ['United States', 18.4, -66.1], ['Puerto Rico', 18.4, -66.1], ['USA', 13.45, 144.78], ['France', 4.9, -52.3], ['French Guiana', 4.9, -52.3],
      ['France', -21.1, 55.5], ['Réunion', -21.1, 55.5], ['France', -21.9, 165.9], ['Denmark', 64.2, -51.7], ['Greenland', 64.2, -51.7],
      ['China', 22.4, 114.1], ['Hong Kong', 22.4, 114.1], ['Norway', 78.2, 15.6], ['Svalbard and Jan Mayen', 78.2, 15.6], ['The Netherlands', 12.5, -69.98],
      ['United Kingdom', 32.3, -64.78], ['Finland', 60.2, 20], ['Azores', 37.8, -25.5], ['VIET NAM', 21, 105.8], ["Cote d'Ivoire", 6.8, -5.3],
    ]; // prettier-ignore
    const one = library(places.map(([country, latitude, longitude], i) => at(`P${i}`, country, latitude, longitude)));
    for (const [country] of places) expect(map.name(country), country).toBeDefined();
    expect(checkCoordinates(one, map)).toEqual([]);
    const mainland = library([at('PR', 'Puerto Rico', 40, -100), at('GL', 'Greenland', 55.7, 12.5)]);
    expect(checkCoordinates(mainland, map).map(({ evidence }) => evidence['found'])).toEqual([
      'United States of America',
      'Denmark',
    ]);
  });

  it('measures to a border, not to its corners', () => {
    // 49 degrees north is a straight line for 2,000 km: a tenth of a degree is 11.1 km, and the outline is drawn to one.
    expect(Math.abs(map.distance('United States of America', 49.1, -105) - 11.1)).toBeLessThan(1.5);
    expect(Math.abs(map.distance('Canada', 48.9, -110) - 11.1)).toBeLessThan(1.5);
    // Across the date line.
    expect(map.distance('Fiji', -17, 179.9)).toBeLessThan(60);
  });

  it('names half a pair and places that are none', () => {
    const half: Specimen = { processId: 'half', lineage: {}, place: { country: 'Norway', latitude: 60 } };
    const found = checkCoordinates(
      library([half, at('pole', 'Norway', 95, 10), at('nan', undefined, Number.NaN, 1)]),
      map,
    );
    expect(found.map(({ records, check, message }) => [records[0], check, message])).toEqual([
      ['half', 'coordinates-unusable', 'A latitude without a longitude.'],
      ['pole', 'coordinates-unusable', '95, 10 is no place on Earth.'],
      ['nan', 'coordinates-unusable', 'NaN, 1 is no place on Earth.'],
    ]);
  });

  it('says what is wrong with coordinates and what would repair them', () => {
    const rows = [
      at('fine', 'Costa Rica', 10.3, -84.1),
      at('sign', 'Costa Rica', 10.3, 84.1),
      at('swapped', 'Norway', 10.75, 59.91),
      at('elsewhere', 'Norway', 48.85, 2.35),
      at('coast', 'Norway', 59.9, 5.0),
      at('sea', undefined, 0, -30),
      at('unknown', 'Exception - Culture', 0, -30),
    ];
    const found = checkCoordinates(library(rows), map);
    expect(found.map(({ records, check, evidence }) => [records[0], check, evidence['repair']])).toEqual([
      ['sign', 'coordinates-not-in-country', 'the sign of the longitude is lost'],
      ['swapped', 'coordinates-not-in-country', 'latitude and longitude changed places'],
      ['elsewhere', 'coordinates-not-in-country', undefined],
      ['sea', 'coordinates-at-sea', undefined],
    ]);
  });

  it('finds the record far from its species, and first records of a country', () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({
      ...at(`E${i}`, 'Norway', 58 + i * 0.5, 8 + i * 0.3),
      lineage: { species: 'Aus bus' },
    }));
    const far = { ...at('far', 'Chile', -33, -70), lineage: { species: 'Aus bus' } };
    const one = library([...rows, far]);
    expect(checkRange(one).map(({ records }) => records)).toEqual([['far']]);
    expect(checkFirstRecords(one).map(({ records }) => records)).toEqual([['far']]);
    expect(checkRange(library(rows))).toEqual([]);
  });
});

describe('names', () => {
  const named = (species: string, count: number, family = 'Culicidae'): Specimen[] =>
    Array.from({ length: count }, (_, i) => ({
      processId: `${species}${family}${i}`,
      lineage: { order: 'Diptera', family, genus: species.split(' ')[0] ?? '', species },
    }));
  const checklists = {
    'Catalogue of Life': ['col:ID\tcol:parentID\tcol:status\tcol:rank\tcol:scientificName', '1\tg\taccepted\tspecies\tAedes albopictus', '2\t1\tsynonym\tspecies\tStegomyia albopicta', '3\tg\taccepted\tspecies\tAedes rusticus'],
    GBIF: ['taxonID\tacceptedNameUsageID\tcanonicalName\ttaxonRank\ttaxonomicStatus', '1\t\tAedes albopictus\tSPECIES\taccepted', '2\t1\tStegomyia albopicta\tSPECIES\theterotypic synonym', '3\t\tAedes rusticus\tspecies\taccepted'],
  }; // prettier-ignore

  it.each(Object.entries(checklists))('are held against a table of the %s', (_, lines) => {
    const list = backbone(lines);
    expect(list.accepted('Stegomyia albopicta')).toBe('Aedes albopictus');
    const one = library([
      ...named('Aedes albopictus', 3),
      ...named('Stegomyia albopicta', 1),
      ...named('Aedes albopictsu', 1),
      ...named('Aedes rustica', 2),
      ...named('Aedes novus', 4),
    ]);
    const found = checkNames(one, { backbone: list }).map(({ check, evidence }) => [
      check,
      evidence['name'],
      evidence['suggestion'],
    ]);
    expect(found).toEqual([
      ['synonym', 'Stegomyia albopicta', 'Aedes albopictus'],
      ['misspelt-name', 'Aedes albopictsu', 'Aedes albopictus'],
      ['gender-ending', 'Aedes rustica', 'Aedes rusticus'],
    ]);
    const settled = library(named('Stegomyia albopicta', 1), { acceptedName: (species) => list.accepted(species) });
    expect(settled.names[0]?.species).toBe('Aedes albopictus');
  });

  it('are compared with frequent ones where there is no checklist; true neighbours in spelling are left alone', () => {
    const one = library([
      ...named('Aedes aegypti', 20),
      ...named('Aedes aegipti', 1),
      ...named('Aedes vexans', 20),
      ...named('Aedes caspius', 20),
    ]);
    expect(checkNames(one).map(({ records }) => records)).toEqual([['Aedes aegiptiCulicidae0']]);
  });

  it('stand in one family', () => {
    const one = library([...named('Aedes aegypti', 5), ...named('Aedes vexans', 1, 'Chironomidae')]);
    expect(checkLineages(one).map(({ records }) => records)).toEqual([['Aedes vexansChironomidae0']]);
  });

  it('need a checklist with its columns', () => {
    try {
      backbone(['a\tb\tc']);
      expect.unreachable();
    } catch (error) {
      expect(isBioscanError(error) && error.code).toBe('missing-column');
    }
  });
});

describe('photos', () => {
  it('are judged by plain numbers', () => {
    const found = checkImages([
      { processId: 'A', specimens: 0 },
      { processId: 'B', specimens: 2, confidence: 0.9 },
      { processId: 'C', specimens: 1, touchesEdge: true, areaFraction: 0.001 },
      { processId: 'D', specimens: 1, confidence: 0.9, areaFraction: 0.2 },
    ]);
    expect(found.map(({ records, check }) => [records[0], check])).toEqual([
      ['A', 'photo-empty'],
      ['B', 'photo-several-specimens'],
      ['C', 'photo-cut-off'],
      ['C', 'photo-unclear'],
    ]);
  });
});

const size = { specimens: 1500, species: 40, seed: 11 } as const;
function planted(kind: ErrorKind, rate: number): Simulation {
  return simulate({ ...size, world: { ...worlds.complete, errors: { ...noErrors, [kind]: rate } } });
}

describe('plates', () => {
  it.each(['plate-off-by-one', 'plate-rotated'] as const)('%s is found, no other plate is accused', (kind) => {
    const moved = planted(kind, 0.05);
    const one = library(moved.specimens);
    const found = checkPlates(one, plateLabels(one, clusterBarcodes(one)));
    const plateOf = (id: string): string => one.wells[one.indexOf(id) ?? -1]?.plate ?? '';
    const wrong = new Set(moved.errors.map(({ processId }) => plateOf(processId)));
    expect(wrong.size).toBeGreaterThan(0);
    expect(new Set(found.map(({ evidence }) => evidence['plate']))).toEqual(wrong);
    expect(found[0]?.evidence['move']).toBe(kind === 'plate-rotated' ? 'turned by half a turn' : 'shifted by one well');
  });

  it('finds the well that a barcode came from', () => {
    const spilled = planted('contaminant-neighbour', 0.04);
    const one = library(spilled.specimens);
    const found = checkWells(one, plateLabels(one, clusterBarcodes(one)));
    const truth = new Map(spilled.errors.map(({ processId, others }) => [processId, others[0]]));
    const right = found.filter(({ records }) => truth.has(records[0] ?? ''));
    expect(right.length).toBeGreaterThan(0.5 * truth.size);
    expect(right.length).toBeGreaterThan(0.8 * found.length);
    expect(checkWells(library(simulate({ ...size, world: worlds.complete }).specimens), [])).toEqual([]);
  });
});

/** All against all by barcode distance: neighbours from outside. */
function everyone(rows: readonly Specimen[], score: (a: Specimen, b: Specimen) => number, k: number): Neighbours {
  const ids = rows.map(({ processId }) => processId);
  const index = new Int32Array(rows.length * k).fill(-1);
  const scores = new Float32Array(rows.length * k).fill(Number.NaN);
  rows.forEach((row, q) => {
    rows
      .map((other, key) => ({ key, value: key === q ? -1 : score(row, other) }))
      .sort((x, y) => y.value - x.value || x.key - y.key)
      .slice(0, k)
      .forEach(({ key, value }, slot) => {
        index[q * k + slot] = key;
        scores[q * k + slot] = value;
      });
  });
  return { queryIds: ids, keyIds: ids, k, index, score: scores, higherIsNearer: true };
}

describe('neighbourhoods', () => {
  /** Two species of ten haplotypes; `kind` is what the embedding sees. */
  const kinds = new Map<string, string>();
  const base = 'ACATTATATTTTATTTTTGGAGCTTGATCA';
  const rows: Specimen[] = Array.from({ length: 20 }, (_, i) => {
    const kind = i < 10 ? 'fly' : 'wasp';
    kinds.set(`R${i}`, kind);
    return {
      processId: `R${i}`,
      sampleId: `P${i % 5}-A0${1 + Math.floor(i / 5)}`,
      lineage:
        kind === 'fly'
          ? { order: 'Diptera', genus: 'Aus', species: 'Aus bus' }
          : { order: 'Hymenoptera', genus: 'Cus', species: 'Cus dus' },
      barcode: base + 'ACGT'.repeat(i + 1),
    };
  });
  const alike = (a: Specimen, b: Specimen): number => (kinds.get(a.processId) === kinds.get(b.processId) ? 1 : 0);

  it('doubt the name that no independent neighbour bears', () => {
    const wrong = rows.map((row, i) => (i === 3 ? { ...row, lineage: rows[15]?.lineage ?? {} } : row));
    const found = checkNeighbourhood(library(wrong), everyone(wrong, alike, 19), { k: 6 });
    expect(found.map(({ records, evidence }) => [records, evidence['rank']])).toEqual([[['R3'], 'order']]);
    expect(checkNeighbourhood(library(rows), everyone(rows, alike, 19), { k: 6 })).toEqual([]);
  });

  it('do not let copies vouch for each other', () => {
    // Four records with one wrong name: same barcode, same plate. Only strangers vote.
    const copies = rows.map((row, i) =>
      i < 4
        ? { ...row, sampleId: `X-A0${i + 1}`, lineage: rows[15]?.lineage ?? {}, barcode: rows[0]?.barcode ?? '' }
        : row,
    );
    const near = (a: Specimen, b: Specimen): number => (a.barcode === b.barcode ? 2 : alike(a, b));
    const found = checkNeighbourhood(library(copies), everyone(copies, near, 19), { k: 6 });
    expect(new Set(found.flatMap(({ records }) => records))).toEqual(new Set(['R0', 'R1', 'R2', 'R3']));
  });

  it('tell a wrong barcode from a swapped photo by the name', () => {
    const photoKinds = new Map(kinds);
    photoKinds.set('R2', 'wasp');
    const barcodeKinds = new Map(kinds);
    barcodeKinds.set('R4', 'wasp');
    const by = (seen: ReadonlyMap<string, string>) => (a: Specimen, b: Specimen) =>
      seen.get(a.processId) === kinds.get(b.processId) ? 1 : 0;
    const found = checkCrossModal(
      library(rows),
      { photo: everyone(rows, by(photoKinds), 19), barcode: everyone(rows, by(barcodeKinds), 19) },
      { k: 6 },
    );
    expect(found.map(({ records, evidence }) => [records[0], evidence['rank'], evidence['suspect']])).toEqual([
      ['R2', 'order', 'photo'],
      ['R4', 'order', 'barcode'],
    ]);
  });
});

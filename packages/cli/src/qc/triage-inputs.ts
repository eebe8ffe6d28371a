import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { readFasta } from '@bioscan/data';
import {
  backbone,
  countryMap,
  type Backbone,
  type ContaminantReference,
  type CountryMap,
  type WorldTopology,
} from '@bioscan/qc';

/** Country outlines of Natural Earth (1:50 million), as package world-atlas has them. */
export async function naturalEarth(): Promise<CountryMap> {
  const path = createRequire(import.meta.url).resolve('world-atlas/countries-50m.json');
  return countryMap(JSON.parse(await readFile(path, 'utf8')) as WorldTopology);
}

/** A checklist of the user: `NameUsage.tsv` of the Catalogue of Life or `Taxon.tsv` of GBIF. */
export async function readBackbone(path: string): Promise<Backbone> {
  const lines: string[] = [];
  // Other ranks are most of a checklist.
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    if (lines.length === 0 || /\tspecies\t/i.test(line)) lines.push(line);
  }
  return backbone(lines);
}

/** Reference sequences of the user, named by their headers. */
export async function readContaminants(path: string): Promise<ContaminantReference[]> {
  const references: ContaminantReference[] = [];
  for await (const { processId, barcode } of readFasta(path)) {
    if (barcode !== undefined) references.push({ name: processId, sequence: barcode });
  }
  return references;
}

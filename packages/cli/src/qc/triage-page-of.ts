import { ranks, isBioscanError } from '@bioscan/core';
import { imageFolder } from '@bioscan/data';
import { caseView, type CheckRun, type Library, type TriageCase } from '@bioscan/qc';
import type { TriagePage, TriagePageCase } from '@bioscan/report';

export interface TriagePageOptions {
  readonly table: string;
  /** Cases with a tree; more would make the page slow to open. */
  readonly most: number;
  /** Folder of photos named by process id. */
  readonly photos?: string;
  readonly modelSource: string;
}

/** Everything that the page of a triage shows. */
export async function triagePageOf(
  library: Library,
  cases: readonly TriageCase[],
  { skipped }: CheckRun,
  { table, most, photos, modelSource }: TriagePageOptions,
): Promise<TriagePage> {
  const shown = chosen(cases, most);
  const pageCases: TriagePageCase[] = [];
  for (const one of shown) pageCases.push(await pageCase(library, one, photos));
  const number = (kind: TriageCase['kind']): string =>
    cases.filter((one) => one.kind === kind).length.toLocaleString('en');
  return {
    title: `Triage of ${table}`,
    table,
    summary: [
      `${library.records.length.toLocaleString('en')} records, ${library.haplotypes.barcodes.length.toLocaleString('en')} barcodes. ${number('error')} records may be wrong, ${number('novelty')} may be discoveries, ${number('note')} bear notes only.`,
      `The ${shown.length} most telling cases are shown here; all are in findings.csv. Nothing is changed: what you accept goes into a file for \`bioscan apply\`.`,
    ],
    cases: pageCases,
    skipped,
    limits: [
      `Chances of an error are estimates (weights: ${modelSource}): good for ranking, not measured on this table.`,
      'Cryptic diversity, introgression and names shared by lumped species look like errors of names; a tree shows which is likelier.',
      'A whole species under a wrong name contradicts nothing inside the table.',
      'Trees are neighbour joining on p-distances over the barcode region: for looking, not for publication.',
    ],
  };
}

/** Mostly errors, some discoveries, and notes where there is room. */
function chosen(cases: readonly TriageCase[], most: number): TriageCase[] {
  const of = (kind: TriageCase['kind']): TriageCase[] => cases.filter((one) => one.kind === kind);
  const discoveries = of('novelty')
    .sort((a, b) => score(b) - score(a))
    .slice(0, Math.floor(most / 5));
  const errors = of('error').slice(0, most - discoveries.length);
  return [...errors, ...discoveries, ...of('note').slice(0, Math.max(0, Math.floor(most / 10) - errors.length))];
}

function score({ findings }: TriageCase): number {
  const value = findings[0]?.evidence['score'];
  return typeof value === 'number' ? value : 0;
}

async function pageCase(library: Library, one: TriageCase, photos: string | undefined): Promise<TriagePageCase> {
  const { processId, kind, precision, findings, action, category, changes } = one;
  const record = library.records[library.indexOf(processId) ?? -1];
  const { lineage = {}, bin, sampleId, place = {}, curation = {} } = record ?? {};
  const facts: (readonly [string, string | undefined])[] = [
    ['name', lineage.species ?? lineage.genus ?? lineage.family ?? lineage.order],
    ['lineage', ranks.flatMap((rank) => lineage[rank] ?? []).join(' › ')],
    ['BIN', bin],
    ['sample', sampleId],
    ['place', [place.country, place.province].filter((part) => part !== undefined).join(', ')],
    ['coordinates', place.latitude === undefined ? undefined : `${place.latitude}, ${place.longitude ?? ''}`],
    ['accession', curation.accession],
    ['identified by', curation.identifier],
    ['method', curation.identificationMethod],
    ['institution', curation.institution],
  ];
  const view = caseView(library, processId);
  const photo = photos === undefined ? undefined : await thumbnail(photos, processId);
  return {
    processId, kind, precision, findings, action, category,
    facts: facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const])),
    ...(changes === undefined ? {} : { changes }),
    ...(view === undefined ? {} : { view }),
    ...(photo === undefined ? {} : { photo }),
  }; // prettier-ignore
}

/** Bytes above which a photo would make the page too heavy; crops of 256 pixels have some ten thousand. */
const heaviestPhoto = 200_000;

/** A photo as a `data:` address; undefined where there is none, or one too heavy for the page. */
async function thumbnail(folder: string, processId: string): Promise<string | undefined> {
  try {
    const layout = (id: string): string[] => [`${id}.jpg`, `${id}.jpeg`, `${id}.png`];
    const bytes = await imageFolder(folder, { layout }).read(processId);
    if (bytes.length > heaviestPhoto) return undefined;
    const type = bytes[0] === 0x89 ? 'png' : 'jpeg';
    return `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;
  } catch (error) {
    if (isBioscanError(error)) return undefined;
    throw error;
  }
}

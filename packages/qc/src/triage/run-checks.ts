import { throwIfCancelled, type Neighbours } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import { checkImages, type PhotoMeasure } from '../images/check-images.js';
import type { Library } from '../library/library.js';
import type { Backbone } from '../names/backbone.js';
import { checkSplits } from '../leakage/check-splits.js';
import { checkLineages, checkNames } from '../names/check-names.js';
import { checkCrossModal, type CrossModalInput } from '../neighbourhood/check-cross-modal.js';
import { checkNeighbourhood } from '../neighbourhood/check-neighbourhood.js';
import { checkCoordinates } from '../place/check-coordinates.js';
import { checkFirstRecords, checkRange } from '../place/check-range.js';
import type { CountryMap } from '../place/country-map.js';
import { checkPlates, checkWells } from '../plates/check-wells.js';
import { plateLabels } from '../plates/plate-labels.js';
import { clusterBarcodes } from '../sequences/barcode-clusters.js';
import { gapsOfSpecies, checkBarcodeGap, checkSpeciesGap } from '../sequences/check-barcode-gap.js';
import { checkChimeras } from '../sequences/check-chimeras.js';
import { checkCodonPositions } from '../sequences/check-codon-positions.js';
import { checkConsensus } from '../sequences/check-consensus.js';
import { checkContaminants, type ContaminantReference } from '../sequences/check-contaminants.js';
import { checkDetachedLineages } from '../sequences/check-detached-lineages.js';
import { checkLetters } from '../sequences/check-letters.js';
import { checkMarker, checkReadingFrame } from '../sequences/check-reading-frame.js';
import { checkSharedBarcodes } from '../sequences/check-shared-barcodes.js';
import { speciesLineages } from '../sequences/lineages.js';
import { namedBarcodes } from '../sequences/named-barcodes.js';
import { nearestBarcodes } from '../sequences/nearest-barcodes.js';
import { checkOtus, otus } from '../sequences/otus.js';
import { checkBinNames } from '../tier1/check-bin-names.js';
import { checkCircularNames } from '../tier1/check-circular-names.js';
import { checkDeeperNames } from '../tier1/check-deeper-names.js';
import { checkSpeciesBins } from '../tier1/check-species-bins.js';

/** What a triage may use beside the records; checks whose input is absent are skipped and named. */
export interface TriageInputs {
  /** Nearest records in an embedding made without labels (tier 3). */
  readonly neighbours?: Neighbours;
  /** Neighbours of photos and of barcodes in an aligned space (tier 4). */
  readonly crossModal?: CrossModalInput;
  readonly countries?: CountryMap;
  readonly backbone?: Backbone;
  readonly contaminants?: readonly ContaminantReference[];
  readonly photos?: readonly PhotoMeasure[];
}

export interface CheckRun {
  readonly findings: readonly CheckFinding[];
  /** Seconds by step, in order. */
  readonly seconds: Readonly<Record<string, number>>;
  /** What was not checked, and what it would need. */
  readonly skipped: readonly string[];
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onStep?: (step: string, done: number, total: number) => void;
}

/**
 * Runs every check for which there is input. Steps give the event loop a turn in between and can be cancelled there. 100,000 barcodes of 1,000
 * species: one to two minutes on one core, most of it the search for nearest barcodes; below 1 GB.
 */
export async function runChecks(
  library: Library,
  inputs: TriageInputs = {},
  options: RunOptions = {},
): Promise<CheckRun> {
  const { signal, onStep } = options;
  const findings: CheckFinding[] = [];
  const seconds: Record<string, number> = {};
  const steps = planSteps(library, inputs);
  for (const [i, [name, step]] of steps.entries()) {
    throwIfCancelled(signal, 'triage');
    onStep?.(name, i, steps.length);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const start = performance.now();
    for (const finding of step()) findings.push(finding);
    seconds[name] = (performance.now() - start) / 1000;
  }
  onStep?.('done', steps.length, steps.length);
  return { findings, seconds, skipped: skippedChecks(library, inputs) };
}

type Step = readonly [name: string, run: () => readonly CheckFinding[]];

function planSteps(library: Library, inputs: TriageInputs): Step[] {
  const { neighbours, crossModal, countries, contaminants = [], photos = [], backbone } = inputs;
  return [
    ['duplicate ids', () => library.duplicates],
    ['names and BINs', () => [...checkBinNames(library), ...checkSpeciesBins(library), ...checkCircularNames(library), ...checkDeeperNames(library)]],
    ['letters and frame', () => [...checkLetters(library), ...checkMarker(library), ...checkReadingFrame(library)]],
    ['shared barcodes', () => checkSharedBarcodes(library)],
    ...searchSteps(library),
    ['splits', () => checkSplits(library)],
    ['contaminants', () => checkContaminants(library, contaminants)],
    ['neighbourhood', () => (neighbours === undefined ? [] : checkNeighbourhood(library, neighbours))],
    ['photo against barcode', () => (crossModal === undefined ? [] : checkCrossModal(library, crossModal))],
    ['places', () => [...(countries === undefined ? [] : checkCoordinates(library, countries)), ...checkRange(library), ...checkFirstRecords(library)]],
    ['names', () => [...checkNames(library, backbone === undefined ? {} : { backbone }), ...checkLineages(library)]],
    ['photos', () => checkImages(photos)],
  ]; // prettier-ignore
}

/** Steps that share clusters and nearest barcodes. */
function searchSteps(library: Library): Step[] {
  const named = namedBarcodes(library);
  let clusters: ReturnType<typeof clusterBarcodes> | undefined;
  let nearest: ReturnType<typeof nearestBarcodes> | undefined;
  const allClusters = (): ReturnType<typeof clusterBarcodes> => (clusters ??= clusterBarcodes(library));
  const allNearest = (): ReturnType<typeof nearestBarcodes> => (nearest ??= nearestBarcodes(named, allClusters()));
  return [
    ['consensus', () => checkConsensus(library, named)],
    ['clusters and plates', () => {
      const plates = plateLabels(library, allClusters());
      const moved = checkPlates(library, plates);
      // A moved plate contradicts everywhere: its wells are no findings of their own.
      const whole = new Set(moved.map(({ evidence }) => evidence['plate']));
      return [...moved, ...checkWells(library, plates.filter(({ name }) => !whole.has(name)))];
    }],
    ['chimeras', () => checkChimeras(library, allClusters())],
    ['barcode gap', () => [
      ...checkBarcodeGap(library, named, allNearest()),
      ...checkSpeciesGap(library, named, gapsOfSpecies(named, allNearest())),
      ...checkCodonPositions(library, named, allNearest()),
    ]],
    ['lineages', () => checkDetachedLineages(library, speciesLineages(named, allClusters()), allNearest())],
    ['OTUs', () => checkOtus(library, otus(library))],
  ]; // prettier-ignore
}

function skippedChecks({ records, names, wells }: Library, inputs: TriageInputs): string[] {
  const skipped: string[] = [];
  if (!records.some(({ bin }) => bin !== undefined))
    skipped.push('names against BINs: no record has a BIN (OTUs at 99 % stand in)');
  if (!names.some(({ species }) => species !== undefined))
    skipped.push('species against barcodes: no record has a settled species name');
  if (!records.some(({ barcode }) => barcode !== undefined))
    skipped.push('all checks of sequences: no record has a barcode');
  if (!wells.some((well) => well !== undefined)) skipped.push('plates: no sample id ends in a well such as -B08');
  if (inputs.neighbours === undefined) skipped.push('label against neighbourhood: needs an embedding');
  if (inputs.crossModal === undefined)
    skipped.push('photo against barcode: needs an aligned embedding of photos and barcodes');
  if (inputs.countries === undefined) skipped.push('coordinates against country: needs a map');
  if (inputs.backbone === undefined) skipped.push('synonyms: need a checklist (Catalogue of Life or GBIF)');
  if (inputs.contaminants === undefined) skipped.push('contaminants: need reference sequences');
  if (inputs.photos === undefined) skipped.push('photos: need what a detector saw');
  return skipped;
}

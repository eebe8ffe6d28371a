import { sha256 } from '@bioscan/core';
import { fittedBarcodes, type BarcodeModel } from './barcode-model.js';
import { noErrors, type ErrorRates } from './errors/error-rates.js';
import { standardSetup, type ImagingSetup } from './imaging-setup.js';
import { completeLabels, publishedLabels, type LabelModel } from './labels.js';
import { simulatorVersion } from './version.js';

/**
 * Which tree morphology evolves on. `barcode`: the species tree. `decoupled`: each species has the looks of another one of its order.
 * `family-only`: each specimen looks like a random species of its family, so that the photo is independent of the barcode given family.
 */
export type MorphologyTree = 'barcode' | 'decoupled' | 'family-only';

/** How photos relate to species, and how they are taken. */
export interface ImageModel {
  /** How much a species differs in looks from its congeners, 0 (not at all) to 1. The standard is near look-alikes. */
  readonly speciesSignal: number;
  readonly tree: MorphologyTree;
  /** Share of genera that wear the colours and patterns of a genus of another family. */
  readonly mimicry: number;
  readonly setup: ImagingSetup;
}

/** Where species live. */
export interface PlaceModel {
  /** Chance that a species lives where its genus has its centre, 0 to 1: congeners then meet. */
  readonly sympatry: number;
}

/** What holds in a simulated collection: the settings whose effect one studies, apart from seed and size. */
export interface World {
  readonly name: string;
  readonly about: string;
  readonly barcodes: BarcodeModel;
  readonly labels: LabelModel;
  readonly image: ImageModel;
  readonly places: PlaceModel;
  readonly errors: ErrorRates;
}

const standard: World = {
  name: 'standard',
  about: 'Barcodes and looks evolve on one tree; congeners are near look-alikes; labels are missing as published.',
  barcodes: fittedBarcodes,
  labels: publishedLabels,
  image: { speciesSignal: 0.15, tree: 'barcode', mimicry: 0, setup: standardSetup },
  places: { sympatry: 0.5 },
  errors: noErrors,
};

export type WorldKey =
  | 'standard'
  | 'complete'
  | 'imageNull'
  | 'otherTree'
  | 'sharedHaplotypes'
  | 'mimicry'
  | 'labelNoise'
  | 'plateEffects'
  | 'sympatry';

/** The named worlds. Null and adverse ones are `standard` but for what their `about` says. */
export const worlds: Readonly<Record<WorldKey, World>> = {
  standard,
  complete: { ...standard, name: 'complete', about: 'Every specimen carries all its names.', labels: completeLabels },
  imageNull: {
    ...standard,
    name: 'image-null',
    about: 'The photo is independent of the barcode given family: each specimen looks like any species of its family.',
    image: { ...standard.image, tree: 'family-only' },
  },
  otherTree: {
    ...standard,
    name: 'other-tree',
    about:
      'Looks evolved on another tree: species keep looks of their own, but congeners are no more alike than strangers of the order.',
    image: { ...standard.image, tree: 'decoupled' },
  },
  sharedHaplotypes: {
    ...standard,
    name: 'shared-haplotypes',
    about: 'Four species in ten carry haplotypes of a congener in half of their specimens (introgression).',
    barcodes: { ...fittedBarcodes, population: { ...fittedBarcodes.population, introgression: 0.4 } },
  },
  mimicry: {
    ...standard,
    name: 'mimicry',
    about: 'Three genera in ten wear the colours and patterns of a genus of another family.',
    image: { ...standard.image, mimicry: 0.3 },
  },
  labelNoise: {
    ...standard,
    name: 'label-noise',
    about: 'One labelled specimen in ten carries the name of a congener, one in fifty that of a stranger.',
    errors: { ...noErrors, 'mislabelled-near': 0.1, 'mislabelled-far': 0.02 },
  },
  plateEffects: {
    ...standard,
    name: 'plate-effects',
    about: 'Light and background differ three times as much from plate to plate, and plates follow sites.',
    image: { ...standard.image, setup: { ...standardSetup, session: 3 } },
  },
  sympatry: {
    ...standard,
    name: 'sympatry',
    about: 'Congeners live in the same places: the place tells nothing below genus.',
    places: { sympatry: 1 },
  },
};

/** SHA-256 over the generator's version and everything a world sets; results carry it. */
export function worldHash(world: World): string {
  return sha256(`${simulatorVersion}\n${canonical(world)}`);
}

/** JSON with sorted keys, so that equal values give equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

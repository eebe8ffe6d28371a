import type { ContrastTerm, Objective } from '../objective.js';
import type { Arm } from './arm.js';

/** Least share of a batch that is sequenced where only a part of the specimens is. */
export const leastSequenced = 0.25;

/** Where DNA is put out of its place: rows change places within a label, or over all. */
export type PermutedWithin = 'species' | 'genus' | 'family' | 'all';

/**
 * The arms of the alignment experiment, as data. Modalities by name: `image` (photos), `dna`, `dnaRandom` (a second DNA tower that starts
 * from random), `text` and `textToGenus` (taxonomy with and without the species), `colour` (a colour histogram).
 */
export const arms = {
  /** The encoder as it was before any of this. */
  raw: (): Arm => ({ ...untrained('raw', 'image'), also: [['dna', 'dna']] }),
  /** Its head alone, trained by two views of the photos. */
  rawHead: (): Arm => arms.headOnly(arms.imageOnly({ passes: 2 }), 'raw + trainable head'),
  colourHistogram: (): Arm => untrained('colour histogram + size', 'colour'),
  /**
   * Two views of each photo. `passes: 1`: as many photos pass the tower as in an arm of one view, in half the steps; `passes: 2`: as many steps.
   */
  imageOnly: ({ passes }: { readonly passes: 1 | 2 }): Arm => ({
    ...trained(`image-only, ${passes}x passes`, ['image'], [pair('image', 'image')]),
    views: { image: 2 },
    stepFactor: passes / 2,
  }),
  /** Photos against names. Default label: species. */
  supervised: ({ label = 'species' }: { readonly label?: string } = {}): Arm =>
    classified(`supervised, ${label}`, label),
  /** The DNA's information as a label, without a DNA tower. */
  imageBinClassified: (): Arm => ({ ...classified('image + BIN, cross entropy', 'bin'), bought: ['dna'] }),
  imageBinContrastive: (): Arm => ({
    ...trained(
      'image + BIN, contrastive',
      ['image'],
      [{ ...pair('image', 'image'), targets: { kind: 'label', label: 'bin', normalised: true } }],
    ),
    views: { image: 2 },
    stepFactor: 0.5,
    labels: ['bin'],
    bought: ['dna'],
  }),
  /** Photos with taxonomy; `nameShare` of the species have their species name in the text, the others end at genus. */
  imageText: ({ nameShare }: { readonly nameShare: number }): Arm => ({
    ...trained(`image + text, ${percent(nameShare)} of species named`, ['image', 'text'], [pair('image', 'text')]),
    changes: [{ kind: 'mix', modality: 'text', other: 'textToGenus', by: 'species', share: nameShare }],
    labels: nameShare === 0 ? ['genus'] : ['genus', 'species'],
  }),
  imageDna: (): Arm => ({
    ...trained('image + DNA', ['image', 'dna'], [pair('image', 'dna')]),
    also: dnaRetrievals,
    bought: ['dna'],
  }),
  imageDnaText: (): Arm => ({
    ...trained('image + DNA + text', ['image', 'dna', 'text'], [{ ...pair('image', 'dna'), pairs: 'all' }]),
    also: dnaRetrievals,
    labels: ['genus', 'species'],
    bought: ['dna'],
  }),
  /** Barcodes alone; the photo tower stays raw. */
  dnaOnly: (): Arm => ({
    ...trained('DNA-only', ['dna'], [pair('dna', 'dna')]),
    views: { dna: 2 },
    also: [['dna', 'dna']],
    bought: ['dna'],
  }),
  /** The DNA tower starts from random instead of from what it knows. */
  dnaRandom: (): Arm => ({
    ...trained('image + DNA, random DNA tower', ['image', 'dnaRandom'], [pair('image', 'dnaRandom')]),
    bought: ['dna'],
  }),
  /** Barcodes of other specimens of the same species, genus or family, or of any. */
  dnaPermuted: (within: PermutedWithin): Arm => ({
    ...arms.imageDna(),
    name: within === 'all' ? 'image + DNA, permuted over all' : `image + DNA, permuted within ${within}`,
    changes: [{ kind: 'permute', modality: 'dna', ...(within === 'all' ? {} : { within }) }],
    labels: within === 'all' ? [] : [within],
  }),
  /** A share of the barcodes belongs to other specimens. */
  pairingNoise: (share: number): Arm => ({
    ...arms.imageDna(),
    name: `image + DNA, ${percent(share)} of pairs wrong`,
    changes: [{ kind: 'permute', modality: 'dna', share }],
  }),
  /** Any arm with its photo tower frozen: only the heads learn. */
  headOnly: (arm: Arm, name = `${arm.name}, head only`): Arm => ({ ...arm, name, frozen: ['image'] }),
  /**
   * Two views of each photo, and the barcode where there is one: a share of the specimens is sequenced, `order` says which come first.
   * Batches hold at least {@link leastSequenced} of rows with a barcode: shuffled ones of 64 would hold fewer than one at 1 %.
   */
  partlySequenced: ({ share, order }: { readonly share: number; readonly order?: string }): Arm => ({
    ...trained(
      `${percent(share)} sequenced${order === undefined ? '' : `, ${order}`}`,
      share === 0 ? ['image'] : ['image', 'dna'],
      share === 0 ? [pair('image', 'image')] : [pair('image', 'image'), pair('image', 'dna')],
    ),
    views: { image: 2 },
    ...(share === 0 || share === 1
      ? {}
      : {
          changes: [{ kind: 'keep', modality: 'dna', share, ...(order === undefined ? {} : { order }) }],
          sampler: { kind: 'stratified', modality: 'dna', least: leastSequenced },
        }),
    bought: share === 0 ? [] : ['dna'],
  }),
};

/** Every arm of the protocol, raw first. */
export function allArms(): Arm[] {
  return [
    arms.raw(),
    arms.rawHead(),
    arms.colourHistogram(),
    arms.imageOnly({ passes: 1 }),
    arms.imageOnly({ passes: 2 }),
    arms.supervised(),
    arms.imageBinClassified(),
    arms.imageBinContrastive(),
    ...[0, 0.1, 1].map((nameShare) => arms.imageText({ nameShare })),
    arms.imageDna(),
    arms.headOnly(arms.imageDna()),
    arms.imageDnaText(),
    arms.dnaOnly(),
    arms.dnaRandom(),
    ...(['species', 'genus', 'family', 'all'] as const).map((within) => arms.dnaPermuted(within)),
  ];
}

const dnaRetrievals = [
  ['image', 'dna'],
  ['dna', 'dna'],
] as const;

function untrained(name: string, query: string): Arm {
  return { name, modalities: [], objective: [], query, labels: [], bought: [] };
}

function trained(name: string, modalities: readonly string[], objective: Objective): Arm {
  return { name, modalities, objective, query: 'image', labels: [], bought: [] };
}

function classified(name: string, label: string): Arm {
  return {
    ...trained(name, ['image'], [{ kind: 'classify', modality: 'image', label, head: 'cosine' }]),
    labels: [label],
  };
}

function pair(a: string, b: string): ContrastTerm {
  return {
    kind: 'contrast',
    pairs: [{ between: [a, b] }],
    loss: { kind: a === b ? 'nt-xent' : 'info-nce' },
    targets: { kind: 'identity' },
  };
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

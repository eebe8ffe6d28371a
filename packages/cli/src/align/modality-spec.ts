import type { Projection } from '@bioscan/align';
import { presets } from '@bioscan/vision';
import type { ConfigFields } from './config-fields.js';

/** The modalities of a run as plain JSON: what `modalities.json` of its folder holds, so that its towers can be built again. */
export interface ModalitySpecs {
  readonly image?: ModalitySpec<ImageTowerSpec>;
  readonly dna?: ModalitySpec<DnaTowerSpec>;
  readonly text?: ModalitySpec<TextTowerSpec>;
}

export interface ModalitySpec<TowerSpec> {
  readonly tower: TowerSpec;
  readonly projection: Projection;
  readonly training: TrainingSpec;
  readonly views: number;
}

export type TrainingSpec =
  | { readonly kind: 'full' }
  | { readonly kind: 'frozen' }
  | { readonly kind: 'lora'; readonly pattern: string; readonly rank: number; readonly alpha?: number }
  | { readonly kind: 'locked'; readonly pattern: string };

export type ImageTowerSpec =
  | { readonly kind: 'convolutional'; readonly size: number; readonly widths: readonly number[] }
  | {
      readonly kind: 'vit';
      readonly size: number;
      readonly patch: number;
      readonly layers: number;
      readonly heads: number;
      readonly width: number;
    }
  /** Weights of a ViT of timm; the architecture's name says the heads. */
  | { readonly kind: 'timm'; readonly file: string; readonly architecture: string; readonly size?: number }
  /** Any float ONNX encoder. */
  | {
      readonly kind: 'onnx';
      readonly file: string;
      readonly size: number;
      readonly preprocessing: keyof typeof presets;
      readonly output?: string;
    };

export type DnaTowerSpec =
  | {
      readonly kind: 'barcodebert';
      readonly k: number;
      readonly layers: number;
      readonly heads: number;
      readonly width: number;
    }
  | { readonly kind: 'cnn' }
  /** Counted, not learnt: only the projection learns. */
  | { readonly kind: 'kmers'; readonly k: number }
  /** A checkpoint of `bioscan pretrain` or `bioscan convert`. */
  | { readonly kind: 'checkpoint'; readonly file: string };

export interface TextTowerSpec {
  readonly kind: 'taxonomy';
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Published weights of a BERT, and its vocab.txt. Absent: fresh ones, and a vocabulary of the training rows. */
  readonly weights?: string;
  readonly vocabularyFile?: string;
  readonly missing: 'not_classified' | 'omit';
  /** Of every row. */
  readonly tokens: number;
  /** What a longer string loses: its shallow ranks, or its end. */
  readonly cut: 'shallow' | 'end';
}

/** Reads the field `modalities`; default: photos, where there are any, and barcodes. */
export function readModalitySpecs(top: ConfigFields, hasPhotos: boolean): ModalitySpecs {
  const given = top.object('modalities');
  if (given === undefined) {
    return { ...(hasPhotos ? { image: spec(undefined, readImage) } : {}), dna: spec(undefined, readDna) };
  }
  const [image, dna, text] = [given.object('image'), given.object('dna'), given.object('text')];
  given.end();
  if (image !== undefined && !hasPhotos) {
    throw top.wrong(
      'photos',
      'a folder of photos for the modality image',
      'add "photos": "photos/" or leave image out',
    );
  }
  if (image === undefined && dna === undefined && text === undefined) {
    throw top.wrong('modalities', 'one or more of image, dna, text');
  }
  return {
    ...(image === undefined ? {} : { image: spec(image, readImage) }),
    ...(dna === undefined ? {} : { dna: spec(dna, readDna) }),
    ...(text === undefined ? {} : { text: spec(text, readText) }),
  };
}

function spec<TowerSpec>(
  given: ConfigFields | undefined,
  read: (given: ConfigFields | undefined) => TowerSpec,
): ModalitySpec<TowerSpec> {
  const tower = read(given);
  const settled = {
    tower,
    projection: readProjection(given, tower),
    training: readTraining(given),
    views: given?.number('views', { least: 1, whole: true }) ?? 1,
  };
  given?.end();
  return settled;
}

function readProjection(given: ConfigFields | undefined, tower: unknown): Projection {
  const counted = (tower as { readonly kind: string }).kind === 'kmers';
  const kind = given?.choice('projection', ['linear', 'mlp'] as const) ?? (counted ? 'mlp' : 'linear');
  const hidden = given?.number('hidden', { least: 1, whole: true }) ?? (counted ? 256 : undefined);
  return kind === 'linear' ? { kind } : { kind, ...(hidden === undefined ? {} : { hidden }) };
}

function readTraining(modality: ConfigFields | undefined): TrainingSpec {
  const given = modality?.wordOr('training') ?? 'full';
  if (given === 'full' || given === 'frozen') return { kind: given };
  if (typeof given === 'string') {
    throw (modality as ConfigFields).wrong('training', 'full, frozen, or an object with kind lora or locked');
  }
  const kind = given.choice('kind', ['full', 'frozen', 'lora', 'locked'] as const);
  if (kind === undefined) throw given.wrong('kind', 'one of full, frozen, lora, locked');
  if (kind === 'full' || kind === 'frozen') {
    given.end();
    return { kind };
  }
  const pattern = given.text('pattern');
  if (pattern === undefined || !isPattern(pattern))
    throw given.wrong('pattern', 'a regular expression of parameter names');
  const [rank, alpha] = [given.number('rank', { least: 1, whole: true }), given.number('alpha')];
  given.end();
  if (kind === 'locked') return { kind, pattern };
  return { kind, pattern, rank: rank ?? 4, ...(alpha === undefined ? {} : { alpha }) };
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

function readImage(given: ConfigFields | undefined): ImageTowerSpec {
  const kind = given?.choice('tower', ['convolutional', 'vit', 'timm', 'onnx'] as const) ?? 'convolutional';
  const natural = { least: 1, whole: true };
  const size = given?.number('size', { least: 8, whole: true });
  switch (kind) {
    case 'convolutional':
      return { kind, size: size ?? 64, widths: given?.numbers('widths', natural) ?? [16, 32, 64, 128] };
    case 'vit':
      return {
        kind,
        size: size ?? 224,
        patch: given?.number('patch', natural) ?? 16,
        layers: given?.number('layers', natural) ?? 12,
        heads: given?.number('heads', natural) ?? 3,
        width: given?.number('width', natural) ?? 192,
      };
    case 'timm':
      return {
        kind,
        file: required(given, 'file', 'a .safetensors or .pth file'),
        architecture: required(given, 'architecture', "timm's name, such as vit_tiny_patch16_224"),
        ...(size === undefined ? {} : { size }),
      };
    case 'onnx': {
      const output = given?.text('output');
      return {
        kind,
        file: required(given, 'file', 'an .onnx file'),
        size: size ?? 224,
        preprocessing: given?.choice('preprocessing', Object.keys(presets) as (keyof typeof presets)[]) ?? 'imagenet',
        ...(output === undefined ? {} : { output }),
      };
    }
    default:
      return kind satisfies never;
  }
}

function readDna(given: ConfigFields | undefined): DnaTowerSpec {
  const kind = given?.choice('tower', ['barcodebert', 'cnn', 'kmers', 'checkpoint'] as const) ?? 'barcodebert';
  const natural = { least: 1, whole: true };
  switch (kind) {
    case 'barcodebert':
      return {
        kind,
        k: given?.number('k', { least: 1, most: 8, whole: true }) ?? 4,
        layers: given?.number('layers', natural) ?? 2,
        heads: given?.number('heads', natural) ?? 4,
        width: given?.number('width', natural) ?? 128,
      };
    case 'cnn':
      return { kind };
    case 'kmers':
      return { kind, k: given?.number('k', { least: 1, most: 7, whole: true }) ?? 5 };
    case 'checkpoint':
      return { kind, file: required(given, 'file', 'model.safetensors of bioscan pretrain or convert') };
    default:
      return kind satisfies never;
  }
}

function readText(given: ConfigFields | undefined): TextTowerSpec {
  const natural = { least: 1, whole: true };
  given?.choice('tower', ['taxonomy'] as const);
  const [weights, vocabularyFile] = [given?.text('weights'), given?.text('vocabulary')];
  if (weights !== undefined && vocabularyFile === undefined) {
    throw (given as ConfigFields).wrong('vocabulary', 'the vocab.txt that the weights came with');
  }
  return {
    kind: 'taxonomy',
    layers: given?.number('layers', natural) ?? 2,
    heads: given?.number('heads', natural) ?? 4,
    width: given?.number('width', natural) ?? 128,
    missing: given?.choice('missing', ['not_classified', 'omit'] as const) ?? 'not_classified',
    tokens: given?.number('tokens', { least: 3, most: 512, whole: true }) ?? 20,
    cut: given?.choice('cut', ['shallow', 'end'] as const) ?? 'shallow',
    ...(weights === undefined ? {} : { weights }),
    ...(vocabularyFile === undefined ? {} : { vocabularyFile }),
  };
}

function required(given: ConfigFields | undefined, name: string, expected: string): string {
  const found = given?.text(name);
  if (found !== undefined) return found;
  throw (given as ConfigFields).wrong(name, expected);
}

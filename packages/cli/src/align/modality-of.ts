import { dirname, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import {
  decodeVocabulary,
  taxonomyBert,
  taxonomyTower,
  vectors,
  wordPiece,
  type Modality,
  type VectorViews,
} from '@bioscan/align';
import { rng, type Lineage, type Picture, type TrainingState } from '@bioscan/core';
import { barcodeBert, barcodeBertOf, barcodeCnn, decodeBarcodeCheckpoint } from '@bioscan/dna';
import {
  decodeWeights,
  globalAveragePool,
  importTextBert,
  initialStateOf,
  mean,
  onnxTower,
  reshape,
  type Tower,
  type Value,
} from '@bioscan/graph';
import { readOnnxFile } from '@bioscan/graph/node';
import {
  augmentBatch,
  convolutionalEncoder,
  importVit,
  preprocessBatch,
  presets,
  sized,
  specimenAugmentation,
  timmHeads,
  timmVitPreprocessing,
  vit,
  vitOf,
  type Preprocessing,
} from '@bioscan/vision';
import { BioscanError } from '@bioscan/core';
import { openFileSource } from '../file-source.js';
import type { DnaTowerSpec, ImageTowerSpec, ModalitySpec, TextTowerSpec, TrainingSpec } from './modality-spec.js';

/** A modality as its spec says, and how photos become its pixels. */
export interface BuiltModality<Input> {
  readonly modality: Modality<Input>;
  readonly preprocessing?: Preprocessing;
}

/** Builds what specs describe; file names are relative to `base`, a file beside them. */
export interface ModalityBuilder {
  image(spec: ModalitySpec<ImageTowerSpec>): Promise<BuiltModality<Picture>>;
  dna(spec: ModalitySpec<DnaTowerSpec>): BuiltModality<string> | BuiltModality<VectorViews>;
  text(spec: ModalitySpec<TextTowerSpec>, vocabulary: readonly string[]): BuiltModality<Lineage>;
}

export function modalityBuilder(base: string): ModalityBuilder {
  const path = (file: string): string => resolve(dirname(base), file);
  return {
    image: async (spec) => {
      const { tower, weights, preprocessing } = await imageTower(spec.tower, path);
      return { modality: modalityOf(spec, tower, weights), preprocessing };
    },
    dna: (spec) => dnaModality(spec, path),
    text: (spec, vocabulary) => ({ modality: textModality(spec, vocabulary, path) }),
  };
}

function modalityOf<Input>(
  { projection, training, views }: ModalitySpec<unknown>,
  tower: Tower<Input>,
  weights?: TrainingState,
): Modality<Input> {
  return { tower, projection, views, training: trainingOf(training), ...(weights === undefined ? {} : { weights }) };
}

function trainingOf(spec: TrainingSpec): NonNullable<Modality['training']> {
  return 'pattern' in spec ? { ...spec, pattern: new RegExp(spec.pattern) } : spec;
}

interface BuiltTower<Input> {
  readonly tower: Tower<Input>;
  readonly weights?: TrainingState;
  readonly preprocessing: Preprocessing;
}

async function imageTower(spec: ImageTowerSpec, path: (file: string) => string): Promise<BuiltTower<Picture>> {
  switch (spec.kind) {
    case 'convolutional': {
      const { size, widths } = spec;
      const preprocessing = sized(presets.bioscan5m, size);
      return { tower: convolutionalEncoder({ size, widths, preprocessing }), preprocessing };
    }
    case 'vit': {
      const { size, patch, layers, heads, width } = spec;
      const preprocessing = sized(presets.bioscan5m, size);
      const augmentation = specimenAugmentation(size, preprocessing);
      return {
        tower: vit({ image: size, patch, layers, heads, width }, { preprocessing, augmentation }),
        preprocessing,
      };
    }
    case 'timm':
      return timmTower(spec, path(spec.file));
    case 'onnx': {
      const preprocessing = sized(presets[spec.preprocessing], spec.size);
      const tower = await onnxPhotoTower(path(spec.file), spec, preprocessing);
      return { tower, weights: initialStateOf(tower.parameters, rng(0)), preprocessing };
    }
    default:
      return spec satisfies never;
  }
}

function timmTower(spec: Extract<ImageTowerSpec, { kind: 'timm' }>, path: string): BuiltTower<Picture> {
  const source = openFileSource(path);
  try {
    const { state } = decodeWeights(source);
    const { size } = spec;
    const imported = importVit(state, {
      heads: timmHeads(spec.architecture),
      ...(size === undefined ? {} : { image: size }),
    });
    if (imported === undefined) {
      throw new BioscanError(
        'bad-file',
        `cli: ${path}, got no ViT of timm, expected its state_dict; see bioscan convert`,
        { path },
      );
    }
    const { config } = imported.tower;
    const preprocessing = timmVitPreprocessing(config.image);
    const augmentation = specimenAugmentation(config.image, preprocessing);
    return { tower: vitOf(config, { preprocessing, augmentation }), weights: imported.state, preprocessing };
  } finally {
    source.close();
  }
}

async function onnxPhotoTower(
  path: string,
  { output, size }: Extract<ImageTowerSpec, { kind: 'onnx' }>,
  preprocessing: Preprocessing,
): Promise<Tower<Picture>> {
  const model = await readOnnxFile(path);
  const [input] = model.inputs;
  const [height, width] = input?.shape.slice(2) ?? [];
  if (input === undefined || input.shape.length !== 4) {
    throw new BioscanError('mismatch', `cli: ${path}, got no input of pictures (n, 3, height, width), expected one`, {
      path,
    });
  }
  const sizes = Object.fromEntries([height, width].flatMap((one) => (typeof one === 'string' ? [[one, size]] : [])));
  const augmentation = specimenAugmentation(size, preprocessing);
  return onnxTower<Picture>(model, {
    collate: (batch, random) => ({
      [input.name]:
        random === undefined ? preprocessBatch(batch, preprocessing) : augmentBatch(batch, augmentation, random),
    }),
    head: pooled,
    sizes,
    ...(output === undefined ? {} : { output }),
  });
}

/** Vectors of an encoder's output: tokens (n, tokens, d) and grids (n, d, h, w) by their mean. */
function pooled(features: Value): Value {
  const [rows = 'batch', channels] = features.shape;
  if (features.shape.length === 3) return mean(features, { axes: [1] });
  if (features.shape.length === 4) return reshape(globalAveragePool(features), [rows, channels as number]);
  return features;
}

function dnaModality(
  spec: ModalitySpec<DnaTowerSpec>,
  path: (file: string) => string,
): BuiltModality<string> | BuiltModality<VectorViews> {
  const { tower } = spec;
  switch (tower.kind) {
    case 'barcodebert': {
      const { k, layers, heads, width } = tower;
      return { modality: modalityOf(spec, barcodeBert({ k, layers, heads, width })) };
    }
    case 'cnn':
      return {
        modality: modalityOf(spec, barcodeCnn({ dimension: 128, normalisation: 'group', widths: [32, 32, 16] })),
      };
    case 'kmers':
      return { modality: modalityOf(spec, vectors(4 ** tower.k)) };
    case 'checkpoint': {
      const { checkpoint } = decodeBarcodeCheckpoint(readBytes(path(tower.file)));
      const bert = barcodeBertOf(checkpoint.config).readOut(checkpoint.recommended);
      const names = new Set(bert.parameters.map(({ name }) => name));
      const tensors = Object.fromEntries(Object.entries(checkpoint.parameters).filter(([name]) => names.has(name)));
      return { modality: modalityOf(spec, bert, { step: 0, tensors }) };
    }
    default:
      return tower satisfies never;
  }
}

function textModality(
  spec: ModalitySpec<TextTowerSpec>,
  vocabulary: readonly string[],
  path: (file: string) => string,
): Modality<Lineage> {
  const { layers, heads, width, missing, weights, tokens, cut } = spec.tower;
  if (weights === undefined) {
    const shape = { layers, heads, width, feedForward: 4 * width };
    return modalityOf(spec, taxonomyBert({ vocabulary, shape, missing, tokens, cut }));
  }
  const source = openFileSource(path(weights));
  try {
    const imported = importTextBert(decodeWeights(source).state, { heads, tokens });
    if (imported === undefined) {
      throw new BioscanError('bad-file', `cli: ${path(weights)}, got no BERT of Hugging Face, expected its weights`);
    }
    return modalityOf(spec, taxonomyTower(imported.tower, wordPiece(vocabulary), { missing, cut }), imported.state);
  } finally {
    source.close();
  }
}

/** The vocabulary that a spec names, one token a line. */
export function vocabularyIn(base: string, file: string): readonly string[] {
  return decodeVocabulary(readBytes(resolve(dirname(base), file)));
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new BioscanError(
      'not-found',
      `cli: file '${path}', got none that can be read, expected one`,
      { path },
      { cause },
    );
  }
}

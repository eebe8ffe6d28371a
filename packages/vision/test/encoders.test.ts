import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { collect, embed, embeddingsOf, type Encoder, type Picture } from '@bioscan/core';
import { globalAveragePool, inferenceGraph, inferenceModel, reshape, transpose, type Value } from '@bioscan/graph';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import { checkEncoder } from '../../../tools/testing/check-encoder.js';
import {
  colourHistogram,
  huggingFaceEncoder,
  imageEncoder,
  preprocessBatch,
  presets,
  sized,
  type Preprocessing,
} from '../src/index.js';
import { decodePicture } from '../src/node.js';
import { scene } from './scene.js';

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

const eight: Preprocessing = sized(presets.imagenet, 8);
const pictures = [scene(30, 20), scene(12, 40), scene(64, 64), scene(9, 9), scene(31, 17)];

/** A model without weights, from (n, 3, 8, 8). */
function model(build: (x: Value) => Value, batch: number | string = 'batch'): Uint8Array {
  const graph = inferenceGraph();
  const features = build(graph.input('image', 'float32', [batch, 3, 8, 8]));
  return inferenceModel(graph, { outputs: { features }, state: { step: 0, tensors: {} } });
}

/** Channel means of the preprocessed pictures, the plain way. */
function means(batch: readonly Picture[]): number[] {
  const { data } = preprocessBatch(batch, eight);
  return Array.from(
    { length: batch.length * 3 },
    (_, i) => data.subarray(i * 64, (i + 1) * 64).reduce((a, b) => a + b) / 64,
  );
}

describe('imageEncoder', () => {
  const shapes: [string, (x: Value) => Value][] = [
    ['vectors (n, d)', (x) => reshape(globalAveragePool(x), ['batch', 3])],
    ['tokens (n, tokens, d)', (x) => transpose(reshape(x, ['batch', 3, 64]), [0, 2, 1])],
    ['a grid (n, d, h, w)', (x) => x],
  ];
  it.each(shapes)('reads %s', async (_, build) => {
    const encoder = await imageEncoder(runtime, model(build), { id: 'means', preprocessing: eight });
    expect(encoder.dimension).toBe(3);
    const { data } = await encoder.encode(pictures);
    for (const [i, mean] of means(pictures).entries()) expect(data[i]).toBeCloseTo(mean, 4);
    expect((await checkEncoder(encoder, pictures)).checks).toBeGreaterThan(8);
    await encoder.close();
  });

  it('pads to a fixed batch', async () => {
    const fixed = model((x) => reshape(globalAveragePool(x), [2, 3]), 2);
    const encoder = await imageEncoder(runtime, fixed, { id: 'fixed', preprocessing: eight });
    const { data, shape } = await encoder.encode(pictures);
    expect(shape).toEqual([5, 3]);
    for (const [i, mean] of means(pictures).entries()) expect(data[i]).toBeCloseTo(mean, 4);
    await encoder.close();
  });

  it('takes the first token when asked to', async () => {
    const tokens = model((x) => transpose(reshape(x, ['batch', 3, 64]), [0, 2, 1]));
    const encoder = await imageEncoder(runtime, tokens, { id: 'first', preprocessing: eight, pooling: 'first' });
    const { data } = await encoder.encode(pictures);
    const pixels = preprocessBatch(pictures, eight).data;
    for (let i = 0; i < 15; i++) expect(data[i]).toBeCloseTo(pixels[i * 64]!, 5);
    await encoder.close();
  });

  it('says what it is, preprocessing and weights included', async () => {
    const encoder = await imageEncoder(
      runtime,
      model((x) => x),
      { id: 'grid', preprocessing: eight },
    );
    expect(encoder.provenance.weights).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(String(encoder.provenance.settings['preprocessing']))).toEqual(eight);
    await encoder.close();
  });

  it('refuses a preprocessing of another size, an unknown input, and outputs that are no vectors', async () => {
    const grid = model((x) => x);
    const id = 'grid';
    await expect(imageEncoder(runtime, grid, { id, preprocessing: presets.clip })).rejects.toThrow(
      'expected float32 (n, 3, 224, 224)',
    );
    await expect(imageEncoder(runtime, grid, { id, preprocessing: eight, input: 'x' })).rejects.toThrow(
      "no input 'x', expected one of image",
    );
    const flat = model((x) => reshape(x, [-1]));
    await expect(imageEncoder(runtime, flat, { id, preprocessing: eight })).rejects.toThrow('expected float32 (n, d)');
  });
});

describe('colourHistogram', () => {
  it('is an encoder', async () => {
    expect((await checkEncoder(colourHistogram(), pictures)).checks).toBeGreaterThan(8);
    expect((await checkEncoder(colourHistogram({ bins: 2, size: false }), pictures)).checks).toBeGreaterThan(8);
  });

  it('counts colours: shares of pixels under square roots', async () => {
    // One black, one red and two white pixels.
    const data = Uint8Array.from([0, 0, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255]);
    const { data: row } = await colourHistogram({ bins: 2 }).encode([{ width: 2, height: 2, data }]);
    expect([...row]).toEqual([
      0.5,
      0,
      0,
      0,
      0.5,
      0,
      0,
      Math.fround(Math.SQRT1_2),
      Math.fround(0.1),
      Math.fround(0.1),
      0.5,
    ]);
  });
});

describe('huggingFaceEncoder, against the structure that @huggingface/transformers 3 documents', () => {
  class RawImage {
    readonly data: Uint8Array;
    readonly size: readonly number[];
    constructor(data: Uint8Array, width: number, height: number, channels: 3) {
      this.data = data;
      this.size = [width, height, channels];
    }
  }
  /** Two tokens of width 2 an image: the first level and the width. */
  const features = (images: RawImage[]): Promise<{ dims: number[]; data: Float32Array }> =>
    Promise.resolve({
      dims: [images.length, 2, 2],
      data: Float32Array.from(images.flatMap(({ data, size }) => [data[0] ?? 0, size[0]!, 0, 0])),
    });

  it('takes a feature-extraction pipeline, and a processor with its model', async () => {
    const options = { id: 'hf', dimension: 2 };
    const bright = pictures.map((picture) => ({ ...picture, data: picture.data.map((level) => level | 1) }));
    const byPipeline = huggingFaceEncoder({ RawImage, pipeline: features }, options);
    expect([...(await byPipeline.encode(bright)).data]).toEqual([1, 30, 1, 12, 1, 64, 1, 9, 1, 31]);
    expect((await checkEncoder(byPipeline, pictures)).checks).toBeGreaterThan(8);
    const model = async ({
      pixel_values,
    }: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> => ({
      loss: null,
      last_hidden_state: await features(pixel_values as RawImage[]),
    });
    const processor = (images: RawImage[]): Promise<{ pixel_values: RawImage[] }> =>
      Promise.resolve({ pixel_values: images });
    const byModel = huggingFaceEncoder({ RawImage, processor, model }, { ...options, pooling: 'mean' });
    expect([...(await byModel.encode(bright)).data]).toEqual([0.5, 15, 0.5, 6, 0.5, 32, 0.5, 4.5, 0.5, 15.5]);
    await expect(
      huggingFaceEncoder({ RawImage, processor, model }, { ...options, output: 'image_embeds' }).encode(pictures),
    ).rejects.toThrow('got results loss, last_hidden_state, expected image_embeds');
    await expect(
      huggingFaceEncoder({ RawImage, pipeline: features }, { id: 'hf', dimension: 3 }).encode(pictures),
    ).rejects.toThrow('got vectors of 2, expected 3');
  });
});

const data = process.env['BIOSCAN_REAL_DATA'] ?? '';
const figures = join(data, 'images/figures');
const mobileNet = join(data, 'models/mobilenetv2_int8_features1280.onnx');
const real = data !== '' && existsSync(mobileNet);
if (!real) console.warn('encoders.test: BIOSCAN_REAL_DATA names no photos and model; real photos are not embedded');

describe.skipIf(!real)('MobileNetV2 on real photos', () => {
  /** Share of the photos whose nearest other photo has the same label. */
  async function nearest(
    encoder: Encoder<Picture>,
    pattern: RegExp,
  ): Promise<{ right: number; photos: number; classes: number }> {
    const names = readdirSync(figures)
      .filter((name) => pattern.test(name))
      .sort();
    const inputs = [];
    for (const name of names) inputs.push({ id: name, input: await decodePicture(join(figures, name)) });
    const embeddings = embeddingsOf(await collect(embed(encoder, inputs)), encoder.provenance);
    const found = await exactNeighbours(runtime, embeddings, embeddings, {
      k: 1,
      metric: 'cosine',
      groupOf: (id) => id,
    });
    const label = (name: string): string => pattern.exec(name)?.[1] ?? '';
    const right = names.filter((name, i) => label(name) === label(found.keyIds[found.index[i]!] ?? '')).length;
    return { right, photos: names.length, classes: new Set(names.map(label)).size };
  }

  it('finds the genus of 18 photos, and the class of 18 others, well above chance', async () => {
    const encoder = await imageEncoder(
      runtime,
      { path: mobileNet },
      { id: 'mobilenetv2-int8', preprocessing: presets.imagenet },
    );
    expect(encoder.dimension).toBe(1280);
    const histogram = colourHistogram();
    const genus = await nearest(encoder, /^species_f_\d+_([A-Z][a-z]+)_/);
    const classes = await nearest(encoder, /^non_insect_\d+_([A-Z][a-z]+)/);
    const byColour = await nearest(histogram, /^species_f_\d+_([A-Z][a-z]+)_/);
    console.log('1-NN right: genus', genus, 'class', classes, 'genus by colour', byColour);
    expect(genus).toMatchObject({ photos: 18, classes: 6 });
    // Chance is 2 of 17 others: 2.1 of 18.
    expect(genus.right).toBeGreaterThanOrEqual(10);
    expect(classes.right / classes.photos).toBeGreaterThan(0.3);
    await encoder.close();
  });
});

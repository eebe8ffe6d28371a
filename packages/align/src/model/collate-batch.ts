import { allocate, tensor, type CachedFeeds, type DType, type Rng, type Tensor, type Tensors } from '@bioscan/core';
import type { AlignmentData } from '../alignment-data.js';
import type { Modality } from '../modality.js';
import type { Objective } from '../objective.js';
import { labelColumn, modalityColumn } from './columns.js';
import { classifiedLabels, feedNames, positiveLabels } from './loss-feeds.js';
import type { Modalities, Stream } from './streams.js';

/** What a batch is made for. */
export interface CollatePlan {
  readonly modalities: Modalities;
  readonly streams: readonly Stream[];
  readonly objective: Objective;
  readonly classes: Readonly<Record<string, readonly string[]>>;
}

/** Tensors of all streams, masks and labels; `rows` beyond the given ones and missing modalities are zeros. */
export async function collateBatch(
  plan: CollatePlan,
  data: AlignmentData,
  rows: readonly number[],
  batchSize: number,
  rng?: Rng,
): Promise<Tensors> {
  checkRows(rows, batchSize);
  const inputs = await inputTensors(plan, data, rows, batchSize, (stream) => rng?.split(stream));
  return { ...inputs, ...lossTensors(plan, data, rows, batchSize) };
}

/**
 * The same in equal chunks, each with buffers of its own, so that the batch is never there twice. Inputs vary as in the whole batch: towers
 * that draw from `rng.split(i)` for input i, or from `rng` input by input, draw the same.
 */
export async function collateChunks(
  plan: CollatePlan,
  data: AlignmentData,
  rows: readonly number[],
  { batchSize, chunks }: { readonly batchSize: number; readonly chunks: number },
  rng?: Rng,
): Promise<CachedFeeds> {
  checkRows(rows, batchSize);
  const size = batchSize / chunks;
  const streams = new Map(plan.streams.map(({ name }) => [name, rng?.split(name)]));
  const before = new Map<string, number>();
  const made: Tensors[] = [];
  for (let first = 0; first < batchSize; first += size) {
    const part = rows.slice(first, first + size);
    made.push(
      await inputTensors(plan, data, part, size, (stream) => further(streams.get(stream), before.get(stream) ?? 0)),
    );
    for (const { name, modality } of plan.streams) {
      const column = modalityColumn(data, modality);
      before.set(name, (before.get(name) ?? 0) + part.filter((row) => column.has(row)).length);
    }
  }
  return { chunks: made, batch: lossTensors(plan, data, rows, batchSize) };
}

/** A stream for inputs that come after so many others. */
function further(rng: Rng | undefined, count: number): Rng | undefined {
  if (rng === undefined) return undefined;
  return {
    split: (label) => rng.split(typeof label === 'number' ? label + count : label),
    uniform: () => rng.uniform(),
    integer: (bound) => rng.integer(bound),
    normal: () => rng.normal(),
    shuffle: (items) => rng.shuffle(items),
    get position() {
      return rng.position;
    },
    set position(at) {
      rng.position = at;
    },
  };
}

function checkRows(rows: readonly number[], batchSize: number): void {
  if (rows.length > 0 && rows.length <= batchSize) return;
  throw new RangeError(`align: batch of ${rows.length} rows, expected 1 to ${batchSize}`);
}

/** What the towers of all streams are fed. */
async function inputTensors(
  plan: CollatePlan,
  data: AlignmentData,
  rows: readonly number[],
  batchSize: number,
  rngOf: (stream: string) => Rng | undefined,
): Promise<Tensors> {
  const parts = await Promise.all(
    Object.entries(plan.modalities).map(async ([name, modality]) => {
      const column = modalityColumn(data, name);
      const places = presentPlaces(data, name, rows);
      const inputs = places.length === 0 ? [] : await column.read(places.map((place) => rows[place] as number));
      const views = plan.streams.filter((stream) => stream.modality === name);
      return views.flatMap((stream) => streamTensors(stream, modality, inputs, places, batchSize, rngOf(stream.name)));
    }),
  );
  return Object.fromEntries(parts.flat());
}

/** Masks and labels: what the loss is fed. */
function lossTensors(plan: CollatePlan, data: AlignmentData, rows: readonly number[], batchSize: number): Tensors {
  const masks = Object.keys(plan.modalities).map(
    (name) => [feedNames.present(name), mask(presentPlaces(data, name, rows), batchSize)] as const,
  );
  return Object.fromEntries([...masks, ...labelTensors(plan, data, rows, batchSize)]);
}

function presentPlaces(data: AlignmentData, name: string, rows: readonly number[]): readonly number[] {
  const column = modalityColumn(data, name);
  return rows.flatMap((row, place) => (column.has(row) ? [place] : []));
}

function streamTensors(
  { name }: Stream,
  { tower }: Modality,
  inputs: readonly unknown[],
  places: readonly number[],
  batchSize: number,
  rng: Rng | undefined,
): readonly (readonly [string, Tensor])[] {
  const made = inputs.length === 0 ? {} : tower.collate(inputs, rng);
  return tower.inputs.map(({ name: input, dtype, shape }) => {
    const sizes = [batchSize, ...(shape.slice(1) as number[])];
    return [`${name}.${input}`, spread(made[input], dtype, places, sizes)] as const;
  });
}

/** Rows at their places in a batch, zeros elsewhere; the same tensor where all places are taken. */
function spread(made: Tensor | undefined, dtype: DType, places: readonly number[], sizes: readonly number[]): Tensor {
  const [batchSize] = sizes as [number];
  if (made !== undefined && places.length === batchSize) return made;
  const width = sizes.slice(1).reduce((product, size) => product * size, 1);
  const data = allocate(dtype, batchSize * width);
  if (made !== undefined) {
    places.forEach((place, i) => {
      data.set(made.data.subarray(i * width, (i + 1) * width) as never, place * width);
    });
  }
  return tensor(dtype, sizes, data);
}

function mask(places: readonly number[], batchSize: number): Tensor<'float32'> {
  const data = new Float32Array(batchSize);
  for (const place of places) data[place] = 1;
  return tensor('float32', [batchSize], data);
}

function labelTensors(
  { objective, classes }: CollatePlan,
  data: AlignmentData,
  rows: readonly number[],
  batchSize: number,
): readonly (readonly [string, Tensor])[] {
  const positives = positiveLabels(objective).map((label) => {
    const numbers = positiveNumbers(labelColumn(data, label), rows, batchSize);
    return [feedNames.positives(label), tensor('int32', [batchSize], numbers)] as const;
  });
  const classified = classifiedLabels(objective).flatMap((label) => {
    const column = labelColumn(data, label);
    const numbers = new Map((classes[label] ?? []).map((name, at) => [name, at]));
    const found = rows.map((row) => numbers.get(column[row] ?? ''));
    const ids = new BigInt64Array(batchSize);
    found.forEach((at, place) => {
      ids[place] = BigInt(at ?? 0);
    });
    const known = found.flatMap((at, place) => (at === undefined ? [] : [place]));
    return [
      [feedNames.classes(label), tensor('int64', [batchSize], ids)] as const,
      [feedNames.known(label), mask(known, batchSize)] as const,
    ];
  });
  return [...positives, ...classified];
}

/** Equal labels of a batch get the place of their first row; a row without one gets its own. */
function positiveNumbers(
  column: readonly (string | undefined)[],
  rows: readonly number[],
  batchSize: number,
): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from({ length: batchSize }, (_, place) => {
    const row = rows[place];
    const label = row === undefined ? undefined : column[row];
    if (label === undefined) return place;
    const known = first.get(label);
    if (known === undefined) first.set(label, place);
    return known ?? place;
  });
}

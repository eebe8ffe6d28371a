import { BioscanError, type CachedBatch, type TrainingStep } from '@bioscan/core';
import { valueSpecs, type OnnxSession } from './onnx-runtime.js';

/**
 * Every input of the model is a parameter, a mask or a feed, and every name of the step is in the model.
 * @throws BioscanError `mismatch`
 */
export function checkModel(session: OnnxSession, step: TrainingStep): void {
  const { parameters, masks, feeds, metrics } = step;
  const given = [...parameters, ...masks, ...feeds];
  const read = checkInputs(session, given, 'model');
  const unread = given.find(({ name }) => !read.has(name));
  if (unread !== undefined) throw mismatch(`the model has no input '${unread.name}'`, unread.name);
  const slopes = parameters.flatMap(({ gradient, rows }) =>
    gradient === undefined ? [] : [gradient, ...(rows === undefined ? [] : [rows.indices])],
  );
  checkOutputs(session.outputNames, [...metrics, ...slopes]);
}

/** The three models of a step in chunks. */
export interface CachedModels {
  readonly embed: OnnxSession;
  readonly loss: OnnxSession;
  /** The step's own: the backward pass of a chunk. */
  readonly chunk: OnnxSession;
}

/**
 * Every input of the three models is known and every name is in one of them; each gradient comes of the loss, of a chunk, or of both.
 * @throws BioscanError `mismatch`
 */
export function checkCachedModels(models: CachedModels, step: TrainingStep, cached: CachedBatch): void {
  const { parameters, masks, feeds, metrics } = step;
  const { chunks, vectors } = cached;
  const ofChunk = [...parameters, ...masks, ...feeds];
  const slopes = vectors.flatMap(({ slope, shape }) => (slope === undefined ? [] : [{ name: slope, shape }]));
  const stacked = vectors.map(({ name, shape: [rows = 1, ...rest] }) => ({ name, shape: [chunks * rows, ...rest] }));
  const read = new Set([
    ...checkInputs(models.embed, ofChunk, 'embedding model'),
    ...checkInputs(models.chunk, [...ofChunk, ...slopes], 'chunk model'),
    ...checkInputs(models.loss, [...parameters, ...stacked, ...cached.feeds], 'loss model'),
  ]);
  const unread = [...ofChunk, ...slopes, ...cached.feeds].find(({ name }) => !read.has(name));
  if (unread !== undefined) throw mismatch(`no model has the input '${unread.name}'`, unread.name);
  checkOutputs(
    models.embed.outputNames,
    vectors.map(({ name }) => name),
  );
  checkOutputs(models.loss.outputNames, [...metrics, ...slopes.map(({ name }) => name)]);
  const outputs = [...models.chunk.outputNames, ...models.loss.outputNames];
  checkOutputs(
    [...new Set(outputs)],
    parameters.flatMap(({ gradient = [] }) => gradient),
  );
}

interface NamedShape {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** Every input of the model is given, in its shape. Returns the names of those. */
function checkInputs(session: OnnxSession, given: readonly NamedShape[], what: string): ReadonlySet<string> {
  const shapes = new Map(given.map(({ name, shape }) => [name, shape]));
  const specs = valueSpecs(session.inputMetadata);
  for (const { name, shape } of specs) {
    const ours = shapes.get(name);
    if (ours === undefined) throw mismatch(`${what} input '${name}' is no parameter, mask or feed of the step`, name);
    const fits =
      ours.length === shape.length && shape.every((size, axis) => typeof size === 'string' || size === ours[axis]);
    if (fits) continue;
    throw mismatch(
      `${what} input '${name}', got [${ours.join(', ')}] in the step, expected [${shape.join(', ')}]`,
      name,
    );
  }
  return new Set(specs.map(({ name }) => name));
}

/** Each name is an output of the model, and stands once. */
export function checkOutputs(outputs: readonly string[], names: readonly string[]): void {
  const fetched = new Set<string>();
  for (const name of names) {
    if (!outputs.includes(name))
      throw mismatch(`the model has no output '${name}', expected one of ${outputs.join(', ')}`, name);
    if (fetched.has(name))
      throw mismatch(`the output '${name}' is named twice, expected one output a gradient and metric`, name);
    fetched.add(name);
  }
}

function mismatch(message: string, name: string): BioscanError {
  return new BioscanError('mismatch', `runtime: training step, ${message}`, { name });
}

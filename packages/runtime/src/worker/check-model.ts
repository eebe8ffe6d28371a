import { BioscanError, type TrainingStep } from '@bioscan/core';
import { valueSpecs, type OnnxSession } from './onnx-runtime.js';

/**
 * Every input of the model is a parameter, a mask or a feed, and every name of the step is in the model.
 * @throws BioscanError `mismatch`
 */
export function checkModel({ inputMetadata, outputMetadata }: OnnxSession, step: TrainingStep): void {
  const { parameters, masks, feeds, metrics } = step;
  const given = new Map([...parameters, ...masks, ...feeds].map(({ name, shape }) => [name, shape]));
  for (const { name, shape } of valueSpecs(inputMetadata)) {
    const ours = given.get(name);
    if (ours === undefined) throw mismatch(`model input '${name}' is no parameter, mask or feed of the step`, name);
    const fits =
      ours.length === shape.length && shape.every((size, axis) => typeof size === 'string' || size === ours[axis]);
    if (!fits)
      throw mismatch(
        `model input '${name}', got [${ours.join(', ')}] in the step, expected [${shape.join(', ')}]`,
        name,
      );
    given.delete(name);
  }
  for (const name of given.keys()) throw mismatch(`the model has no input '${name}'`, name);
  const slopes = parameters.flatMap(({ gradient, rows }) =>
    gradient === undefined ? [] : [gradient, ...(rows === undefined ? [] : [rows.indices])],
  );
  const outputs = outputMetadata.map(({ name }) => name);
  checkOutputs(outputs, [...metrics, ...slopes]);
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

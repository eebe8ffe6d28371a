import {
  BioscanError,
  allocate,
  elementCount,
  nearestName,
  type Tensor,
  type Tensors,
  type ValueSpec,
} from '@bioscan/core';

/**
 * Holds feeds against what a model takes: every input there and no other, the element type, the array behind it and the shape.
 * A string in a shape takes any size. Done before anything is sent, so that the message names the input.
 * @throws BioscanError `mismatch`
 */
export function checkFeeds(feeds: Tensors, inputs: readonly ValueSpec[], what: string): void {
  const names = inputs.map(({ name }) => name);
  for (const name of Object.keys(feeds)) {
    if (names.includes(name)) continue;
    const near = nearestName(name, names);
    const fix = near === undefined ? '' : `; did you mean '${near}'?`;
    throw mismatch(name, `${what} has no input '${name}', expected ${names.join(', ') || 'none'}${fix}`);
  }
  for (const spec of inputs) {
    const feed = feeds[spec.name];
    if (feed === undefined) throw mismatch(spec.name, `${what} needs the input '${spec.name}', got ${given(feeds)}`);
    checkTensor(feed, spec, `${what}, input '${spec.name}'`);
  }
}

/** One tensor against its specification. */
export function checkTensor({ dtype, shape, data }: Tensor, spec: ValueSpec, what: string): void {
  if (dtype !== spec.dtype) throw mismatch(spec.name, `${what}, got ${dtype}, expected ${spec.dtype}`);
  const array = allocate(dtype, 0).constructor;
  if (data.constructor !== array) {
    throw mismatch(spec.name, `${what}, got a ${data.constructor.name}, expected a ${array.name} for ${dtype}`);
  }
  const fits =
    shape.length === spec.shape.length &&
    shape.every((size, axis) => typeof spec.shape[axis] === 'string' || spec.shape[axis] === size);
  if (!fits) throw mismatch(spec.name, `${what}, got shape [${shape.join(', ')}], expected [${spec.shape.join(', ')}]`);
  if (elementCount(shape) !== data.length) {
    throw mismatch(spec.name, `${what}, got ${data.length} elements for shape [${shape.join(', ')}]`);
  }
}

function mismatch(name: string, message: string): BioscanError {
  return new BioscanError('mismatch', `runtime: ${message}`, { name });
}

function given(feeds: Tensors): string {
  return Object.keys(feeds).join(', ') || 'none';
}

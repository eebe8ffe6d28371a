import { isBioscanError, rng, tensor, type Runtime, type Tensor } from '@bioscan/core';
import { decodeProbe, encodeProbe, fittedProbe, type Probe } from '../../packages/eval/src/index.js';
import assert from 'node:assert/strict';

/** Three separate clouds of unequal size in four dimensions, and points whose class is plain. */
function clouds(): { x: Tensor<'float32'>; y: string[]; queries: Tensor<'float32'>; truth: string[] } {
  const stream = rng(91).split('clouds');
  const centres: Record<string, number[]> = {
    'Beta b': [6, 0, 0, 1],
    'Alpha a': [0, 6, 0, 1],
    'Gamma é': [0, 0, 6, 1],
  };
  const draw = (counts: readonly number[]): { x: Tensor<'float32'>; y: string[] } => {
    const y = Object.keys(centres).flatMap((label, i) => Array.from({ length: counts[i] ?? 0 }, () => label));
    const values = y.flatMap((label) => (centres[label] ?? []).map((value) => value + stream.normal()));
    return { x: tensor('float32', [y.length, 4], Float32Array.from(values)), y };
  };
  const { x: queries, y: truth } = draw([20, 20, 20]);
  return { ...draw([40, 20, 10]), queries, truth };
}

/**
 * Conformance of a probe: it learns what is plain, predicts consistently in all three ways, keeps its input, repeats itself, and its state
 * is a value that survives serialisation. Throws AssertionError; returns how many things were checked.
 */
export async function checkProbe(probe: Probe, runtime: Runtime): Promise<{ checks: number }> {
  let checks = 0;
  const check = (holds: boolean, what: string): void => {
    checks++;
    assert.ok(holds, `${probe.name}: ${what}`);
  };
  assert.ok(!('predict' in probe), `${probe.name}: an unfitted probe must not predict`);
  const { x, y, queries, truth } = clouds();
  const before = [x.data.slice(), queries.data.slice()];
  const fitted = await probe.fit(x, y, runtime);
  const { state } = fitted;

  check(state.classes.join() === [...new Set(y)].sort().join(), 'classes are the sorted labels');
  check(state.dimension === 4, 'dimension is that of the rows');
  check(state.weight.length === 12 && state.bias.length === 3, 'weight is (d, classes), bias (classes)');
  check(state.mean.length === 4 && state.scale.length === 4, 'mean and scale are (d)');

  const first = fitted.predict(queries);
  const probabilities = fitted.predictProbabilities(queries);
  const ranked = fitted.topK(queries, 2);
  const right = first.filter((label, i) => label === truth[i]).length;
  check(right >= 54, `at least 54 of 60 plain points are right, got ${right}`);
  check(probabilities.shape.join() === '60,3', 'probabilities are (n, classes)');
  check(
    probabilities.data.every((value) => value >= 0 && value <= 1),
    'probabilities lie in [0, 1]',
  );
  const sums = first.map(
    (_, i) =>
      (probabilities.data[3 * i] ?? 0) + (probabilities.data[3 * i + 1] ?? 0) + (probabilities.data[3 * i + 2] ?? 0),
  );
  check(
    sums.every((sum) => Math.abs(sum - 1) < 1e-5),
    'probabilities of a row sum to 1',
  );
  check(
    first.every((label, i) => isLargest(probabilities.data.subarray(3 * i, 3 * i + 3), state.classes.indexOf(label))),
    'the predicted class is the most probable',
  );
  check(
    ranked.every((list, i) => list.length === 2 && list[0] === first[i] && list[0] !== list[1]),
    'top-k starts with the prediction and has no repeats',
  );
  check(
    fitted.topK(queries, 10).every((list) => new Set(list).size === 3),
    'top-k of more than the classes is all classes',
  );

  const lastRow = tensor('float32', [1, 4], queries.data.slice(-4));
  check(fitted.predict(lastRow)[0] === first.at(-1), 'a row alone is predicted as among others');
  check(fitted.predict(tensor('float32', [0, 4], new Float32Array(0))).length === 0, 'no rows give no predictions');
  check(same(before[0], x.data) && same(before[1], queries.data), 'input is left as it was');

  check(
    same(encodeProbe((await probe.fit(x, y, runtime)).state), encodeProbe(state)),
    'a second fit gives the same state',
  );
  const copy = structuredClone(state);
  check(fittedProbe(copy).predict(queries).join() === first.join(), 'a cloned state predicts the same');
  const read = decodeProbe(encodeProbe(state));
  check(
    same(fittedProbe(read).predictProbabilities(queries).data, probabilities.data),
    'a state read back predicts the same',
  );

  check(
    failure(() => fitted.predict(tensor('float32', [1, 3], new Float32Array(3)))),
    'other dimensions are refused with a BioscanError',
  );
  const noRows = probe.fit(tensor('float32', [0, 4], new Float32Array(0)), [], runtime);
  check(await noRows.then(() => false, isBioscanError), 'no training rows are refused with a BioscanError');
  return { checks };
}

function isLargest(row: Float32Array, at: number): boolean {
  return row.every((value) => value <= (row[at] ?? 0) + 1e-6);
}

function same(a: ArrayLike<number> | undefined, b: ArrayLike<number>): boolean {
  return a?.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]));
}

function failure(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    return isBioscanError(error);
  }
}

import { BioscanError } from '@bioscan/core';
import type { AlignmentData } from '../alignment-data.js';
import type { AlignmentOptions } from '../alignment-options.js';
import { labelColumn, modalityColumn } from './columns.js';
import { classifiedLabels, positiveLabels } from './loss-feeds.js';
import { modalityPairs } from './modality-pairs.js';
import type { LossPlan } from './objective-loss.js';
import type { Modalities } from './streams.js';

/** @throws BioscanError `bad-input` for an objective that does not fit the modalities */
export function checkAlignment({ modalities, objective, width = 256, classes = {} }: AlignmentOptions): void {
  checkModalities(modalities, width);
  if (objective.length === 0) throw bad('objective, got no term, expected one or more');
  const used = objective.flatMap((term) => {
    if (term.weight !== undefined && !(term.weight > 0 && Number.isFinite(term.weight))) {
      throw new RangeError(`align: weight of a term, got ${term.weight}, expected more than 0`);
    }
    if (term.kind === 'contrast') return modalityPairs(term.pairs, modalities).flatMap(({ between }) => between);
    if (term.modality in modalities) return [term.modality];
    throw bad(`classifier of '${term.modality}', expected one of ${Object.keys(modalities).join(', ')}`);
  });
  const idle = Object.keys(modalities).find((name) => !used.includes(name));
  if (idle !== undefined)
    throw bad(`modality '${idle}', got no term that uses it; name it in the objective or leave it out`);
  for (const label of classifiedLabels(objective)) checkClasses(label, classes[label]);
}

function checkModalities(modalities: Modalities, width: number): void {
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`align: width ${width}, expected 1 or more`);
  if (Object.keys(modalities).length === 0) throw bad('got no modality, expected one or more');
  for (const [name, { views = 1, projection, tower }] of Object.entries(modalities)) {
    if (!/^[a-z][\w-]*$/i.test(name)) throw bad(`modality name '${name}', expected letters, digits, _ and -`);
    if (!Number.isInteger(views) || views < 1)
      throw new RangeError(`align: ${views} views of '${name}', expected 1 or more`);
    if (projection?.kind === 'none' && tower.dimension !== width) {
      throw bad(
        `modality '${name}' without a projection, got vectors of ${tower.dimension}, expected the common width ${width}`,
      );
    }
  }
}

function checkClasses(label: string, names: readonly string[] | undefined): void {
  if (names !== undefined && new Set(names).size === names.length && names.length >= 2) return;
  throw bad(
    `classifier of '${label}', got ${names === undefined ? 'no vocabulary' : `${new Set(names).size} classes`}, expected classes: { ${label}: [two or more] }, see classesOf()`,
  );
}

/** @throws BioscanError `bad-input` when nothing could be learnt from the data */
export function checkData(data: AlignmentData, modalities: Modalities, { objective, pairs, classes }: LossPlan): void {
  const rows = data.ids.map((_, row) => row);
  if (rows.length < 2) throw bad(`data of ${rows.length} rows, expected 2 or more`);
  for (const name of Object.keys(modalities)) {
    const column = modalityColumn(data, name);
    if (!rows.some((row) => column.has(row))) {
      throw bad(`modality '${name}', got none of ${rows.length} rows with it; leave it out of the model`);
    }
  }
  for (const { between } of [...pairs.values()].flat()) {
    const [a, b] = between.map((name) => modalityColumn(data, name)) as [
      ReturnType<typeof modalityColumn>,
      ReturnType<typeof modalityColumn>,
    ];
    if (rows.some((row) => a.has(row) && b.has(row))) continue;
    throw bad(`pair ${between.join('-')}, got no row that has both, expected some`);
  }
  for (const label of new Set([...positiveLabels(objective), ...classifiedLabels(objective)])) {
    const names = new Set(labelColumn(data, label).filter((name) => name !== undefined));
    const known = classes[label] === undefined ? names : new Set(classes[label].filter((name) => names.has(name)));
    if (known.size < 2)
      throw bad(`label '${label}', got ${known.size} classes among ${rows.length} rows, expected 2 or more`);
  }
}

function bad(message: string): BioscanError {
  return new BioscanError('bad-input', `align: ${message}`);
}

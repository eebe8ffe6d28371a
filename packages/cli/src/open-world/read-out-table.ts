import type { ReportTable } from '@bioscan/core';
import type { ScoredReadOut } from './choose-read-out.js';

/** What each way of reading an encoder out gives on the validation species: one row a system, seed and layer. */
export function readOutTable(
  systems: readonly {
    readonly name: string;
    readonly runs: readonly { readonly seed: number; readonly tried: readonly ScoredReadOut[] }[];
  }[],
): ReportTable {
  const transforms = [
    ...new Set(systems.flatMap(({ runs }) => runs.flatMap(({ tried }) => tried.map(({ transform }) => transform)))),
  ];
  const rows = systems.flatMap(({ name, runs }) =>
    runs.flatMap(({ seed, tried }) =>
      [...new Set(tried.map(({ layer }) => layer))].map((layer) => {
        const atLayer = tried.filter((one) => one.layer === layer);
        const [first] = atLayer;
        const accuracies = transforms.map((transform) => {
          const found = atLayer.find((one) => one.transform === transform);
          return found === undefined ? '' : (100 * found.valMacro).toFixed(1);
        });
        const { meanCosine = Number.NaN, participationRatio = Number.NaN } = first?.spread ?? {};
        return [name, seed, layer, ...accuracies, meanCosine.toFixed(2), participationRatio.toFixed(1)];
      }),
    ),
  );
  return {
    title: 'Read-outs on the validation species: macro genus accuracy (%)',
    columns: ['system', 'seed', 'layer', ...transforms, 'mean cosine', 'effective rank'],
    rows,
    note:
      'Layer 0 is the embedding output. The best of a row block is what the tables of the test species use. Mean cosine and effective rank ' +
      '(participation ratio) are those of the key vectors before a transform.',
  };
}

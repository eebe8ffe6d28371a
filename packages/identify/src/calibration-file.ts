import { BioscanError, type LabelRank, type MonotoneCurve, type RankCalibration } from '@bioscan/core';
import { jsonField, type Field } from './fields.js';
import { identifierFiles } from './manifest.js';

/** How nearest keys become probabilities. Fitted by `@bioscan/eval` on validation photos. */
export interface IdentifierCalibration {
  /** Keys that vote. */
  readonly voters: number;
  /** Share of photos that are thought to show a species without a key. */
  readonly novelPrior: number;
  /** Of the tree's ranks, coarse to fine. */
  readonly tree: readonly RankCalibration[];
  /** BINs stand beside the tree. Absent: no BINs are told. */
  readonly bin?: RankCalibration;
  /** From which confidence names are asserted, fitted for some levels of confidence. */
  readonly thresholds: readonly { readonly level: number; readonly at: Readonly<Partial<Record<LabelRank, number>>> }[];
  /** What validation photos looked like to the float32 encoder: a pilot holds its own photos against it. */
  readonly validation: PhotoLikeness & {
    /** And to the 8-bit encoder, whose vectors lie a little off. Absent: not measured. */
    readonly int8?: PhotoLikeness;
  };
}

/** How photos lie to the references and to the training photos. */
export interface PhotoLikeness {
  /** Similarity of each to its nearest key, shifts included. */
  readonly similarities: readonly number[];
  /** p-value of each at the gate. */
  readonly pValues: readonly number[];
}

export function encodeCalibration(calibration: IdentifierCalibration): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(calibration));
}

/** @throws BioscanError `bad-file`, naming the field; `mismatch` when ranks are not those of the manifest */
export function decodeCalibration(bytes: Uint8Array, ranks: readonly LabelRank[]): IdentifierCalibration {
  const root = jsonField(identifierFiles.calibration, bytes);
  const tree = root.at('tree').items().map(rankOf);
  const found = tree.map(({ rank }) => rank);
  if (found.join() !== ranks.join()) {
    throw new BioscanError(
      'mismatch',
      `identify: ${identifierFiles.calibration}, got ranks ${found.join(', ')}, expected ${ranks.join(', ')} as ${identifierFiles.manifest} says; export the identifier again`,
    );
  }
  const bin = root.optional('bin');
  const validation = root.at('validation');
  const int8 = validation.optional('int8');
  return {
    voters: root.at('voters').number({ least: 1, most: 10_000, whole: true }),
    novelPrior: root.at('novelPrior').number(share),
    tree,
    ...(bin === undefined ? {} : { bin: rankOf(bin) }),
    thresholds: root
      .at('thresholds')
      .items()
      .map((one) => ({
        level: one.at('level').number(share),
        at: Object.fromEntries(
          one
            .at('at')
            .entries()
            .map(([rank, value]) => [rank, value.number(share)]),
        ),
      })),
    validation: { ...likenessOf(validation), ...(int8 === undefined ? {} : { int8: likenessOf(int8) }) },
  };
}

const share = { least: 0, most: 1 };

function likenessOf(field: Field): PhotoLikeness {
  return {
    similarities: field
      .at('similarities')
      .items()
      .map((value) => value.number()),
    pValues: field
      .at('pValues')
      .items()
      .map((value) => value.number(share)),
  };
}

function rankOf(field: Field): RankCalibration {
  const curve = field.optional('curve');
  return {
    rank: field.at('rank').oneOf(['phylum', 'class', 'order', 'family', 'subfamily', 'genus', 'species', 'bin']),
    temperature: field.at('temperature').number({ least: 1e-6, most: 1e6 }),
    known: {
      intercept: field.at('known').at('intercept').number(),
      slope: field.at('known').at('slope').number({ least: 0 }),
    },
    ...(curve === undefined ? {} : { curve: curveOf(curve) }),
  };
}

function curveOf(field: Field): MonotoneCurve {
  const from = field
    .at('from')
    .items()
    .map((value) => value.number());
  const to = field
    .at('to')
    .items()
    .map((value) => value.number({ least: 0, most: 1 }));
  const rises = (values: readonly number[], strictly: boolean): boolean =>
    values.slice(1).every((value, i) => (strictly ? value > (values[i] as number) : value >= (values[i] as number)));
  if (from.length === 0 || from.length !== to.length || !rises(from, true) || !rises(to, false))
    field.fail('a rising curve');
  return { from, to };
}

import { collect, embed, embeddingsOf, type EmbeddingBlock, type Encoder, type EncoderProvenance } from '@bioscan/core';
import type { Identified, LabelRank, Neighbours, Runtime } from '@bioscan/core';
import { applyTransform, centre, knnPredictions, whiten } from '@bioscan/eval';
import type { LabelTable, Predictions, RowKind, TransformState } from '@bioscan/eval';
import { exactNeighbours } from '@bioscan/runtime';

/** Something that finds the nearest keys of barcodes. Its keys were given when it was made. */
export interface System {
  readonly name: string;
  readonly kind: RowKind;
  readonly source?: EncoderProvenance;
  /** False where vectors are looked up by id, so that changed barcodes change nothing. */
  readonly readsBarcodes: boolean;
  nearest(queries: readonly Identified<string>[]): Promise<Neighbours>;
  /** Names at some ranks; absent: those of the nearest key. */
  predict?(queries: readonly Identified<string>[], ranks: readonly LabelRank[]): Promise<readonly Predictions[]>;
  /** Frozen vectors for a linear probe; absent where there are none. */
  vectors?(items: readonly Identified<string>[]): Promise<EmbeddingBlock>;
  /** Of systems that opened their encoder themselves: frees it. Closing the runtime frees it, too. */
  close?(): Promise<void>;
}

/** A system with its runs: one a seed. Without runs: it could not be asked, and its row is empty. */
export interface SystemRuns {
  readonly name: string;
  readonly kind: RowKind;
  readonly runs: readonly { readonly seed?: number; readonly system: System }[];
}

/** The names that a system gives to queries at some ranks: its own, or those of the nearest key. */
export async function predictionsOf(
  system: System,
  queries: readonly Identified<string>[],
  ranks: readonly LabelRank[],
  labels: LabelTable,
): Promise<readonly Predictions[]> {
  if (system.predict !== undefined) return system.predict(queries, ranks);
  const neighbours = await system.nearest(queries);
  return ranks.map((rank) => knnPredictions(neighbours, labels, rank));
}

/** What is done to vectors before cosines are taken; fitted on the keys. */
export type TransformName = 'none' | 'centre' | 'whiten';

export interface EncoderSystemOptions {
  readonly name: string;
  readonly kind: RowKind;
  readonly transform?: TransformName;
  /** Neighbours a query. Default 20: the nearest decides, the others serve ranks at which the nearest has no name. */
  readonly k?: number;
}

/** An encoder with its keys embedded: exact cosine neighbours after an optional transform. */
export async function encoderSystem(
  encoder: Encoder<string>,
  keys: readonly Identified<string>[],
  runtime: Runtime,
  { name, kind, transform = 'none', k = 20 }: EncoderSystemOptions,
): Promise<System> {
  const embedded = await collect(embed(encoder, keys));
  const state = fitTransform(transform, embedded);
  const keyVectors = transformed(embedded, state);
  const { provenance } = encoder;
  const source = { ...provenance, settings: { ...provenance.settings, transform } };
  return {
    name,
    kind,
    source,
    readsBarcodes: true,
    nearest: async (queries) => {
      const block = transformed(await collect(embed(encoder, queries)), state);
      return exactNeighbours(runtime, embeddingsOf(block, source), embeddingsOf(keyVectors, source), {
        k,
        metric: 'cosine',
      });
    },
    vectors: (items) => collect(embed(encoder, items)),
  };
}

function fitTransform(name: TransformName, keys: EmbeddingBlock): TransformState | undefined {
  switch (name) {
    case 'none':
      return undefined;
    case 'centre':
      return centre().fit(keys.vectors);
    case 'whiten':
      return whiten().fit(keys.vectors);
    default:
      return name satisfies never;
  }
}

function transformed(block: EmbeddingBlock, state: TransformState | undefined): EmbeddingBlock {
  return state === undefined ? block : { ids: block.ids, vectors: applyTransform(state, block.vectors) };
}

import { embed, collect, rng, tensor, type Picture, type Runtime, type UnlikeGate } from '@bioscan/core';
import { fitUnlikeGate, fitVotes, labelTable, voteExamples } from '@bioscan/eval';
import { dynamicInt8, exportEncoder, fuse, initialStateOf } from '@bioscan/graph';
import type { IdentifierParts, ReferenceSpecimen } from '@bioscan/identify';
import { convolutionalEncoder, imageEncoder, presets, sized } from '@bioscan/vision';

/** Three orders of two species each, drawn: order is the shape, species the colour. */
const species = [
  { order: 'Diptera', genus: 'Aedes', species: 'Aedes rubra', colour: [170, 60, 40] },
  { order: 'Diptera', genus: 'Aedes', species: 'Aedes viridis', colour: [40, 140, 60] },
  { order: 'Coleoptera', genus: 'Carabus', species: 'Carabus niger', colour: [30, 30, 30] },
  { order: 'Coleoptera', genus: 'Carabus', species: 'Carabus azureus', colour: [40, 60, 170] },
  { order: 'Lepidoptera', genus: 'Pieris', species: 'Pieris flava', colour: [220, 190, 40] },
  { order: 'Lepidoptera', genus: 'Pieris', species: 'Pieris rosea', colour: [230, 120, 160] },
] as const;

export interface Drawn extends ReferenceSpecimen {
  readonly picture: Picture;
}

/** One photo of a species of 40 x 30 pixels. Equal seeds give equal photos. */
export function drawn(processId: string, which: number, seed: number): Drawn {
  const kind = species[which % species.length] as (typeof species)[number];
  const random = rng(seed).split(processId);
  const [x, y] = [16 + 8 * random.uniform(), 12 + 6 * random.uniform()];
  const [long, short] = kind.order === 'Diptera' ? [11, 4] : kind.order === 'Coleoptera' ? [8, 7] : [13, 9];
  const data = new Uint8Array(3 * 40 * 30);
  for (let i = 0; i < 1200; i++) {
    const inside = ((i % 40) - x) ** 2 / long ** 2 + (Math.floor(i / 40) - y) ** 2 / short ** 2 < 1;
    for (let channel = 0; channel < 3; channel++) {
      const level = inside ? (kind.colour[channel] ?? 0) : 205;
      data[3 * i + channel] = Math.max(0, Math.min(255, level + 8 * random.normal()));
    }
  }
  const { order, genus } = kind;
  return {
    processId,
    lineage: { order, genus, species: kind.species },
    bin: `BOLD:D${which % species.length}`,
    picture: { width: 40, height: 30, data },
  };
}

export function drawnSet(prefix: string, count: number, seed: number): Drawn[] {
  return Array.from({ length: count }, (_, i) => drawn(`${prefix}${i}`, i, seed));
}

const side = 24;
const preprocessing = sized(presets.bioscan5m, side);
export const dimension = 16;

/** An untrained network: chance directions of colour and shape are enough for drawn photos. */
function models(): { float32: Uint8Array; int8: Uint8Array } {
  const tower = convolutionalEncoder({ size: side, widths: [16, 32], dimension });
  const state = initialStateOf(tower.parameters, rng(4));
  return {
    float32: exportEncoder(tower, state, { passes: [fuse()] }),
    int8: exportEncoder(tower, state, { passes: [fuse(), dynamicInt8()] }),
  };
}

/** The parts of an identifier of drawn photos. */
export async function drawnParts(runtime: Runtime, references = drawnSet('R', 120, 1)): Promise<IdentifierParts> {
  const { float32, int8 } = models();
  const encoder = await imageEncoder(runtime, float32, { id: 'drawn-24', preprocessing });
  const vectorsOf = async (photos: readonly Drawn[]): Promise<Float32Array> =>
    (
      await collect(
        embed(
          encoder,
          photos.map(({ processId: id, picture: input }) => ({ id, input })),
        ),
      )
    ).vectors.data;
  const keys = await vectorsOf(references);
  const validation = drawnSet('V', 180, 2);
  const queries = await vectorsOf(validation);
  await encoder.close();
  const ranks = ['order', 'genus', 'species'] as const;
  const neighbours = exact(validation, queries, references, keys);
  const labels = labelTable([...references, ...validation]);
  const examples = voteExamples(neighbours, labels, { ranks, voters: 10, hideOwn: true });
  const bins = voteExamples(neighbours, labels, { ranks: ['bin'], voters: 10, hideOwn: true });
  const gate: UnlikeGate = fitUnlikeGate(tensor('float32', [references.length, dimension], keys), { rng: rng(3) });
  return {
    name: 'Drawn insects',
    encoder: { id: 'drawn-24', dimension, preprocessing, float32, int8 },
    ranks,
    references: references.map(({ processId, lineage, bin = '' }) => ({ processId, lineage, bin })),
    keys: [
      {
        modality: 'image',
        rows: Int32Array.from(references, (_, i) => i),
        vectors: tensor('float32', [references.length, dimension], keys),
      },
    ],
    calibration: {
      voters: 10,
      novelPrior: 0.1,
      tree: fitVotes(examples, { ranks }),
      ...(references.some(({ bin }) => bin !== undefined) ? { bin: fitVotes(bins, { ranks: ['bin'] })[0] } : {}),
      thresholds: [],
      validation: { similarities: [0.9, 0.8], pValues: [0.4, 0.6] },
    },
    gate,
    evidence: { fitted: { photos: 180, species: 6 }, checked: { photos: 0, species: 0 } },
    facts: {
      dataHash: 'a'.repeat(64),
      licence: 'CC0-1.0',
      limits: ['Drawn ellipses only.'],
      figures: [{ name: 'species top-1', value: 0.5, count: 180 }],
      banner: 'SIMULATED: property of generator v0',
      provenance: { encoder: 'untrained' },
    },
  };
}

function exact(
  validation: readonly Drawn[],
  queries: Float32Array,
  references: readonly Drawn[],
  keys: Float32Array,
): Parameters<typeof voteExamples>[0] {
  const cosine = (q: number, key: number): number => {
    let [dot, a, b] = [0, 0, 0];
    for (let i = 0; i < dimension; i++) {
      const [x, y] = [queries[q * dimension + i] ?? 0, keys[key * dimension + i] ?? 0];
      dot += x * y;
      a += x * x;
      b += y * y;
    }
    return dot / Math.sqrt(a * b);
  };
  const k = references.length;
  const index: number[] = [];
  const score: number[] = [];
  for (let q = 0; q < validation.length; q++) {
    const row = references.map((_, key) => ({ key, score: cosine(q, key) })).sort((a, b) => b.score - a.score);
    for (const one of row) {
      index.push(one.key);
      score.push(one.score);
    }
  }
  return {
    queryIds: validation.map(({ processId }) => processId),
    keyIds: references.map(({ processId }) => processId),
    k,
    index: Int32Array.from(index),
    score: Float32Array.from(score),
    higherIsNearer: true,
  };
}

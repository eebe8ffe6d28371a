import { rng, tensor, type Rng } from '@bioscan/core';
import { contrast, inMemory, type AlignmentData, type Modality } from '@bioscan/align';
import { dropout, linear, relu, tower, type Tower } from '@bioscan/graph';

/** A tower of plain vectors of 6 numbers, with dropout: as small as towers get. */
export function vectorTower(dimension = 8, rate = 0.1): Tower<Float32Array> {
  return tower<Float32Array>({
    dimension,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 6] }],
    collate: (batch, random) => ({ x: tensor('float32', [batch.length, 6], joined(batch, random)) }),
    build: (_, { x }) => linear(dropout(relu(linear(x!, 'hidden', 16)), rate), 'out', dimension),
  });
}

export function twoModalities(): Record<'image' | 'dna', Modality<Float32Array>> {
  return { image: { tower: vectorTower() }, dna: { tower: vectorTower() } };
}

export const plainContrast = [contrast()];

/** Specimens of some species, seen twice: two fixed maps of what the species is, each with noise of its own. */
export function twoViews(species: number, perSpecies: number, stream: string): AlignmentData {
  const maps = rng(3).split('maps');
  const [first, second] = [maps.split('image'), maps.split('dna')];
  const looks = Array.from({ length: species }, (_, s) => [normals(first.split(s)), normals(second.split(s))] as const);
  const random = rng(4).split(stream);
  const rows = Array.from({ length: species * perSpecies }, (_, i) => i % species);
  const noisy = (look: Float32Array): Float32Array => look.map((value) => value + 0.35 * random.normal());
  return {
    ids: rows.map((_, i) => `${stream}-${i}`),
    modalities: {
      image: inMemory(rows.map((s) => noisy(looks[s]![0]))),
      dna: inMemory(rows.map((s) => noisy(looks[s]![1]))),
    },
    labels: { species: rows.map((s) => `species ${s}`), genus: rows.map((s) => `genus ${s % 3}`) },
    hash: `${stream}-${species}-${perSpecies}`,
  };
}

function normals(random: Rng): Float32Array {
  return Float32Array.from({ length: 6 }, () => random.normal());
}

function joined(batch: readonly Float32Array[], random?: Rng): Float32Array {
  return Float32Array.from(
    batch.flatMap((values) => [...values].map((value) => value + (random?.normal() ?? 0) * 0.05)),
  );
}

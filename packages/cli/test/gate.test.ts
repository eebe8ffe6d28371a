import { afterAll, describe, expect, it } from 'vitest';
import { collect, embed, likenessPValues, rng, type Encoder, type Picture, type Tensor } from '@bioscan/core';
import { fitUnlikeGate } from '@bioscan/eval';
import { exportEncoder, fuse, initialStateOf } from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import { photograph, photographer, simulate, standardSetup, worlds, type ImagingSetup } from '@bioscan/sim';
import { colourHistogram, convolutionalEncoder, imageEncoder, presets, sized } from '@bioscan/vision';

const settings = { seed: 5, specimens: 360, species: 24 };
const size = { width: 96, height: 72 };

/** The first photos of a collection, taken in a set-up. */
function photos(setup: ImagingSetup, from: number, to: number): Picture[] {
  const world = { ...worlds.complete, image: { ...worlds.complete.image, setup } };
  const simulation = simulate({ ...settings, world });
  const take = photographer(simulation, rng(7));
  const order = rng(8).shuffle([...simulation.specimens]);
  return order.slice(from, to).map(({ processId }) => {
    const { morphology, individual, scene } = take.job(processId, []);
    return photograph(morphology, individual, scene, size).picture;
  });
}

const tower = convolutionalEncoder({ size: 48, widths: [16, 32], dimension: 32 });
const model = exportEncoder(tower, initialStateOf(tower.parameters, rng(4)), { passes: [fuse()] });
const runtime = openRuntime({ threads: 1 });
const untrained = await imageEncoder(runtime, model, { id: 'untrained', preprocessing: sized(presets.bioscan5m, 48) });

afterAll(() => runtime.close());

describe('the gate on simulated photos', () => {
  const usual = photos(standardSetup, 0, 360);

  it.each<{ readonly name: string; readonly encoder: Encoder<Picture> }>([
    { name: 'colours', encoder: colourHistogram() },
    { name: 'an untrained network', encoder: untrained },
  ])(
    '$name: lets photos of the same set-up pass at about the stated rate, and stops other set-ups and noise; a network also empty dishes',
    async ({ name, encoder }) => {
      const vectors = async (pictures: readonly Picture[]): Promise<Tensor<'float32'>> => {
        const inputs = pictures.map((input, i) => ({ id: String(i), input }));
        return (await collect(embed(encoder, inputs))).vectors;
      };
      const called = async (pictures: readonly Picture[]): Promise<number> =>
        likenessPValues(gate, await vectors(pictures)).filter((p) => p < gate.falseAlarmRate).length / pictures.length;
      const gate = fitUnlikeGate(await vectors(usual.slice(0, 240)), { rng: rng(1) });
      expect(await called(usual.slice(240))).toBeLessThan(0.12);
      expect(await called(photos({ ...standardSetup, light: 1.35, background: 3 }, 240, 280))).toBeGreaterThan(0.8);
      expect(await called(photos({ ...standardSetup, light: 0.6 }, 240, 280))).toBeGreaterThan(0.8);
      const random = rng(9);
      const plain = (level: () => number): Picture => ({
        ...size,
        data: Uint8Array.from({ length: 3 * 96 * 72 }, level),
      });
      expect(await called(Array.from({ length: 20 }, () => plain(() => random.integer(256))))).toBe(1);
      // Colours alone do not tell an empty dish from one with a small insect.
      if (name === 'colours') return;
      expect(await called([plain(() => 205), plain(() => 235), plain(() => 200 + random.integer(12))])).toBe(1);
    },
    60_000,
  );
});

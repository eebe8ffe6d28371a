import fc from 'fast-check';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { isBioscanError, rng, type Rank } from '@bioscan/core';
import {
  contactSheet,
  photograph,
  planIndividual,
  planMorphology,
  planScene,
  planSession,
  standardSetup,
  traitNames,
  type ImagingSetup,
  type Morphology,
  type Photograph,
  type Scene,
  type SpeciesPath,
} from '@bioscan/sim';

const orders = ['Diptera', 'Hymenoptera', 'Coleoptera', 'Hemiptera', 'Lepidoptera', 'Psocodea', 'Thysanoptera'].concat([
  'Neuroptera',
  'Trichoptera',
  'Blattodea',
  'Orthoptera',
  'Entomobryomorpha',
  'Araneae',
  'Trombidiformes',
  'Inventoptera',
]);

/** Orders x 3 families x 2 genera x 3 species, branches of unequal length. */
function tree(names: readonly string[]): (SpeciesPath & { readonly at: Readonly<Record<string, string>> })[] {
  const product = names.flatMap((order) =>
    [0, 1, 2].flatMap((f) => [0, 1].flatMap((g) => [0, 1, 2].map((s) => ({ order, f, g, s })))),
  );
  return product.map(({ order, f, g, s }) => {
    const at = {
      order,
      family: `${order} ${f}`,
      subfamily: `${order} ${f}`,
      genus: `${order} ${f} ${g}`,
      species: `${order} ${f} ${g} ${s}`,
    };
    const parts = { order: 0, family: f, subfamily: f, genus: f + g, species: f + g + s };
    const nodes = Object.entries(at).map(([rank, name]) => ({
      rank: rank as Rank,
      name,
      length: 0.02 * (1 + (parts[rank as keyof typeof parts] % 3)),
    }));
    return { nodes, at };
  });
}

/** Distance of two looks: mean difference of traits by their spread over all looks. */
function traitDistance(looks: readonly Morphology[]): (a: Morphology, b: Morphology) => number {
  const spread = traitNames.map((name) => {
    const values = looks.map(({ traits }) => traits[name]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  });
  return (a, b) =>
    traitNames.reduce((sum, name, i) => sum + Math.abs(a.traits[name] - b.traits[name]) / (spread[i] ?? 1), 0) /
    traitNames.length;
}

describe('planMorphology', () => {
  const species = tree(orders);
  const looks = planMorphology(species, {}, rng(1));

  /** Mean trait distance of pairs that share `near` and not `far`. */
  function meanDistance(planned: readonly Morphology[], near: string | undefined, far: string): number {
    const distance = traitDistance(planned);
    const found: number[] = [];
    species.forEach((a, i) => {
      species.slice(0, i).forEach((b, j) => {
        if ((near !== undefined && a.at[near] !== b.at[near]) || a.at[far] === b.at[far]) return;
        found.push(distance(planned[i] as Morphology, planned[j] as Morphology));
      });
    });
    expect(found.length).toBeGreaterThan(100);
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  }

  it('makes relatives alike: congeners nearest, then genera of a family, families of an order, orders', () => {
    const congeners = meanDistance(looks, 'genus', 'species');
    const genera = meanDistance(looks, 'family', 'genus');
    const families = meanDistance(looks, 'order', 'family');
    const all = meanDistance(looks, undefined, 'order');
    expect(congeners).toBeGreaterThan(0);
    expect(genera).toBeGreaterThan(3 * congeners);
    expect(families).toBeGreaterThan(1.3 * genera);
    expect(all).toBeGreaterThan(1.2 * families);
  });

  it('turns species signal up from nothing', () => {
    const at = (speciesSignal: number): number =>
      meanDistance(planMorphology(species, { speciesSignal }, rng(1)), 'genus', 'species');
    const [none, some, much] = [at(0), at(0.3), at(1)];
    expect(none).toBe(0);
    expect(some).toBeGreaterThan(0.01);
    expect(much).toBeGreaterThan(2 * some);
  });

  it('does not depend on which other species there are, once branches are as long', () => {
    const fewer = species.filter(({ at }) => at['order'] === 'Diptera' || at['order'] === 'Araneae');
    const alone = planMorphology(fewer, {}, rng(1));
    const wanted = looks.filter((_, i) => fewer.includes(species[i] as (typeof species)[number]));
    alone.forEach((look, i) => {
      expect(look.plan).toBe(wanted[i]?.plan);
      for (const name of traitNames) expect(look.traits[name]).toBeCloseTo(wanted[i]?.traits[name] ?? -1, 9);
    });
  });

  it('lets absent organs stay absent and keeps every trait a sane number, for any seed', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (const { plan, traits } of planMorphology(species, { speciesSignal: 1 }, rng(seed))) {
          expect(traitNames.every((name) => traits[name] >= 0 && traits[name] < 30)).toBe(true);
          if (plan === 'spider' || plan === 'mite') expect([traits.antenna, traits.wingLength]).toEqual([0, 0]);
          expect([traits.darkness, traits.bands, traits.wingOpacity].every((value) => value <= 1)).toBe(true);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('gives orders their own plans, and unknown ones some plan', () => {
    const planOf = (order: string): (string | undefined)[] => [
      ...new Set(looks.filter((_, i) => species[i]?.at['order'] === order).map(({ plan }) => plan)),
    ];
    expect(planOf('Diptera')).toEqual(['fly']);
    expect(planOf('Araneae')).toEqual(['spider']);
    expect(planOf('Coleoptera')).toEqual(['beetle']);
    expect(planOf('Inventoptera')).toHaveLength(1);
  });

  it('offers adverse worlds: looks of another species of the order, mimics', () => {
    const moved = planMorphology(species, { tree: 'decoupled' }, rng(1));
    const lengths = (planned: readonly Morphology[]): Set<number> =>
      new Set(planned.map((look) => look.traits.bodyLength));
    expect(lengths(moved)).toEqual(lengths(looks));
    expect(moved.map(({ plan }) => plan)).toEqual(looks.map(({ plan }) => plan));
    expect(meanDistance(moved, 'genus', 'species')).toBeGreaterThan(0.7 * meanDistance(moved, 'order', 'family'));
    const mimics = planMorphology(species, { mimicry: 0.5 }, rng(1));
    const changed = mimics.filter((look, i) => look.traits.darkness !== looks[i]?.traits.darkness);
    expect(changed.length / looks.length).toBeGreaterThan(0.3);
    expect(changed.length / looks.length).toBeLessThan(0.7);
    mimics.forEach((look, i) => {
      expect(look.traits.thoraxWidth).toBe(looks[i]?.traits.thoraxWidth);
    });
  });

  it('refuses shares out of range by name', () => {
    expect(() => planMorphology(species, { speciesSignal: 2 }, rng(1))).toThrow(
      'sim: speciesSignal, got 2, expected 0 to 1',
    );
    try {
      planMorphology(species, { mimicry: Number.NaN }, rng(1));
      expect.unreachable();
    } catch (error) {
      expect(isBioscanError(error) && error.code).toBe('bad-input');
    }
  });
});

const size = { width: 160, height: 120 } as const;
const looks = planMorphology(tree(orders), {}, rng(3)).filter((_, i) => i % 6 === 0);

/** A photo by number: species, specimen and well follow from it. */
function shot(index: number, setup: ImagingSetup = standardSetup, change: Partial<Scene> = {}): Photograph {
  const random = rng(11).split(index);
  const look = looks[index % looks.length] as Morphology;
  const session = planSession(random.split('session'), setup);
  const scene = { ...planScene(session, random.split('scene'), setup), ...change };
  return photograph(look, planIndividual(look, random.split('individual')), scene, size);
}

/** The same well with and without its specimen, the image sharp, without noise and shadow. */
function pair(index: number): { readonly full: Photograph; readonly empty: Photograph } {
  const still = { ...standardSetup, blur: 0 };
  const quiet = { shadow: 0, noise: 0 };
  const session = { ...planSession(rng(5), still), softness: 0 };
  return {
    full: shot(index, still, { ...quiet, session }),
    empty: shot(index, still, { ...quiet, session, centre: [9, 9], whole: false }),
  };
}

describe('photograph', () => {
  it('gives the same bytes for the same arguments, also after a trip through JSON, and others for another seed', () => {
    const random = rng(2);
    const look = looks[0] as Morphology;
    const individual = planIndividual(look, random);
    const scene = planScene(planSession(random), random);
    const first = photograph(look, individual, scene, size);
    const sent = JSON.parse(JSON.stringify([look, individual, scene])) as [Morphology, typeof individual, Scene];
    expect(photograph(...sent, size)).toEqual(first);
    expect(photograph(look, { ...individual, seed: individual.seed + 1 }, scene, size)).not.toEqual(first);
  });

  it('tells the truth: what differs from the empty well is the mask, the box is its tight box', () => {
    let compared = 0;
    for (let index = 0; index < looks.length; index += 2) {
      const { full, empty } = pair(index);
      expect(empty.maskPixels).toBe(0);
      const changed = Array.from({ length: size.width * size.height }, (_, i) =>
        [0, 1, 2].some((c) => Math.abs((full.picture.data[3 * i + c] ?? 0) - (empty.picture.data[3 * i + c] ?? 0)) > 2),
      );
      const masked = Array.from(full.mask, (value) => value === 1);
      const nearMask = (i: number): boolean =>
        [-1, 0, 1].some((dy) => [-1, 0, 1].some((dx) => masked[i + dy * size.width + dx]));
      const outside = changed.filter((value, i) => value && !nearMask(i)).length;
      const unseen = masked.filter((value, i) => value && !changed[i]).length;
      // Hairs thinner than a third of a pixel change pixels without belonging to the mask.
      const hairy = (looks[index]?.traits.fringe ?? 0) > 0.05 ? 40 : 0;
      expect(outside).toBeLessThan(0.1 * full.maskPixels + 12 + hairy);
      expect(unseen).toBeLessThan(0.12 * full.maskPixels + 3);
      expect(full.maskPixels).toBe(masked.filter(Boolean).length);
      const xs = masked.flatMap((value, i) => (value ? [i % size.width] : []));
      const ys = masked.flatMap((value, i) => (value ? [Math.floor(i / size.width)] : []));
      const box = { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs) + 1, y1: Math.max(...ys) + 1 };
      expect(full.box).toEqual(box);
      compared++;
    }
    expect(compared).toBe(23);
  });

  it('stays inside the picture and shows something, for any seed, plan and set-up', () => {
    const setup = fc.record({
      light: fc.double({ min: 0, max: 2, noNaN: true }),
      blur: fc.double({ min: 0, max: 3, noNaN: true }),
      background: fc.double({ min: 0, max: 3, noNaN: true }),
      scale: fc.double({ min: 0.2, max: 4, noNaN: true }),
      clutter: fc.double({ min: 0, max: 4, noNaN: true }),
      session: fc.double({ min: 0, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.nat(), setup, (index, imaging) => {
        const { picture, box, maskPixels } = shot(index, imaging);
        expect(picture.data).toHaveLength(3 * size.width * size.height);
        expect(box.x0 >= 0 && box.y0 >= 0 && box.x1 <= size.width && box.y1 <= size.height).toBe(true);
        expect(maskPixels).toBeGreaterThan(0);
        expect(maskPixels).toBeLessThanOrEqual((box.x1 - box.x0) * (box.y1 - box.y0));
      }),
      { numRuns: 40 },
    );
  });

  it('fills the frame as real photos do: a fifth or less on average, few tiny, some large', () => {
    const shares = Array.from({ length: 90 }, (_, i) => {
      const { box } = shot(i);
      return ((box.x1 - box.x0) * (box.y1 - box.y0)) / (size.width * size.height);
    }).sort((a, b) => a - b);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.08);
    expect(mean).toBeLessThan(0.32);
    expect(shares[4]).toBeLessThan(0.05);
    expect(shares[85]).toBeGreaterThan(0.35);
  });

  it('refuses a thumbnail', () => {
    const look = looks[0] as Morphology;
    const scene = planScene(planSession(rng(1)), rng(1));
    expect(() => photograph(look, planIndividual(look, rng(1)), scene, { width: 8, height: 6 })).toThrow(RangeError);
  });
});

describe('imaging set-up', () => {
  const indices = Array.from({ length: 6 }, (_, i) => i * 7);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const over = (setup: Partial<ImagingSetup>, measure: (photo: Photograph) => number): number =>
    mean(indices.map((index) => measure(shot(index, { ...standardSetup, ...setup }))));
  const brightness = ({ picture }: Photograph): number =>
    picture.data.reduce((sum, value) => sum + value, 0) / picture.data.length;
  const sharpness = ({ picture: { data } }: Photograph): number =>
    mean(Array.from({ length: data.length / 3 - 1 }, (_, i) => Math.abs((data[3 * i] ?? 0) - (data[3 * i + 3] ?? 0))));
  const blueness = ({ picture: { data } }: Photograph): number =>
    mean(Array.from({ length: data.length / 3 }, (_, i) => (data[3 * i + 2] ?? 0) - (data[3 * i] ?? 0)));

  it('is brighter with light, softer with blur, bluer with background, larger with scale, dirtier with clutter', () => {
    expect(over({ light: 1.2 }, brightness)).toBeGreaterThan(over({}, brightness) + 10);
    expect(over({ light: 0.6 }, brightness)).toBeLessThan(over({}, brightness) - 30);
    expect(over({ blur: 6 }, sharpness)).toBeLessThan(0.9 * over({}, sharpness));
    expect(over({ background: 2 }, blueness)).toBeGreaterThan(over({}, blueness) + 15);
    const area = ({ box }: Photograph): number => (box.x1 - box.x0) * (box.y1 - box.y0);
    expect(over({ scale: 0.5 }, area)).toBeLessThan(0.6 * over({}, area));
    expect(over({ scale: 2 }, area)).toBeGreaterThan(1.1 * over({}, area));
    const items = (clutter: number): number =>
      mean(
        Array.from(
          { length: 200 },
          (_, i) => planScene(planSession(rng(i)), rng(i), { ...standardSetup, clutter }).specks,
        ),
      );
    expect(items(0)).toBe(0);
    expect(items(3)).toBeGreaterThan(2 * items(1));
  });

  it('is shared by the photos of a session', () => {
    const corner = (photo: Photograph): number[] => [...photo.picture.data.slice(0, 3)];
    const session = planSession(rng(8));
    const sameSession = [0, 1, 2, 3].map((index) =>
      corner(shot(index, { ...standardSetup, clutter: 0 }, { session, seed: 4, noise: 0 })),
    );
    for (const values of sameSession) expect(values).toEqual(sameSession[0]);
    expect(planSession(rng(9))).not.toEqual(session);
  });
});

describe('contactSheet', () => {
  let sheet: Uint8Array;
  beforeAll(async () => {
    const pictures = [0, 1, 2, 3, 4].map((index) => shot(index).picture);
    sheet = await contactSheet(pictures, ['a < b', 'b', 'c', 'd', 'e'], { columns: 3, cellWidth: 80 });
  });

  it('is a PNG with a row for every three pictures', async () => {
    const { format, width, height } = await sharp(sheet).metadata();
    expect([format, width, height]).toEqual(['png', 4 + 3 * 84, 4 + 2 * (60 + 4 + 16)]);
  });

  it('shows the pictures where they belong', async () => {
    const { data, info } = await sharp(sheet).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number): number => data[(y * info.width + x) * info.channels] ?? 0;
    expect(at(1, 1)).toBeLessThan(90);
    expect(at(14, 34)).toBeGreaterThan(120);
    expect(at(4 + 2 * 84 + 40, 4 + 80 + 30)).toBeLessThan(90);
  });

  it('needs a picture', async () => {
    await expect(contactSheet([])).rejects.toThrow(RangeError);
  });
});

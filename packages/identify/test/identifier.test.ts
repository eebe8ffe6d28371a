import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore, rng, type Picture, type Store } from '@bioscan/core';
import {
  identifierFiles,
  isSetAside,
  openIdentifier,
  readIdentifier,
  storedVectors,
  writeIdentifier,
  type CardFigure,
  type IdentifierParts,
  type Identification,
  type PhotoResult,
} from '@bioscan/identify';
import { openIdentifier as openFolder } from '@bioscan/identify/node';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { encodePicture } from '@bioscan/vision/node';
import { drawn, drawnParts, drawnSet, type Drawn } from './drawn.js';

const runtime = openRuntime({ threads: 1 });
const folder = mkdtempSync(join(tmpdir(), 'bioscan-identify-'));
let parts: IdentifierParts;
let store: Store;

beforeAll(async () => {
  parts = await drawnParts(runtime);
  store = memoryStore();
  await writeIdentifier(store, parts);
});

afterAll(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The store with some bytes changed. */
async function changed(name: string, change: (bytes: Uint8Array) => Uint8Array): Promise<Store> {
  const copy = memoryStore();
  for (const one of await store.list('')) {
    const bytes = await store.read(one);
    await copy.write(one, one === name ? change(bytes) : bytes);
  }
  return copy;
}

/** The manifest with one field changed, and hashes as they are. */
function withManifest(change: (manifest: Record<string, Record<string, unknown>>) => void): Promise<Store> {
  return changed(identifierFiles.manifest, (bytes) => {
    const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, Record<string, unknown>>;
    change(manifest);
    return new TextEncoder().encode(JSON.stringify(manifest));
  });
}

async function all(results: AsyncIterable<PhotoResult>): Promise<PhotoResult[]> {
  const list: PhotoResult[] = [];
  for await (const result of results) list.push(result);
  return list;
}

const top = ({ ranks }: Identification, rank: string): string | undefined =>
  ranks.find((one) => one.rank === rank)?.taxa[0]?.name;

describe('an identifier', () => {
  it('names fresh photos far better than chance, surer where it is right, and adds up along the tree', async () => {
    const identifier = await openIdentifier(store, runtime);
    const fresh = drawnSet('F', 120, 9);
    let [right, sureRight, sureWrong, asserted] = [0, 0, 0, 0];
    for (const { picture, lineage } of fresh) {
      const found = await identifier.identify(picture);
      const confidence = found.ranks[2]?.taxa[0]?.confidence ?? 0;
      if (top(found, 'species') === lineage.species) {
        right++;
        sureRight += confidence;
      } else sureWrong += confidence;
      for (const { taxa, another } of found.ranks) {
        expect(taxa.reduce((sum, one) => sum + one.confidence, another)).toBeCloseTo(1, 9);
      }
      const [order = 0, genus = 0, species = 0] = found.ranks.map(({ taxa }) => taxa[0]?.confidence ?? 0);
      expect(order).toBeGreaterThanOrEqual(genus - 1e-12);
      expect(genus).toBeGreaterThanOrEqual(species - 1e-12);
      expect(found.nearest).toHaveLength(5);
      expect(found.nearest[0]?.processId).toMatch(/^R\d+$/u);
      expect(found.ranks.at(-1)?.rank).toBe('bin');
      if (found.asserted === undefined) continue;
      asserted++;
      expect(found.asserted.confidence).toBeGreaterThanOrEqual(0.9);
      expect(found.asserted.lineage[found.asserted.rank as 'order']).toBe(found.asserted.name);
    }
    expect(right / 120).toBeGreaterThan(0.6);
    expect(asserted).toBeGreaterThan(20);
    expect(sureRight / right).toBeGreaterThan(sureWrong / Math.max(1, 120 - right));
    await identifier.close();
  });

  it('asserts less, never another name, where more confidence is asked', async () => {
    const identifier = await openIdentifier(store, runtime);
    const depth = (found: Identification): number => found.ranks.findIndex(({ rank }) => rank === found.asserted?.rank);
    let shallower = 0;
    for (const { picture } of drawnSet('G', 30, 5)) {
      const [easy, hard] = [
        await identifier.identify(picture, { confidence: 0.5 }),
        await identifier.identify(picture, { confidence: 0.97 }),
      ];
      expect(depth(hard)).toBeLessThanOrEqual(depth(easy));
      if (depth(hard) < depth(easy)) shallower++;
      if (hard.asserted !== undefined) expect(easy.asserted?.lineage).toMatchObject(hard.asserted.lineage);
    }
    expect(shallower).toBeGreaterThan(3);
    await expect(identifier.identify(drawn('x', 0, 1).picture, { confidence: 2 })).rejects.toThrow(RangeError);
    await identifier.close();
  });

  it('says of noise and of an empty dish that they are unlike its photos, and asserts nothing there', async () => {
    const identifier = await openIdentifier(store, runtime);
    const random = rng(8);
    const filled = (level: () => number): Picture => ({
      width: 40,
      height: 30,
      data: Uint8Array.from({ length: 3600 }, level),
    });
    for (const picture of [filled(() => random.integer(256)), filled(() => 205), filled(() => 10)]) {
      const { unlike, asserted } = await identifier.identify(picture);
      expect(unlike.verdict).toBe(true);
      expect(unlike.pValue).toBeLessThan(0.05);
      expect(asserted).toBeUndefined();
    }
    const alarms = (await all(identifier.identifyAll(photosOf(drawnSet('H', 200, 6))))).filter(
      (one) => !isSetAside(one) && one.identification.unlike.verdict,
    );
    expect(alarms.length / 200).toBeLessThan(0.12);
    await identifier.close();
  });

  it('sets unreadable photos aside with a reason, keeps the order, reports progress and can be stopped', async () => {
    const identifier = await openIdentifier(store, runtime);
    const photos = photosOf(drawnSet('P', 40, 7));
    const broken = { width: 3, height: 3, data: new Uint8Array(5) };
    const inputs = [...photos.slice(0, 3), { id: 'broken', input: broken }, ...photos.slice(3)];
    const seen: number[] = [];
    const results = await all(
      identifier.identifyAll(inputs, { batchSize: 6, total: 41, onProgress: ({ done }) => seen.push(done) }),
    );
    expect(results.map(({ id }) => id)).toEqual(inputs.map(({ id }) => id));
    expect(results.filter(isSetAside)).toMatchObject([{ id: 'broken', reason: 'bad-input' }]);
    expect(seen.at(-1)).toBe(41);
    const one = await identifier.identify(drawnSet('P', 40, 7)[0]?.picture as Picture);
    expect(results[0]).toMatchObject({ id: 'P0' });
    const first = results[0] as { identification: Identification };
    expect(first.identification.ranks[2]?.taxa[0]?.confidence).toBeCloseTo(one.ranks[2]?.taxa[0]?.confidence ?? 0, 4);

    const cancel = new AbortController();
    const stopped = all(
      identifier.identifyAll(inputs, {
        batchSize: 4,
        signal: cancel.signal,
        onProgress: () => {
          cancel.abort();
        },
      }),
    );
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    await identifier.close();
  });

  it('opens in 8 bits, and with 8-bit keys, with about the same answers', async () => {
    const small = memoryStore();
    await writeIdentifier(small, parts, { keys: 'int8' });
    expect((await small.read(identifierFiles.image)).length).toBe(120 * (4 + 16 + 4));
    const [whole, light] = [
      await openIdentifier(store, runtime),
      await openIdentifier(small, runtime, { precision: 'int8' }),
    ];
    let agree = 0;
    for (const { picture } of drawnSet('I', 60, 10)) {
      if (top(await whole.identify(picture), 'order') === top(await light.identify(picture), 'order')) agree++;
    }
    expect(agree).toBeGreaterThan(54);
    await whole.close();
    await light.close();
  });

  it('lets barcodes of the aligned space vote, and says which key was near', async () => {
    const both = memoryStore();
    const [image] = parts.keys;
    await writeIdentifier(both, {
      ...parts,
      keys: [
        ...parts.keys,
        {
          modality: 'dna',
          rows: Int32Array.from(image?.rows ?? []),
          vectors: (image as (typeof parts.keys)[0]).vectors,
          shift: 0.01,
        },
      ],
    });
    const identifier = await openIdentifier(both, runtime);
    const { nearest } = await identifier.identify(drawn('K', 3, 12).picture, { neighbours: 6 });
    // The same vectors under a shift: every barcode just before its photo.
    expect(nearest.map(({ modality }) => modality).slice(0, 2)).toEqual(['dna', 'dna']);
    expect(nearest[0]?.similarity).toBeLessThanOrEqual(1);
    expect(identifier.manifest.keys.map(({ modality }) => modality)).toEqual(['image', 'dna']);
    await identifier.close();
  });
});

function photosOf(photos: readonly Drawn[]): { id: string; input: Picture }[] {
  return photos.map(({ processId: id, picture: input }) => ({ id, input }));
}

describe('the folder', () => {
  it('round-trips through files, reads photo files, and carries a card with banner, hash and limits', async () => {
    await writeIdentifier(nodeStore(join(folder, 'identifier')), parts);
    const identifier = await openFolder(join(folder, 'identifier'), runtime);
    const { picture, lineage } = drawn('Z', 4, 3);
    const photo = join(folder, 'photo.png');
    writeFileSync(photo, await encodePicture(picture, { format: 'png' }));
    writeFileSync(join(folder, 'empty.jpg'), '');
    expect(top(await identifier.identify(photo), 'order')).toBe(lineage.order);
    const results = await all(
      identifier.identifyAll([photo, join(folder, 'empty.jpg'), join(folder, 'none.png'), photo]),
    );
    expect(results.map((one) => (isSetAside(one) ? one.reason : 'ok'))).toEqual(['ok', 'truncated', 'not-found', 'ok']);
    await expect(identifier.identify(join(folder, 'none.png'))).rejects.toMatchObject({ code: 'not-found' });
    const card = readFileSync(join(folder, 'identifier', identifierFiles.card), 'utf8');
    for (const words of [
      'SIMULATED: property of generator v0',
      'a'.repeat(64),
      'Drawn ellipses only.',
      'species top-1: 0.500',
    ]) {
      expect(card).toContain(words);
    }
    await identifier.close();
  });

  it('is written whole or not at all, and not over another one unless told', async () => {
    await expect(writeIdentifier(store, parts)).rejects.toMatchObject({ code: 'bad-input' });
    const dying = memoryStore();
    await writeIdentifier(dying, parts);
    const broken: Store = {
      ...bound(dying),
      write: (name, bytes) =>
        name === identifierFiles.calibration ? Promise.reject(new Error('disk full')) : dying.write(name, bytes),
    };
    await expect(writeIdentifier(broken, parts, { replace: true })).rejects.toThrow('disk full');
    await expect(openIdentifier(dying, runtime)).rejects.toThrow(/identifier\.json is missing.*cut short/u);
  });

  it('refuses parts that do not fit each other', async () => {
    const wrong = async (change: Partial<IdentifierParts>): Promise<void> => {
      await expect(writeIdentifier(memoryStore(), { ...parts, ...change })).rejects.toMatchObject({ code: 'mismatch' });
    };
    await wrong({ ranks: ['order', 'species'] });
    await wrong({ references: parts.references.slice(0, 10) });
    await wrong({ keys: [] });
    await wrong({ encoder: { ...parts.encoder, dimension: 17 } });
    await wrong({ facts: { ...parts.facts, limits: [] } });
    // What JSON cannot say would come back as null: nothing is written that cannot be opened.
    await wrong({ facts: { ...parts.facts, figures: [{ name: 'accuracy', value: Number.NaN, count: 3 }] } });
    await wrong({ facts: { ...parts.facts, licence: '' } });
    await wrong({ calibration: { ...parts.calibration, novelPrior: Number.NaN } });
  });

  it('refuses every damaged file by name before it is used', async () => {
    let refused = 0;
    for (const name of Object.values(identifierFiles)) {
      if (name === identifierFiles.dna || name === identifierFiles.card || name === identifierFiles.int8) continue;
      for (const change of [
        (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 3),
        (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 255 : byte)),
        () => new Uint8Array(),
      ]) {
        const opening = openIdentifier(await changed(name, change), runtime);
        await expect(opening).rejects.toThrow(name);
        await expect(opening).rejects.toMatchObject({
          code: expect.stringMatching(/^(?:truncated|mismatch|bad-file)$/u) as string,
        });
        refused++;
      }
    }
    expect(refused).toBe(18);
  });

  it('checks sizes of files on disk before it reads them', async () => {
    const target = join(folder, 'cut');
    await writeIdentifier(nodeStore(target), parts);
    truncateSync(join(target, identifierFiles.float32), 1000);
    await expect(openFolder(target, runtime)).rejects.toMatchObject({ code: 'truncated' });
    rmSync(join(target, identifierFiles.gate));
    await expect(openFolder(target, runtime)).rejects.toMatchObject({ code: 'not-found' });
    await expect(openFolder(join(folder, 'nowhere'), runtime)).rejects.toThrow('export it again');
    expect(existsSync(join(target, identifierFiles.manifest))).toBe(true);
  });

  it('refuses other versions, wrong dimensions and fields that are not as they should be', async () => {
    const cases: [(manifest: Record<string, Record<string, unknown>>) => void, RegExp][] = [
      [(m) => Object.assign(m, { version: 3 }), /version 3 .* newer @bioscan\/identify wrote, expected 2; update/u],
      [(m) => Object.assign(m, { version: 1 }), /version 1 of the format, expected 2; export the identifier again/u],
      [(m) => Object.assign(m['gate'] ?? {}, { scores: 3 }), /gate\.bin.*3 scores/u],
      [(m) => Object.assign(m, { evidence: { fitted: {}, checked: {} } }), /evidence\.fitted\.photos/u],
      [(m) => Object.assign(m, { format: 'other' }), /format/u],
      [(m) => Object.assign(m['encoder'] ?? {}, { dimension: 15 }), /keys\.image\.bin.*expected/u],
      [(m) => Object.assign(m['encoder'] ?? {}, { dimension: -1 }), /encoder\.dimension/u],
      [(m) => Object.assign(m['encoder'] ?? {}, { precisions: [] }), /precisions/u],
      [(m) => Object.assign((m['encoder'] ?? {})['preprocessing'] as object, { crop: 1e9 }), /preprocessing\.crop/u],
      [(m) => Object.assign((m['encoder'] ?? {})['preprocessing'] as object, { resize: 12 }), /preprocessing/u],
      [(m) => Object.assign(m, { references: 119 }), /reference 119|119/u],
      [(m) => Object.assign(m, { ranks: ['species', 'order'] }), /ranks/u],
      [(m) => Object.assign(m, { ranks: ['order', 'species'] }), /calibration\.json.*order, species/u],
      [(m) => Object.assign(m['gate'] ?? {}, { axes: 3 }), /gate\.bin/u],
      [(m) => Object.assign(m, { keys: [] }), /keys/u],
      [(m) => Object.assign(m, { files: {} }), /no hash of/u],
      [(m) => Object.assign(m['facts'] ?? {}, { limits: 'none' }), /facts\.limits/u],
    ];
    for (const [change, message] of cases)
      await expect(openIdentifier(await withManifest(change), runtime)).rejects.toThrow(message);
    expect(cases).toHaveLength(17);
  });

  it('opens its own files only, whatever names the manifest gives: a path that leads out of the folder is never read', async () => {
    const asked: string[] = [];
    const hostile = await withManifest((m) => {
      Object.assign(m['files'] ?? {}, { '../../etc/passwd': { bytes: 1, sha256: 'f'.repeat(64) } });
      Object.assign((m['files'] ?? {})['float32'] as object, { path: '/etc/passwd', file: '../secret' });
      Object.assign(m['encoder'] ?? {}, { file: '/etc/passwd' });
    });
    const watched = { read: (name: string) => (asked.push(name), hostile.read(name)) };
    await (await openIdentifier(watched, runtime)).close();
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.every((name) => Object.values(identifierFiles).some((file) => file === name))).toBe(true);
    expect(asked.length).toBeGreaterThan(4);
  });

  it('keeps names with odd characters as they are', async () => {
    const odd = ['Aedes "rubra"', '__proto__', 'Ångström æ\u0301', 'a\tb,;|', '🪲 sp. nr.', 'constructor'];
    const renamed = memoryStore();
    const references = parts.references.map((one, i) => ({
      ...one,
      lineage: { ...one.lineage, species: odd[i % 6] ?? '' },
      bin: odd[i % 6] ?? '',
    }));
    await writeIdentifier(renamed, { ...parts, references });
    const identifier = await openIdentifier(renamed, runtime);
    expect(identifier.contents.references).toEqual(references);
    const found = new Set<string>();
    for (const { picture } of drawnSet('O', 60, 10))
      found.add(top(await identifier.identify(picture), 'species') ?? '');
    expect([...found].every((name) => odd.includes(name))).toBe(true);
    expect(found.has('__proto__')).toBe(true);
    await identifier.close();
  });

  it('says on the card and to whoever opens it what its confidence does not rest on, and prints unknown as unknown', async () => {
    const figures: readonly CardFigure[] = [
      {
        name: 'top-1 species',
        measure: 'micro top-1',
        rank: 'species',
        set: 'seen',
        value: 0.5,
        count: 20,
        group: 'Accuracy',
      },
      { name: 'top-1 species, unseen', count: 0, group: 'Accuracy' },
      { name: 'first', value: 1, count: 3 },
    ];
    const rough = memoryStore();
    await writeIdentifier(rough, { ...parts, facts: { ...parts.facts, figures } });
    const identifier = await openIdentifier(rough, runtime);
    expect(identifier.cautions).toEqual([
      'SIMULATED: property of generator v0',
      'Confidence was fitted on 180 photos of 6 species: it is rough below 200 photos.',
      'There were too few species or photos to hold some back: how often a confident name is right was not measured.',
    ]);
    expect(identifier.manifest.facts.figures).toEqual(figures);
    await identifier.close();
    const card = new TextDecoder().decode(await rough.read(identifierFiles.card));
    for (const words of [
      'rough below 200 photos',
      'fitted on 180 photos of 6 species; none were held back to measure accuracy on.',
      'top-1 species, unseen: unknown, n = 0',
    ])
      expect(card).toContain(words);
    expect(card.indexOf('first: 1.000')).toBeLessThan(card.indexOf('### Accuracy'));
    const plenty = { fitted: { photos: 400, species: 40 }, checked: { photos: 300, species: 30 } };
    const { banner: _, ...facts } = parts.facts;
    await writeIdentifier(rough, { ...parts, facts, evidence: plenty }, { replace: true });
    const sure = await openIdentifier(rough, runtime);
    expect(sure.cautions).toEqual([]);
    await sure.close();
  });

  it('keeps what held-out photos looked like at both precisions, and tells how keys are rounded', async () => {
    const validation = { similarities: [0.9], pValues: [0.5], int8: { similarities: [0.8], pValues: [0.25] } };
    const both = memoryStore();
    await writeIdentifier(both, { ...parts, calibration: { ...parts.calibration, validation } }, { keys: 'int8' });
    const { calibration, keys, precision } = await readIdentifier(both, 'int8');
    expect([calibration.validation, precision]).toEqual([validation, 'int8']);
    const [image] = parts.keys;
    const rounded = storedVectors((image as (typeof parts.keys)[0]).vectors, 'int8').data;
    const { values, scales } = keys[0]?.matrix as { values: Int8Array; scales: Float32Array };
    rounded.forEach((value, at) => {
      expect(value).toBeCloseTo((values[at] ?? 0) * (scales[Math.floor(at / 16)] ?? 0), 6);
    });
    expect(rounded).toHaveLength(120 * 16);
  });

  it('says which precisions there are', async () => {
    const { int8: _, ...encoder } = parts.encoder;
    const plain = memoryStore();
    await writeIdentifier(plain, { ...parts, encoder });
    await expect(openIdentifier(plain, runtime, { precision: 'int8' })).rejects.toThrow('expected float32');
  });
});

function bound(inner: Store): Store {
  return {
    read: (name) => inner.read(name),
    write: (name, bytes) => inner.write(name, bytes),
    append: (name, bytes) => inner.append(name, bytes),
    list: (prefix) => inner.list(prefix),
    remove: (name) => inner.remove(name),
  };
}

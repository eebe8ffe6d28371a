import {
  collect,
  embed,
  isBioscanError,
  likenessPValues,
  type EmbeddingBlock,
  type Picture,
  type Rng,
  type Runtime,
  type UnlikeGate,
} from '@bioscan/core';
import { wilsonInterval } from '@bioscan/eval';
import type { CardFigure, IdentifierParts } from '@bioscan/identify';
import { imageEncoder } from '@bioscan/vision';
import { gateGroup } from './fitted-gate.js';
import { outsiderPictures } from './outsider-pictures.js';

/** What opens encoders and finds pictures, for what vectors alone cannot tell. */
export interface PictureSource {
  readonly runtime: Pick<Runtime, 'open'>;
  /** Of validation photos; unreadable ones are left out. */
  readonly pictures: (ids: readonly string[]) => Promise<readonly { readonly id: string; readonly picture: Picture }[]>;
}

type ExportedEncoder = IdentifierParts['encoder'];

/** Vectors of validation photos by the 8-bit encoder; undefined where there is none. Memory: a batch of pictures. */
export async function int8Vectors(
  { runtime, pictures }: PictureSource,
  encoder: ExportedEncoder,
  ids: readonly string[],
): Promise<EmbeddingBlock | undefined> {
  if (encoder.int8 === undefined || ids.length === 0) return undefined;
  const opened = await imageEncoder(runtime, encoder.int8, encoder);
  try {
    return await collect(embed(opened, batches()));
  } finally {
    await opened.close();
  }

  async function* batches(): AsyncGenerator<{ id: string; input: Picture }> {
    for (let first = 0; first < ids.length; first += 16)
      for (const { id, picture } of await pictures(ids.slice(first, first + 16))) yield { id, input: picture };
  }
}

/** How often the gate calls pictures unlike that show no specimen. `ids`: photos that the gate was not fitted on, of which some are made. */
export async function detectionFigures(
  { runtime, pictures }: PictureSource,
  encoder: ExportedEncoder,
  gate: UnlikeGate,
  ids: readonly string[],
  rng: Rng,
): Promise<CardFigure[]> {
  const photos = await pictures(ids.slice(0, 20));
  const opened = await imageEncoder(runtime, encoder.float32, encoder);
  try {
    const figures: CardFigure[] = [];
    for (const { name, pictures: shown } of outsiderPictures(
      photos.map(({ picture }) => picture),
      rng,
    )) {
      const inputs = shown.map((input, i) => ({ id: String(i), input }));
      const { vectors } = await collect(embed(opened, inputs));
      const called = likenessPValues(gate, vectors).filter((p) => p < gate.falseAlarmRate).length;
      const interval = wilsonInterval(called, shown.length, 'pictures');
      figures.push({
        ...{ name: `called unlike, as they should be: ${name}`, value: called / shown.length, count: shown.length },
        ...(interval === undefined ? {} : { interval }),
        group: gateGroup,
      });
    }
    return figures;
  } finally {
    await opened.close();
  }
}

/** The pictures that can be read, by what reads one. */
export async function readablePictures(
  ids: readonly string[],
  read: (id: string) => Promise<Picture>,
): Promise<{ id: string; picture: Picture }[]> {
  const found = await Promise.all(
    ids.map(async (id) => {
      try {
        return { id, picture: await read(id) };
      } catch (error) {
        if (isBioscanError(error)) return undefined;
        throw error;
      }
    }),
  );
  return found.filter((one) => one !== undefined);
}
